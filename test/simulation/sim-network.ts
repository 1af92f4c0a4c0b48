import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import type { GossipVerdict, Network, RequestOptions, RequestProtocol, Topic } from '../../src/network/network.js';
import type { MemberIndex, PublicKeyHex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { SimPlatform } from './sim-platform.js';
import type { World } from './world.js';

/** A request came to nothing; codes as those of the production network. */
class RequestFailed extends Error {
  readonly code: 'not-connected' | 'timeout' | 'refused' | 'too-large';
  constructor(code: RequestFailed['code']) {
    super(code);
    this.name = 'RequestFailed';
    this.code = code;
  }
}

/** A connection that could not be made, or was given up, is tried again after this long. */
const REDIAL_MS = 1000;
/** A peer that misbehaved is let in again after this long. */
const PENALTY_MS = 30_000;

/** Present runs of two platforms, so that what was sent between earlier ones is told apart. */
interface Link {
  readonly from: SimPlatform;
  readonly to: SimPlatform;
  readonly fromRun: number;
  readonly toRun: number;
}

/**
 * Gossip and request-response between simulated platforms, in virtual time. Gossip reaches everybody directly, each
 * copy with its own delay, loss and duplication; requests run over connections, which come up when both ends are, and
 * neither lose nor reorder, but hang while a direction of their link is cut.
 */
export class SimNetwork {
  readonly #world: World;
  readonly #byKey = new Map<PublicKeyHex, SimPlatform>();
  /** Both directions, as `from>to`. */
  readonly #connected = new Set<string>();
  /** Encodings of messages that no core has made, such as an adversary's. */
  readonly #payloads = new WeakMap<ConsensusMessage, Uint8Array>();

  constructor(world: World) {
    this.#world = world;
  }

  portOf(platform: SimPlatform): Pick<Network, 'publish' | 'request' | 'penalize'> {
    this.#byKey.set(platform.key, platform);
    return {
      publish: (topic, payload) => { this.#publish(platform, topic, payload); },
      request: (peer, protocol, payload, options) => this.#request(platform, peer, protocol, payload, options),
      penalize: (peer, reason) => { this.#penalize(platform, peer, reason); },
    };
  }

  // --- connections ---------------------------------------------------------------------------------------------

  /** The platform listens, and dials everybody. */
  up(platform: SimPlatform): void {
    for (const other of this.#world.platforms) {
      if (other !== platform && other.up) this.#dial(this.#link(platform, other), this.#world.delayMs());
    }
  }

  #link(from: SimPlatform, to: SimPlatform): Link {
    return { from, to, fromRun: from.incarnation, toRun: to.incarnation };
  }

  #isPresent({ from, to, fromRun, toRun }: Link): boolean {
    return from.incarnation === fromRun && to.incarnation === toRun && from.up && to.up;
  }

  #dial(link: Link, delayMs: number): void {
    const { from, to } = link;
    this.#world.clock.after(delayMs, () => {
      if (!this.#isPresent(link) || this.#connected.has(nameOf(from.index, to.index))) return;
      // One that still reads its disk dials by itself once it has.
      if (from.participant === undefined || to.participant === undefined) return;
      if (this.#isCut(from, to)) {
        this.#dial(link, REDIAL_MS);
        return;
      }
      this.#connected.add(nameOf(from.index, to.index)).add(nameOf(to.index, from.index));
      from.participant.onPeerConnected(to.key);
      to.participant.onPeerConnected(from.key);
    });
  }

  #isCut(a: SimPlatform, b: SimPlatform): boolean {
    const { cut } = this.#world;
    return cut.has(nameOf(a.index, b.index)) || cut.has(nameOf(b.index, a.index));
  }

  /** The platform is gone; the others notice. */
  down(platform: SimPlatform): void {
    for (const other of this.#world.platforms) {
      if (!this.#hangUp(platform, other)) continue;
      const run = other.incarnation;
      this.#world.clock.after(this.#world.delayMs(), () => {
        if (other.incarnation === run && !this.#connected.has(nameOf(other.index, platform.index))) other.participant?.onPeerDisconnected(platform.key);
      });
    }
  }

  #hangUp(a: SimPlatform, b: SimPlatform): boolean {
    this.#connected.delete(nameOf(a.index, b.index));
    return this.#connected.delete(nameOf(b.index, a.index));
  }

  #penalize(platform: SimPlatform, peer: PublicKeyHex, reason: string): void {
    const other = this.#byKey.get(peer);
    if (other === undefined || other === platform) return;
    this.#world.observe?.({ type: 'penalized', platform: platform.index, peer: other.index, reason });
    this.#world.penalized(platform, other, reason);
    const link = this.#link(platform, other);
    // Not from within a step of the platform's sync.
    this.#world.clock.after(0, () => {
      if (!this.#hangUp(platform, other) || !this.#isPresent(link)) return;
      platform.participant?.onPeerDisconnected(other.key);
      other.participant?.onPeerDisconnected(platform.key);
      this.#dial(link, PENALTY_MS);
    });
  }

  // --- gossip --------------------------------------------------------------------------------------------------

  #publish(from: SimPlatform, topic: Topic, payload: Uint8Array): void {
    const message = topic === 'consensus' ? this.#world.decode(payload) : undefined;
    for (const to of this.#world.platforms) {
      if (to === from || !to.up || this.#world.cut.has(nameOf(from.index, to.index))) continue;
      if (message === undefined) this.#sendTransactions(from, to, payload);
      else this.#sendMessage(from, to, message, payload);
    }
  }

  #sendTransactions(from: SimPlatform, to: SimPlatform, payload: Uint8Array): void {
    if (this.#world.isLost()) return;
    this.#carry(from, to, this.#world.delayMs(), () => { void to.participant?.onGossip('transactions', payload, from.key); });
  }

  #sendMessage(from: SimPlatform, to: SimPlatform, message: ConsensusMessage, payload: Uint8Array): void {
    const world = this.#world;
    const arriving = world.intercepted(from.index, to.index, message);
    if (arriving.length === 0) world.observe?.({ type: 'withheld', from: from.index, to: to.index, message });
    for (const each of arriving) {
      if (world.isLost() || world.obstructs?.(from.index, to.index, each) === true) {
        world.observe?.({ type: 'lost', from: from.index, to: to.index, message: each });
        continue;
      }
      const copies = world.isDuplicated() ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        this.#deliverAfter(from, to, world.delayMs(), each, each === message ? payload : this.#payloadOf(each), each !== message);
      }
    }
  }

  /** A message that arrives although the core of `from` never said it, unless the link is cut then. */
  inject(from: SimPlatform, to: SimPlatform, message: ConsensusMessage, delayMs: number): void {
    this.#deliverAfter(from, to, delayMs, message, this.#payloadOf(message), true);
  }

  #deliverAfter(from: SimPlatform, to: SimPlatform, delayMs: number, message: ConsensusMessage, payload: Uint8Array, altered: boolean): void {
    this.#carry(from, to, delayMs, () => {
      if (to.participant === undefined) return;
      this.#world.observe?.({ type: 'arrived', from: from.index, to: to.index, message, altered });
      void to.participant.onGossip('consensus', payload, from.key);
    });
  }

  #carry(from: SimPlatform, to: SimPlatform, delayMs: number, arrive: () => void): void {
    const { cut, clock } = this.#world;
    clock.after(delayMs, () => { if (!cut.has(nameOf(from.index, to.index))) arrive(); });
  }

  #payloadOf(message: ConsensusMessage): Uint8Array {
    let payload = this.#payloads.get(message);
    if (payload === undefined) {
      payload = encodeConsensusMessage(message);
      this.#payloads.set(message, payload);
    }
    return payload;
  }

  refused(platform: SimPlatform, from: PublicKeyHex, verdict: GossipVerdict, code: string, detail: string): void {
    const sender = this.#byKey.get(from);
    if (sender === undefined || verdict === 'accept') return;
    this.#world.observe?.({ type: 'refused', platform: platform.index, from: sender.index, verdict, code, detail });
  }

  // --- request and response --------------------------------------------------------------------------------------

  #request(from: SimPlatform, peer: PublicKeyHex, protocol: RequestProtocol, payload: Uint8Array, { timeoutMs, maxResponseBytes }: RequestOptions): Promise<Uint8Array> {
    const to = this.#byKey.get(peer);
    if (to === undefined || !this.#connected.has(nameOf(from.index, to.index))) return Promise.reject(new RequestFailed('not-connected'));
    const { clock } = this.#world;
    const link = this.#link(from, to);
    const deadlineMs = clock.nowMs + timeoutMs;
    return new Promise((resolve, reject) => {
      /** Where a platform is gone, nobody waits any more, or its connection's end fails the request. */
      const ifPresent = (run: () => void) => () => {
        if (this.#isPresent(link)) run();
        else ended();
      };
      /** What else is asked the sync engine gives up by itself when it hears that the peer is gone. */
      const ended = (): void => { if (protocol === 'snapshots') reject(new RequestFailed('not-connected')); };
      const timeOut = (): void => { clock.after(deadlineMs - clock.nowMs, ifPresent(() => { reject(new RequestFailed('timeout')); })); };
      const answer = (response: Uint8Array | undefined): void => {
        if (response === undefined) timeOut();
        else if (response.byteLength > maxResponseBytes) reject(new RequestFailed('too-large'));
        else resolve(response);
      };
      if (protocol === 'snapshots') clock.after(timeoutMs, () => { reject(new RequestFailed('timeout')); });
      clock.after(this.#world.delayMs(), ifPresent(() => {
        if (this.#isCut(from, to)) {
          timeOut();
          return;
        }
        const request = this.#asked(from, to, payload);
        to.participant?.onRequest(protocol, request, from.key).then(
          (response) => {
            clock.after(this.#world.delayMs(), ifPresent(() => {
              if (this.#isCut(from, to)) timeOut();
              else answer(this.#answered(from, to, request, response));
            }));
          },
          () => { clock.after(this.#world.delayMs(), ifPresent(() => { reject(new RequestFailed('refused')); })); },
        );
      }));
    });
  }

  /** Whether exchanged messages have to be looked at on their way. */
  get #isWatched(): boolean {
    const { observe, obstructs, intercepts, interceptRequest, interceptResponse } = this.#world;
    return intercepts || observe !== undefined || obstructs !== undefined || interceptRequest !== undefined || interceptResponse !== undefined;
  }

  #asked(from: SimPlatform, to: SimPlatform, payload: Uint8Array): Uint8Array {
    if (!this.#isWatched) return payload;
    const world = this.#world;
    const said = world.wire.decodeRequest(payload, world.validator.limits);
    let request: SyncRequest = world.interceptRequest?.(from.index, to.index, said) ?? said;
    if (request.type === 'SLOTS-REQUEST') {
      const messages = this.#exchanged(from, to, request.messages);
      if (messages !== request.messages) request = { ...request, messages };
    }
    return request === said ? payload : world.wire.encodeRequest(request);
  }

  #answered(from: SimPlatform, to: SimPlatform, request: Uint8Array, payload: Uint8Array): Uint8Array | undefined {
    if (!this.#isWatched) return payload;
    const world = this.#world;
    const { limits } = world.validator;
    const said = world.wire.decodeResponse(payload, limits);
    if (world.snapshots !== undefined) world.observe?.({ type: 'answered', platform: to.index, request: world.wire.decodeRequest(request, limits), response: said });
    let response: SyncResponse | undefined = said;
    if (world.interceptResponse !== undefined) response = world.interceptResponse(to.index, from.index, world.wire.decodeRequest(request, limits), said);
    if (response?.type === 'SLOTS-RESPONSE') {
      const messages = this.#exchanged(to, from, response.messages);
      if (messages !== response.messages) response = { ...response, messages };
    }
    if (response?.type === 'BLOCKS-RESPONSE' && response.blocks.length > 0) {
      world.observe?.({ type: 'synced', platform: from.index, from: to.index, blocks: response.blocks });
    }
    return response === said || response === undefined ? response && payload : world.wire.encodeResponse(response);
  }

  /** Exchanged messages as they arrive; the same array where nothing is changed. */
  #exchanged(from: SimPlatform, to: SimPlatform, messages: readonly ConsensusMessage[]): readonly ConsensusMessage[] {
    const world = this.#world;
    const arriving: ConsensusMessage[] = [];
    for (const message of messages) {
      for (const each of world.intercepted(from.index, to.index, message)) {
        if (world.obstructs?.(from.index, to.index, each) === true) continue;
        arriving.push(each);
        world.observe?.({ type: 'arrived', from: from.index, to: to.index, message: each, altered: each !== message });
      }
    }
    return arriving.length === messages.length && arriving.every((each, index) => each === messages[index]) ? messages : arriving;
  }
}

function nameOf(from: MemberIndex, to: MemberIndex): string {
  return `${from}>${to}`;
}
