import { decodeConsensusMessage, encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import type { Instant } from '../../src/consensus/events.js';
import { keyValueApplication } from '../../src/ledger/key-value.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { Participant } from '../../src/node/participant.js';
import type { ParticipantEvents } from '../../src/node/participant.js';
import { MemoryDisk } from '../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../src/storage/platform-store.js';
import type { Network } from '../../src/network/network.js';
import type { MemberIndex, PublicKeyHex, Slot } from '../../src/types/ids.js';
import { GENESIS_SLOT, toSlot } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { OwnSigner } from '../../src/validation/own-signer.js';
import { SimClock } from '../simulation/sim-clock.js';
import type { SimPlatform, World } from '../simulation/world.js';
import { Blinkers } from './blinkers.js';
import { drawnFaces } from './equivocation-per-subset.js';
import type { Casting } from './faces.js';
import type { SimAdversary } from './in-world.js';
import { interpose, portIn } from './in-world.js';
import { nothingKnown } from './nothing-known.js';

/** The second copy's connections come up. */
const CONNECTING_MS = 10;
/** What clients bring to the first copy, the second gets this much later. */
const CLIENTS_EVERY_MS = 50;
const MAX_HANDED_BYTES = 64 * 1024;
const NO_EVENTS: ParticipantEvents = {
  proposalSeen: () => undefined, said: () => undefined, refused: () => undefined, finalized: () => undefined, executed: () => undefined, spent: () => undefined,
  stateRoot: () => undefined, checkpointStable: () => undefined, equivocation: () => undefined, notice: () => undefined,
  syncNotice: () => undefined, fatal: () => undefined,
};

/** Another host's clock, so that two copies that propose at the same moment propose two blocks. */
class LateClock extends SimClock {
  override now(): Instant {
    const { monotonicMs, wallMs } = super.now();
    return { monotonicMs, wallMs: wallMs + 1 };
  }
}

/**
 * Two copies of one platform with one key, each of them honest by itself (Bano et al. 2020, Twins): in each slot a drawn
 * part of the others hears the one and the rest the other. So the member proposes twice, votes twice, times out twice, as
 * a liar of any kind may, without a line of hostile code.
 */
export const TWINS: SimAdversary = {
  name: 'twins: two copies with one key',
  against: 'sections 1 and 3 as a whole, R9',
  attach: (world, self, random) => {
    const port = portIn(world, self, random, []);
    attachTwins(world, self, drawnFaces(port, 2));
  },
};

/** The second copies in each world. First copies hear first copies, and second ones second ones. */
const secondCopies = new WeakMap<World, Map<MemberIndex, Twin>>();

/** @param side which copy, 0 or 1, a member hears and is heard by in a slot */
export function attachTwins(world: World, self: MemberIndex, side: Casting): void {
  const seconds = secondCopies.get(world) ?? new Map<MemberIndex, Twin>();
  secondCopies.set(world, seconds);
  const second = new Twin(world, self, side);
  seconds.set(self, second);
  interpose(world, self, {
    outgoing: (message, receivers) => [{ to: receivers.filter((to) => seconds.has(to) || side(to, slotOf(message)) === 0), message }],
    incoming: (message, from) => {
      if (!seconds.has(from) && side(from, slotOf(message)) === 1) second.take(message, from);
      return [];
    },
    request: (request, to) => {
      if (!('status' in request) || seconds.has(to) || side(to, request.status.currentSlot) === 0) return request;
      return { ...request, status: nothingKnown(request.status, world.society.chainId) };
    },
    response: (_request, response, to) => (seconds.has(to) || side(to, slotNow(world, self)) === 0 ? response : undefined),
  });
}

function slotNow({ platforms }: World, self: MemberIndex): Slot {
  return platforms[self]?.participant?.replica.snapshot().currentSlot ?? GENESIS_SLOT;
}

/** The slot by which a message is routed. */
function slotOf(message: ConsensusMessage): Slot {
  switch (message.type) {
    case 'CERTIFICATE': return message.certificate.slot;
    case 'CHECKPOINT': return toSlot(message.sequence);
    default: return message.slot;
  }
}

/** The second copy: a whole production participant on a disk of its own, beside the world's platform of the same key. */
class Twin {
  readonly #world: World;
  readonly #self: SimPlatform;
  readonly #side: Casting;
  readonly #blinkers: Blinkers;
  #participant: Participant | undefined;

  constructor(world: World, self: MemberIndex, side: Casting) {
    const platform = world.platforms[self];
    if (platform === undefined) throw new Error(`no platform ${self}`);
    this.#world = world;
    this.#self = platform;
    this.#side = side;
    this.#blinkers = new Blinkers(self);
    world.clock.after(CONNECTING_MS, () => {
      this.#open().catch((error: unknown) => { world.violations.push(`the twin of platform ${self} cannot start: ${String(error)}`); });
    });
  }

  async #open(): Promise<void> {
    const { society, quorum, timing, validator, clock, wire } = this.#world;
    const { genesis, genesisTip, chainId } = society;
    const store = await openMemoryStore(new MemoryDisk(), { chainId, genesisTip, limits: validator.limits });
    const [durable, ledger] = await Promise.all([store.consensus.load(), Ledger.open(store.state, keyValueApplication)]);
    this.#participant = new Participant({
      genesis, self: this.#self.index, quorum, ...timing, application: keyValueApplication, clock: new LateClock(clock, () => true, () => 0),
      network: this.#network(), validator, store, durable, ledger, events: NO_EVENTS, syncWire: wire,
      signer: new OwnSigner({ chainId, member: this.#self.index, sign: (bytes) => society.signature(bytes, this.#self.index) }),
    });
    this.#participant.start();
    for (const { key } of this.#others()) this.#participant.onPeerConnected(key);
    this.#serveClients();
  }

  #others(): readonly SimPlatform[] {
    return this.#world.platforms.filter((platform) => platform !== this.#self);
  }

  #serveClients(): void {
    const pending = this.#self.participant?.mempool.pendingForResend(MAX_HANDED_BYTES) ?? [];
    this.#participant?.intake.onPeerTransactions(pending.map(({ bytes }) => bytes), this.#self.key);
    this.#world.clock.after(CLIENTS_EVERY_MS, () => { this.#serveClients(); });
  }

  /** Something that reached the platform, from a member that hears this copy. */
  take(message: ConsensusMessage, from: MemberIndex): void {
    const sender = this.#world.platforms[from];
    const seen = this.#blinkers.see(message);
    if (sender !== undefined && seen !== undefined) void this.#participant?.onGossip('consensus', encodeConsensusMessage(seen), sender.key);
  }

  #network(): Pick<Network, 'publish' | 'request' | 'penalize'> {
    const { limits } = this.#world.validator;
    return {
      publish: (topic, payload) => {
        if (topic !== 'consensus') return;
        const message = decodeConsensusMessage(payload, limits);
        for (const { index } of this.#others()) this.#send(index, message);
      },
      request: (peer, protocol, payload) => this.#request(peer, protocol, payload),
      penalize: () => undefined,
    };
  }

  #send(to: MemberIndex, message: ConsensusMessage): void {
    const delayMs = this.#world.delayMs();
    const twin = secondCopies.get(this.#world)?.get(to);
    const isHeard = this.#isHeard(message, to);
    if (twin !== undefined) this.#world.clock.after(delayMs, () => { twin.take(message, this.#self.index); });
    else if (isHeard) this.#world.inject(this.#self.index, to, message, delayMs);
  }

  /** Whether a member gets a message of this copy; what it says is remembered. */
  #isHeard(message: ConsensusMessage, member: MemberIndex): boolean {
    if (message.type !== 'CERTIFICATE' && message.type !== 'EQUIVOCATION' && message.signer === this.#self.index) this.#blinkers.said(message);
    return this.#side(member, slotOf(message)) === 1;
  }

  async #request(peer: PublicKeyHex, protocol: Parameters<Network['request']>[1], payload: Uint8Array): Promise<Uint8Array> {
    const { clock, cut, platforms, wire, society: { chainId }, validator: { limits } } = this.#world;
    const to = platforms.find(({ key }) => key === peer);
    const isCut = (): boolean => to?.participant === undefined || cut.has(`${this.#self.index}>${to.index}`) || cut.has(`${to.index}>${this.#self.index}`);
    const transit = (): Promise<void> => new Promise((resolve) => { clock.after(this.#world.delayMs(), resolve); });
    const request = wire.decodeRequest(payload, limits);
    const asked = request.type === 'SLOTS-REQUEST' && to !== undefined
      ? wire.encodeRequest({ ...request, messages: request.messages.filter((message) => this.#isHeard(message, to.index)) }) : payload;
    await transit();
    const isOnSide = to !== undefined && this.#side(to.index, this.#participant?.replica.snapshot().currentSlot ?? GENESIS_SLOT) === 1;
    if (to?.participant === undefined || !isOnSide || isCut()) throw new Error('not connected');
    const answer = await to.participant.onRequest(protocol, asked, this.#self.key);
    await transit();
    if (isCut()) throw new Error('not connected');
    return wire.encodeResponse(this.#blinkers.seeResponse(wire.decodeResponse(answer, limits), chainId));
  }
}
