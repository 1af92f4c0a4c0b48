import assert from 'node:assert/strict';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex, toSlot } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { SyncResponse } from '../../src/types/sync.js';
import { hexToBytes } from '../../src/crypto/hash.js';
import { Checker } from '../checker/checker.js';
import { violationText } from '../checker/violation.js';
import { Random } from '../simulation/random.js';
import { simVerifier } from '../simulation/signatures.js';
import type { WorldEvent } from '../simulation/world-events.js';
import type { SimPlatform, WorldOptions } from '../simulation/world.js';
import { World } from '../simulation/world.js';
import { inWorld } from './in-world.js';
import type { SimAdversary } from './in-world.js';
import type { Adversary } from './port.js';

export interface PlayOptions extends Omit<WorldOptions, 'members'> {
  readonly members?: number;
  /** Who is what; all of them are accomplices of one another. */
  readonly cast: Readonly<Record<number, Adversary | SimAdversary>>;
  /** Transactions, one each `everyMs`, at all platforms. */
  readonly transactions?: number;
  readonly everyMs?: number;
  /** Runs once all have started, before the first transaction. */
  readonly script?: (play: Play) => Promise<void> | void;
}

type Arrival = Extract<WorldEvent, { type: 'arrived' }>;

/** A federation with adversaries in it, and all that happened there. */
export class Play {
  readonly world: World;
  readonly byzantine: ReadonlySet<MemberIndex>;
  readonly events: WorldEvent[] = [];
  /** Answers to sync requests that Byzantine platforms altered; undefined where they gave none. */
  readonly lies: (SyncResponse | undefined)[] = [];
  readonly #checker: Checker;

