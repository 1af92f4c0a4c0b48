import assert from 'node:assert/strict';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { MessageValidator } from '../../src/validation/message-validator.js';
import { violationsOf } from '../simulation/invariants.js';
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

  private constructor(world: World, byzantine: ReadonlySet<MemberIndex>) {
    this.world = world;
    this.byzantine = byzantine;
    world.observe = (event) => { this.events.push(event); };
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
    await world.startAll();
    await script?.(play);
    for (let count = 0; count < transactions; count += 1) world.clock.after(count * everyMs, () => { world.submit(`transaction ${count}`); });
    await world.runFor(transactions * everyMs);
    return play;
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
      () => honest.every(({ pool, chain }) => pool.size === 0 && chain.length === honest[0]?.chain.length), withinMs, 'everything pending is final',
    );
    this.assertInvariants();
  }

  assertInvariants(): void {
    assert.deepEqual(violationsOf(this.honest, this.byzantine), []);
  }

  /** What Byzantine platforms sent that reached an honest one. */
  arrivals(): readonly Arrival[] {
    return this.events.filter((event): event is Arrival => event.type === 'arrived' && this.byzantine.has(event.from) && !this.byzantine.has(event.to));
  }

  /** Of these, the messages of one type. */
  arrived<T extends ConsensusMessage['type']>(type: T): readonly { readonly to: MemberIndex; readonly from: MemberIndex; readonly message: Extract<ConsensusMessage, { type: T }> }[] {
    return this.arrivals().flatMap(({ to, from, message }) => (isOfType(message, type) ? [{ to, from, message }] : []));
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

  /** Whom each honest platform holds evidence against. */
  convicts(): readonly (readonly MemberIndex[])[] {
    const { memberCount } = this.world.quorum;
    return this.honest.map(({ replica }) => replica.snapshot().equivocations.map(({ slot }) => leaderOf(slot, memberCount)).sort((a, b) => a - b));
  }

  /** Why validation turns away what Byzantine platforms sent, each reason once. */
  refusals(): readonly string[] {
    const { chainId, parameters, membership } = this.world.society.genesis;
    const validator = new MessageValidator({ chainId, parameters, membership, verifier: simVerifier });
    const codes = this.arrivals().flatMap(({ message }) => {
      const outcome = validator.validate(message);
      return outcome.ok ? [] : [outcome.code];
    });
    return [...new Set(codes)].sort();
  }
}

function isOfType<T extends ConsensusMessage['type']>(message: ConsensusMessage, type: T): message is Extract<ConsensusMessage, { type: T }> {
  return message.type === type;
}

/** Other thresholds than specified. */
export function weakened(change: Partial<QuorumParameters>): (specified: QuorumParameters) => QuorumParameters {
  return (specified) => ({ ...specified, ...change });
}
