import type { Instant } from '../../src/consensus/events.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { Transaction } from '../../src/types/block.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, SignedMessage, Statement } from '../../src/types/messages.js';
import type { CommittedBlock, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import { SafetyViolation, Stall } from './failures.js';
import type { MemoValidator } from './memo-validator.js';
import { memoValidatorOf } from './memo-validator.js';
import { Random } from './random.js';
import { instantAt } from './sim-clock.js';
import { SimNetwork } from './sim-network.js';
import { SimPlatform } from './sim-platform.js';
import { SimWire } from './sim-wire.js';
import type { Society } from './society.js';
import { societyOf } from './society.js';
import { VirtualClock } from './virtual-clock.js';
import type { WorldEvent } from './world-events.js';

export { SimPlatform } from './sim-platform.js';

/** When platforms make snapshots of the state, take one, and drop blocks. */
export interface SnapshotPolicy {
  /** A multiple of the society's checkpointInterval. */
  readonly intervalBlocks: number;
  /** Blocks kept at least where a snapshot is in place of older ones. */
  readonly keepBlocks: number;
  /** Further behind than this a snapshot is fetched in place of blocks. */
  readonly aboveBlocks: number;
}

export interface WorldOptions {
  readonly members: number;
  readonly seed?: number;
  readonly fastPath?: number | 'off';
  readonly checkpointInterval?: number;
  readonly slotTimeoutMs?: number;
  readonly maxSlotTimeoutMs?: number;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  /** Chance that a gossiped message does not reach one of its receivers. */
  readonly lossRate?: number;
  /** Chance that a gossiped message reaches one of its receivers twice. */
  readonly duplicationRate?: number;
  /** Without it no snapshots are made, and all blocks are kept. */
  readonly snapshots?: SnapshotPolicy | undefined;
  /** How long a disk takes to sync; each platform's `disk.syncMs` may be changed. */
  readonly syncMs?: number;
  /** Other thresholds than the specified ones, to show that tests would notice. */
  readonly weaken?: (specified: QuorumParameters) => QuorumParameters;
}

/** What becomes of a message on its way: another one, several, or none. */
export type Intercept = (from: MemberIndex, to: MemberIndex, message: ConsensusMessage) => ConsensusMessage | readonly ConsensusMessage[] | undefined;
/** What a Byzantine platform asks in place of what its core asks. */
export type InterceptRequest = (from: MemberIndex, to: MemberIndex, request: SyncRequest) => SyncRequest;
/** What a lying server `from` answers `to` in place of the response of its platform; undefined: nothing. */
export type InterceptResponse = (from: MemberIndex, to: MemberIndex, request: SyncRequest, response: SyncResponse) => SyncResponse | undefined;

const passOn: Intercept = (_from, _to, message) => message;
/** One broken invariant makes many more sentences: the first ones tell what matters. */
const MAX_VIOLATIONS_TOLD = 5;

/** A federation on virtual time. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly society: Society;
  readonly quorum: QuorumParameters;
  readonly timing: { readonly slotTimeoutMs: number; readonly maxSlotTimeoutMs: number };
  readonly syncMs: number;
  readonly snapshots: SnapshotPolicy | undefined;
  readonly validator: MemoValidator;
  readonly network: SimNetwork;
  readonly wire: SimWire;
  readonly platforms: readonly SimPlatform[];
  /** Directed links that are cut, as `from>to`. */
  readonly cut = new Set<string>();
  /** Messages that do not get through although their link works, such as those of one slot between two halves. */
  obstructs: ((from: MemberIndex, to: MemberIndex, message: ConsensusMessage) => boolean) | undefined;
  /** May replace, multiply or suppress (undefined) what `from` sends, gossiped or exchanged. */
  intercept: Intercept = passOn;
  interceptRequest: InterceptRequest | undefined;
  interceptResponse: InterceptResponse | undefined;
  /** Told of everything that happens. It must not change anything. */
  observe: ((event: WorldEvent) => void) | undefined;
  /** Says what an independent checker that is told of everything found, as sentences; to be asked at the end. */
  judge: (() => readonly string[]) | undefined;
  /** Sentences, each beginning with the invariant that is broken. */
  readonly violations: string[] = [];
  readonly #options: WorldOptions;
  #isInstant = false;
  readonly #finalBySequence = new Map<number, CommittedBlock>();
  readonly #rootBySequence = new Map<number, Hash>();

  constructor(options: WorldOptions) {
    const { members, fastPath, checkpointInterval, slotTimeoutMs = 1000 } = options;
    this.#options = options;
    this.random = new Random(options.seed ?? 1);
    this.society = societyOf({
      members, ...(fastPath === undefined ? {} : { fastPath }), ...(checkpointInterval === undefined ? {} : { checkpointInterval }),
    });
    const { genesis, quorum } = this.society;
    this.quorum = options.weaken?.(quorum) ?? quorum;
    this.timing = { slotTimeoutMs, maxSlotTimeoutMs: options.maxSlotTimeoutMs ?? 10 * slotTimeoutMs };
    this.syncMs = options.syncMs ?? 0;
    this.snapshots = options.snapshots;
    this.validator = options.weaken === undefined ? this.society.validator : memoValidatorOf(genesis, this.quorum);
    this.wire = new SimWire(this.validator);
    this.network = new SimNetwork(this);
    this.platforms = genesis.membership.members.map(({ publicKey }, index) => new SimPlatform(this, toMemberIndex(index), publicKey));
  }

  /** Time as the platforms' clocks show it. */
  instant(): Instant {
    return instantAt(this.clock.nowMs);
  }

  // --- what tests and adversaries do -----------------------------------------------------------------------------

  /** Starts all platforms; that they read their disks, connect and compare with one another (section 5) takes no time here. */
  async startAll(): Promise<void> {
    const syncMs = this.platforms.map(({ disk }) => disk.syncMs);
    for (const platform of this.platforms) {
      platform.disk.syncMs = 0;
      platform.start();
    }
    this.#isInstant = true;
    await this.settle();
    this.#isInstant = false;
    for (const [index, { disk }] of this.platforms.entries()) disk.syncMs = syncMs[index] ?? 0;
  }

  /** Lets everything happen that takes no virtual time. */
  settle(): Promise<void> {
    return this.runFor(0);
  }

  /** A statement of any member, correctly signed. */
  sign<S extends Statement>(statement: S): S & Pick<SignedMessage, 'signature'> {
    return this.society.sign(statement);
  }

  transaction(label: string): Transaction {
    return this.society.transaction(label);
  }

  /** The same transaction at every platform, up or not. */
  submit(label: string): Transaction {
    const transaction = this.transaction(label);
    for (const platform of this.platforms) platform.submit(transaction);
    return transaction;
  }

  /** A message that arrives after this time although the platform `from` never said it, unless the link is cut then. */
  inject(fromIndex: number, toIndex: number, message: ConsensusMessage, delayMs = 0): void {
    const [from, to] = [this.platforms[fromIndex], this.platforms[toIndex]];
    if (from === undefined || to === undefined) throw new Error(`no platform ${from === undefined ? fromIndex : toIndex}`);
    this.network.inject(from, to, message, delayMs);
  }

  /** Cuts every link between the groups, both ways. */
  partition(...groups: readonly (readonly number[])[]): void {
    this.cut.clear();
    for (const group of groups) for (const other of groups) {
      if (group === other) continue;
      for (const a of group) for (const b of other) this.cut.add(`${a}>${b}`);
    }
    this.observe?.(this.cut.size === 0 ? { type: 'healed' } : { type: 'partitioned', groups });
  }

  /** All links work again. */
  heal(): void {
    if (this.cut.size > 0) this.observe?.({ type: 'healed' });
    this.cut.clear();
  }

  /**
   * Runs until the condition holds.
   * @throws Stall that tells where everyone stands if it does not in time
   * @throws SafetyViolation
   */
  async until(done: () => boolean, withinMs: number, what: string): Promise<void> {
    const reached = await this.clock.runUntil(done, this.clock.nowMs + withinMs);
    this.assertSafe();
    if (!reached) throw new Stall(`not within ${withinMs} ms of virtual time: ${what}\n${this.describe()}`);
  }

  async runFor(durationMs: number): Promise<void> {
    await this.clock.runUntil(() => false, this.clock.nowMs + durationMs);
    this.assertSafe();
  }

  assertSafe(): void {
    const fatal = this.platforms.find((platform) => platform.fatal !== undefined);
    if (fatal?.fatal !== undefined) throw new SafetyViolation(`platform ${fatal.index} stopped: ${fatal.fatal.message}`, { cause: fatal.fatal });
    if (this.violations.length > 0) throw new SafetyViolation([...new Set(this.violations)].slice(0, MAX_VIOLATIONS_TOLD).join('\n'));
  }

  everywhere(transaction: Transaction, platforms: readonly SimPlatform[] = this.platforms): boolean {
    return platforms.every((platform) => platform.up && platform.hasFinal(transaction));
  }

  /** Distinct sequences at which any platform has a final block. */
  get finalBlocks(): number {
    return this.#finalBySequence.size;
  }

  describe(): string {
    return this.platforms.map((platform) => {
      if (platform.participant === undefined) return `platform ${platform.index}: down, ${platform.chain.length} final blocks`;
      const { currentSlot, phase, mode, finalTip, view } = platform.replica.snapshot();
      return `platform ${platform.index}: slot ${currentSlot} view ${view} ${phase} ${mode}, ${platform.chain.length} final blocks up to slot ${finalTip.slot}, ${platform.pendingCount} pending`;
    }).join('\n');
  }

  // --- what the network and the platforms ask -----------------------------------------------------------------------

  delayMs(): number {
    if (this.#isInstant) return 0;
    const { delayMs = 5, jitterMs = 0 } = this.#options;
    return delayMs + (jitterMs === 0 ? 0 : this.random.integer(0, 4 * jitterMs) / 4);
  }

  isLost(): boolean {
    const { lossRate = 0 } = this.#options;
    return lossRate > 0 && this.random.chance(lossRate);
  }

  isDuplicated(): boolean {
    const { duplicationRate = 0 } = this.#options;
    return duplicationRate > 0 && this.random.chance(duplicationRate);
  }

  get intercepts(): boolean {
    return this.intercept !== passOn;
  }

  intercepted(from: MemberIndex, to: MemberIndex, message: ConsensusMessage): readonly ConsensusMessage[] {
    const arriving = this.intercept(from, to, message);
    return arriving === undefined ? [] : 'type' in arriving ? [arriving] : arriving;
  }

  /** @throws SafetyViolation where a core said what cannot be read */
  decode(payload: Uint8Array): ConsensusMessage {
    const result = this.validator.decodeAndValidate(payload);
    if (!result.ok) throw new SafetyViolation(`a core said what validation refuses: ${result.detail}`);
    return result.message;
  }

  blockFinal({ index }: SimPlatform, committed: CommittedBlock): void {
    const { hash, header: { sequence } } = committed.block;
    const agreed = this.#finalBySequence.get(sequence)?.block.hash;
    if (agreed === undefined) this.#finalBySequence.set(sequence, committed);
    else if (agreed !== hash) this.violations.push(`invariant 1: fork at sequence ${sequence}: platform ${index} has ${hash}, another ${agreed}`);
  }

  /** @throws SafetyViolation where none is: a snapshot may stand only for what is */
  finalBlock(sequence: number): CommittedBlock {
    const committed = this.#finalBySequence.get(sequence);
    if (committed === undefined) throw new SafetyViolation(`invariant 1: a snapshot is in place of block ${sequence}, which is final nowhere`);
    return committed;
  }

  executed({ index }: SimPlatform, sequence: number, stateRoot: Hash): void {
    const agreed = this.#rootBySequence.get(sequence);
    if (agreed === undefined) this.#rootBySequence.set(sequence, stateRoot);
    else if (agreed !== stateRoot) this.violations.push(`invariant 6: state after sequence ${sequence}: platform ${index} has root ${stateRoot}, another ${agreed}`);
  }

  /** Nobody honest may be treated so; without adversaries everybody is. */
  penalized({ index }: SimPlatform, peer: SimPlatform, reason: string): void {
    if (this.intercepts || this.interceptResponse !== undefined || this.interceptRequest !== undefined) return;
    this.violations.push(`sync: platform ${index} hangs up on platform ${peer.index}, which is honest: ${reason}`);
  }
}