  private constructor(world: World, byzantine: ReadonlySet<MemberIndex>) {
    this.world = world;
    this.byzantine = byzantine;
    const { chainId, timestampMs, membership: { members, membersHash }, parameters: { fastPath } } = world.society.genesis;
    const keys = members.map(({ publicKey }) => hexToBytes(publicKey));
    this.#checker = new Checker({
      chainId, membersHash, genesisTimestampMs: timestampMs, memberCount: members.length, fastPath, byzantine,
      verify: (signer, statement, signature) => simVerifier.verify(keys[signer] ?? new Uint8Array(0), statement, signature),
    });
    world.observe = (event) => {
      this.events.push(event);
      observe(this.#checker, event);
    };
  }

  /** Casts the adversaries, starts everybody, and submits work. Nothing is awaited yet but that. */
  static async begin({ members = 4, cast, transactions = 12, everyMs = 100, script, seed = 1, ...options }: PlayOptions): Promise<Play> {
    const world = new World({ members, seed, jitterMs: 2, ...options });
    const byzantine = Object.keys(cast).map((index) => toMemberIndex(Number(index)));
    const play = new Play(world, new Set(byzantine));
    for (const self of byzantine) {
      const adversary = cast[self];
      if (adversary === undefined) continue;
      ('attach' in adversary ? adversary : inWorld(adversary)).attach(world, self, new Random(seed + self), byzantine);
    }
    play.#countLies();
    await world.startAll();
    await world.until(() => play.honest.every(({ up, participant }) => up && participant?.replica.snapshot().mode === 'voting'), 5000, 'all have compared');
    await script?.(play);
    for (let count = 0; count < transactions; count += 1) world.clock.after(count * everyMs, () => { world.submit(`transaction ${count}`); });
    await world.runFor(transactions * everyMs);
    return play;
  }

  #countLies(): void {
    const { interceptResponse } = this.world;
    if (interceptResponse === undefined) return;
    this.world.interceptResponse = (from, to, request, response) => {
      const given = interceptResponse(from, to, request, response);
      if (given !== response && this.#isAttack(from, to)) this.lies.push(given);
      return given;
    };
  }

  /** The whole of it: afterwards everything pending is final at all honest platforms, and no invariant is broken. */
  static async through(options: PlayOptions): Promise<Play> {
    const play = await Play.begin(options);
    await play.settled();
    return play;
  }

  get honest(): readonly SimPlatform[] {
    return this.world.platforms.filter(({ index }) => !this.byzantine.has(index));
  }

  /** @throws Stall, SafetyViolation, AssertionError naming the invariant */
  async settled(withinMs = 120_000): Promise<void> {
    const { honest, world } = this;
    await world.until(
      () => honest.every(({ pendingCount, chain }) => pendingCount === 0 && chain.length === honest[0]?.chain.length), withinMs, 'everything pending is final',
    );
    this.assertInvariants();
  }

  assertInvariants(): void {
    assert.deepEqual(this.#checker.conclude().map(violationText), []);
    assert.deepEqual(this.convicts().flat().filter((member) => !this.byzantine.has(member)), [], 'evidence against an honest platform (invariant 7)');
    const punished = this.events.filter((event) => event.type === 'penalized' && !this.byzantine.has(event.peer) && !this.byzantine.has(event.platform));
    assert.deepEqual(punished, [], 'honest platforms hung up on one another');
  }

  /** What Byzantine platforms sent that reached an honest one. */
  arrivals(): readonly Arrival[] {
    return this.events.filter((event): event is Arrival => event.type === 'arrived' && this.#isAttack(event.from, event.to));
  }

  /** Of these, the messages of one type. */
  arrived<T extends ConsensusMessage['type']>(type: T): readonly { readonly to: MemberIndex; readonly from: MemberIndex; readonly message: Extract<ConsensusMessage, { type: T }> }[] {
    return this.arrivals().flatMap(({ to, from, message }) => (isOfType(message, type) ? [{ to, from, message }] : []));
  }

  /** What honest platforms said, of one type. */
  said<T extends ConsensusMessage['type']>(type: T): readonly { readonly platform: MemberIndex; readonly message: Extract<ConsensusMessage, { type: T }> }[] {
    return this.honest.flatMap(({ index, sent }) => sent.flatMap((message) => (isOfType(message, type) ? [{ platform: index, message }] : [])));
  }

  /** Slots in which Byzantine leaders sent different honest platforms this many different headers, or more. */
  slotsWithHeaders(count: number): readonly number[] {
    const headers = new Map<number, Map<string, Set<MemberIndex>>>();
    for (const { to, from, message } of this.arrived('PRE-PREPARE')) {
      if (message.signer !== from) continue;
      const shown = headers.get(message.slot) ?? new Map<string, Set<MemberIndex>>();
      headers.set(message.slot, shown);
      shown.set(message.block.hash, (shown.get(message.block.hash) ?? new Set()).add(to));
    }
    return [...headers].filter(([, shown]) => shown.size >= count && new Set([...shown.values()].flatMap((to) => [...to])).size > 1).map(([slot]) => slot);
  }

  /** Whether a block of this slot is final at an honest platform. */
  chainHas(slot: number): boolean {
    return this.honest.some(({ chain }) => chain.some(({ block }) => block.header.slot === toSlot(slot)));
  }

  /** Whether anybody proposed a block with this hash. */
  isKnown(hash: Hash): boolean {
    return this.events.some((event) => event.type === 'sent' && event.message.type === 'PRE-PREPARE' && event.message.block.hash === hash);
  }

  /** Whom each honest platform holds evidence against. */
  convicts(): readonly (readonly MemberIndex[])[] {
    const { memberCount } = this.world.quorum;
    return this.honest.map(({ replica }) => replica.snapshot().equivocations.map(({ slot }) => leaderOf(slot, memberCount)).sort((a, b) => a - b));
  }

  /** Why honest platforms turned away what Byzantine ones sent them, each reason once. */
  refusals(): readonly string[] {
    return [...new Set(this.events.flatMap((event) => (event.type === 'refused' && this.#isAttack(event.from, event.platform) ? [event.code] : [])))].sort();
  }

  /** Why honest platforms hung up on Byzantine ones. */
  penalties(): readonly string[] {
    return this.events.flatMap((event) => (event.type === 'penalized' && this.#isAttack(event.peer, event.platform) ? [event.reason] : []));
  }

  #isAttack(from: MemberIndex, to: MemberIndex): boolean {
    return this.byzantine.has(from) && !this.byzantine.has(to);
  }
}

/** What the independent checker is told of the world. */
function observe(checker: Checker, event: WorldEvent): void {
  switch (event.type) {
    case 'sent': checker.observe(event); return;
    case 'arrived': checker.observe({ type: 'seen', message: event.message }); return;
    case 'persisted': checker.observe({ ...event, type: 'durable' }); return;
    case 'disk-lost': checker.observe({ type: 'store-replaced', platform: event.platform, records: [] }); return;
    case 'final': checker.observe(event); return;
    case 'executed': checker.observe(event); return;
    case 'equivocation': checker.observe({ ...event, type: 'evidence' }); return;
    default:
  }
}

function isOfType<T extends ConsensusMessage['type']>(message: ConsensusMessage, type: T): message is Extract<ConsensusMessage, { type: T }> {
  return message.type === type;
}

/** Other thresholds than specified. */
export function weakened(change: Partial<QuorumParameters>): (specified: QuorumParameters) => QuorumParameters {
  return (specified) => ({ ...specified, ...change });
}
