import type { WireLimits } from '../../src/codec/limits.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../src/codec/wire/sync.js';
import type { Libp2pNetwork } from '../../src/network/libp2p-network.js';
import type { GossipOutcome, NetworkHandlers, RequestOptions, RequestProtocol, Topic } from '../../src/network/network.js';
import type { NetworkSnapshot } from '../../src/network/session.js';
import type { Genesis } from '../../src/types/genesis.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toMemberIndex, toSlot } from '../../src/types/ids.js';
import type { MemberIndex, PublicKeyHex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Status, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { Behaviour, Delivery } from '../byzantine/port.js';
import type { MessageCapture } from './captured-messages.js';

const PUSH_TIMEOUT_MS = 2000;
const MAX_PUSH_RESPONSE_BYTES = 4 * 1024 * 1024;
/** Messages that wait for a peer beyond this many are dropped: even a liar has a network that loses. */
const MAX_WAITING = 2000;

export interface ByzantineNetworkOptions {
  readonly inner: Libp2pNetwork;
  readonly genesis: Genesis;
  readonly self: MemberIndex;
  readonly limits: WireLimits;
  readonly capture: MessageCapture;
}

/**
 * Stands between a production platform, which is honest, and its real network. A behaviour decides what goes out; what
 * it sends to all is gossiped, what it sends to some goes to each by request-response, as re-sending does.
 */
export class ByzantineNetwork implements Libp2pNetwork {
  readonly #options: ByzantineNetworkOptions;
  readonly #others: readonly MemberIndex[];
  readonly #waiting = new Map<MemberIndex, ConsensusMessage[]>();
  readonly #pushing = new Set<MemberIndex>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #behaviour: Behaviour = {};
  #stopped = false;

  constructor(options: ByzantineNetworkOptions) {
    this.#options = options;
    this.#others = options.genesis.membership.members.map((_, index) => toMemberIndex(index)).filter((member) => member !== options.self);
  }

  /** From now on it acts like this. What was held back to be late is sent all the same. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  start(handlers: NetworkHandlers): Promise<void> {
    return this.#options.inner.start({
      onGossip: (topic, payload, from) => this.#onGossip(handlers, topic, payload, from),
      onRequest: (protocol, request, from) => this.#onRequest(handlers, protocol, request, from),
      onPeerConnected: (peer) => { handlers.onPeerConnected(peer); },
      onPeerDisconnected: (peer) => { handlers.onPeerDisconnected(peer); },
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting.clear();
    await this.#options.inner.stop();
    this.#options.capture.close();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    if (topic === 'transactions') {
      this.#options.inner.publish(topic, payload);
      return;
    }
    const message = this.#decode(payload);
    this.#note(message);
    this.#deliver(this.#behaviour.outgoing?.(message, this.#others) ?? [{ to: this.#others, message }]);
  }

  async request(peer: PublicKeyHex, protocol: RequestProtocol, request: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const { inner, limits } = this.#options;
    const to = this.#memberOf(peer);
    let asked = decodeSyncRequest(request, limits);
    if (asked.type === 'SLOTS-REQUEST') asked = { ...asked, messages: this.#passedOn(asked.messages, to) };
    asked = this.#behaviour.request?.(asked, to) ?? asked;
    const answer = await inner.request(peer, protocol, encodeSyncRequest(asked), options);
    this.#noteAnswer(answer, to);
    return answer;
  }

  connectedPeers(): readonly PublicKeyHex[] {
    return this.#options.inner.connectedPeers();
  }

  takePushed(peer: PublicKeyHex, messageCount: number): boolean {
    return this.#options.inner.takePushed(peer, messageCount);
  }

  penalize(peer: PublicKeyHex, reason: string): void {
    this.#options.inner.penalize(peer, reason);
  }

  listenAddresses(): readonly string[] {
    return this.#options.inner.listenAddresses();
  }

  snapshot(): NetworkSnapshot {
    return this.#options.inner.snapshot();
  }

  #onGossip(handlers: NetworkHandlers, topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome> {
    const judged = handlers.onGossip(topic, payload, from);
    if (topic !== 'consensus') return judged;
    const overheard = (outcome: GossipOutcome): GossipOutcome => {
      // What the platform itself found unreadable or forged is nobody's statement.
      if (outcome.verdict === 'accept') this.#heard(this.#decode(payload), this.#memberOf(from));
      return outcome;
    };
    return judged instanceof Promise ? judged.then(overheard) : overheard(judged);
  }

  async #onRequest(handlers: NetworkHandlers, protocol: RequestProtocol, request: Uint8Array, from: PublicKeyHex): Promise<Uint8Array> {
    const { limits } = this.#options;
    const member = this.#memberOf(from);
    const asked = decodeSyncRequest(request, limits);
    if (asked.type === 'SLOTS-REQUEST') for (const message of asked.messages) this.#heard(message, member);
    const answer = decodeSyncResponse(await handlers.onRequest(protocol, request, from), limits);
    const given = this.#respond(asked, answer, member);
    if (given === undefined) throw new Error('the adversary does not answer');
    return encodeSyncResponse(given);
  }

  #respond(asked: SyncRequest, answer: SyncResponse, to: MemberIndex): SyncResponse | undefined {
    const passed = answer.type === 'SLOTS-RESPONSE' ? { ...answer, messages: this.#passedOn(answer.messages, to) } : answer;
    return this.#behaviour.response === undefined ? passed : this.#behaviour.response(asked, passed, to);
  }

  /** What becomes of messages in an exchange with one peer; what is to be late, or for others, goes its own way. */
  #passedOn(messages: readonly ConsensusMessage[], to: MemberIndex): readonly ConsensusMessage[] {
    return messages.flatMap((message) => {
      const deliveries = this.#behaviour.outgoing?.(message, [to]) ?? [{ to: [to], message }];
      const isNow = (delivery: Delivery): boolean => (delivery.delayMs ?? 0) <= 0 && delivery.to.includes(to);
      this.#deliver(deliveries.filter((delivery) => !isNow(delivery)));
      return deliveries.filter(isNow).map((delivery) => delivery.message);
    });
  }

  #heard(message: ConsensusMessage, from: MemberIndex): void {
    this.#note(message);
    const deliveries = this.#behaviour.incoming?.(message, from) ?? [];
    if (deliveries.length > 0) this.#deliver(deliveries);
  }

  #noteAnswer(answer: Uint8Array, from: MemberIndex): void {
    const decoded = decodeSyncResponse(answer, this.#options.limits);
    if (decoded.type === 'SLOTS-RESPONSE') for (const message of decoded.messages) this.#heard(message, from);
  }

  #note(message: ConsensusMessage): void {
    this.#options.capture.add(encodeConsensusMessage(message));
  }

  #deliver(deliveries: readonly Delivery[]): void {
    for (const { to, message, delayMs = 0 } of deliveries) {
      if (delayMs <= 0) {
        this.#send(to, message);
        continue;
      }
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#send(to, message);
      }, delayMs);
      this.#timers.add(timer);
    }
  }

  #send(to: readonly MemberIndex[], message: ConsensusMessage): void {
    if (this.#stopped) return;
    if (this.#others.every((member) => to.includes(member))) {
      this.#options.inner.publish('consensus', encodeConsensusMessage(message));
      return;
    }
    for (const member of to) {
      const waiting = this.#waiting.get(member) ?? [];
      this.#waiting.set(member, waiting);
      if (waiting.length < MAX_WAITING) waiting.push(message);
      void this.#push(member);
    }
  }

  /** One request at a time for each peer; what comes meanwhile goes with the next. */
  async #push(to: MemberIndex): Promise<void> {
    const peer = this.#options.genesis.membership.members[to]?.publicKey;
    if (peer === undefined || this.#pushing.has(to)) return;
    this.#pushing.add(to);
    try {
      // What one turn of the event loop brings goes together.
      await new Promise<void>((resolve) => { setImmediate(resolve); });
      for (;;) {
        const messages = this.#waiting.get(to) ?? [];
        this.#waiting.delete(to);
        if (messages.length === 0 || this.#stopped) return;
        const request = encodeSyncRequest({ type: 'SLOTS-REQUEST', status: genesisStatus(this.#options.genesis), messages, transactions: [] });
        await this.#options.inner.request(peer, 'slots', request, { timeoutMs: PUSH_TIMEOUT_MS, maxResponseBytes: MAX_PUSH_RESPONSE_BYTES })
          .then((answer) => { this.#noteAnswer(answer, to); }, () => undefined);
      }
    } finally {
      this.#pushing.delete(to);
    }
  }

  #decode(payload: Uint8Array): ConsensusMessage {
    return decodeConsensusMessage(payload, this.#options.limits);
  }

  #memberOf(peer: PublicKeyHex): MemberIndex {
    return toMemberIndex(this.#options.genesis.membership.members.findIndex(({ publicKey }) => publicKey === peer));
  }
}

/** Where every platform stands at first: it claims nothing that would need a proof, and asks for next to nothing. */
function genesisStatus({ chainId, membership }: Genesis): Status {
  return {
    epoch: membership.epoch, finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: chainId, finalityCertificate: undefined,
    highestCertificate: undefined, currentSlot: toSlot(0), observing: false,
  };
}
