import { assembleBlock } from '../../src/codec/block.js';
import type { Notice } from '../../src/consensus/events.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { Replica } from '../../src/consensus/replica.js';
import { ConsensusDriver } from '../../src/node/consensus-driver.js';
import type { Transaction } from '../../src/types/block.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, SignedMessage, Statement, Verified } from '../../src/types/messages.js';
import type { CommittedBlock, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import { SafetyViolation, Stall } from './failures.js';
import { Random } from './random.js';
import { SimDisk } from './sim-disk.js';
import type { Society } from './society.js';
import { societyOf } from './society.js';
import { VirtualClock } from './virtual-clock.js';
import type { WorldEvent } from './world-events.js';

export interface WorldOptions {
  readonly members: number;
  readonly seed?: number;
  readonly fastPath?: number | 'off';
  readonly slotTimeoutMs?: number;
  readonly maxSlotTimeoutMs?: number;
  readonly delayMs?: number;
  readonly jitterMs?: number;
  readonly lossRate?: number;
  readonly duplicationRate?: number;
  readonly syncMs?: number;
  /** Other thresholds than the specified ones, to show that tests would notice. */
  readonly weaken?: (specified: QuorumParameters) => QuorumParameters;
}

/** Platforms exchange STATUS this often even while idle (SPEC section 7, scenario o). */
const IDLE_EXCHANGE_MS = 10_000;
/** One broken invariant makes many more sentences: the first ones tell what matters. */
const MAX_VIOLATIONS_TOLD = 5;
const verified = <T>(value: T): Verified<T> => value as Verified<T>;

/** What becomes of a message on its way: another one, several, or none. */
export type Intercept = (from: MemberIndex, to: MemberIndex, message: ConsensusMessage) => ConsensusMessage | readonly ConsensusMessage[] | undefined;
/** What a lying server answers in place of the response of its platform; undefined: nothing. */
export type InterceptResponse = (from: MemberIndex, to: MemberIndex, request: SyncRequest, response: SyncResponse) => SyncResponse | undefined;
/** What a Byzantine platform asks in place of what its core asks. */
export type InterceptRequest = (from: MemberIndex, to: MemberIndex, request: SyncRequest) => SyncRequest;

const passOn: Intercept = (_from, _to, message) => message;

/** One simulated platform: production replica and driver over a simulated network and disk. */
export class SimPlatform {
  readonly index: MemberIndex;
  readonly disk: SimDisk;
  readonly chain: CommittedBlock[] = [];
  readonly sent: ConsensusMessage[] = [];
  readonly notices: Notice[] = [];
  readonly pool = new Map<Hash, Transaction>();
  fatal: Error | undefined;
  voteStoreLost = false;
  readonly #world: World;
  #driver: ConsensusDriver | undefined;
  #wake = 0;
  #incarnation = 0;

  constructor(world: World, index: MemberIndex) {
    this.#world = world;
    this.index = index;
    this.disk = new SimDisk(world.society.genesisTip);
  }

  get up(): boolean {
    return this.#driver !== undefined;
  }

  get replica(): Replica {
    if (this.#driver === undefined) throw new Error(`platform ${this.index} is down`);
    return this.#driver.replica;
  }

  start(): void {
    const world = this.#world;
    world.observe?.({ type: 'started', platform: this.index });
    const now = world.instant();
    const replica = new Replica(
      { ...world.timing, chainId: world.society.chainId, membership: world.society.genesis.membership, quorum: world.quorum, self: this.index, voteStoreLost: this.voteStoreLost },
      this.disk.load(), now,
    );
    this.#incarnation += 1;
    const incarnation = this.#incarnation;
    const alive = (run: () => void) => () => {
      if (this.#incarnation === incarnation && this.#driver !== undefined) run();
    };
    const driver = new ConsensusDriver(replica, {
      now: () => world.instant(),
      wakeAt: (monotonicMs) => {
        this.#wake += 1;
        const wake = this.#wake;
        if (monotonicMs === undefined) return;
        world.clock.after(monotonicMs - world.clock.nowMs, alive(() => { if (wake === this.#wake) driver.tick(); }));
      },
      commit: (records, done) => {
        world.clock.after(world.syncMs, alive(() => {
          this.disk.commit(records);
          world.observe?.({ type: 'persisted', platform: this.index, records });
          done(undefined);
        }));
      },
      sign: (statement) => verified(world.society.sign(statement)),
      broadcast: (message) => {
        this.sent.push(message);
        world.observe?.({ type: 'sent', platform: this.index, message });
        if (message.type !== 'CERTIFICATE' && message.type !== 'EQUIVOCATION') {
          for (const missing of this.disk.missingFor(message)) {
            world.violations.push(`invariant 4: platform ${this.index} sent ${message.type} before ${missing} was durable`);
          }
        }
        for (const other of world.platforms) if (other !== this) world.send(this, other, message);
      },
      buildBlock: (template, ancestors, allowEmpty) => {
        const taken = new Set(ancestors.flatMap((block) => block.transactions.map(({ id }) => id)));
        const transactions = [...this.pool.values()].filter(({ id }) => !taken.has(id)).slice(0, 100);
        return transactions.length === 0 && !allowEmpty ? undefined : assembleBlock(template, transactions);
      },
      finalized: (blocks) => {
        world.observe?.({ type: 'final', platform: this.index, blocks });
        for (const committed of blocks) {
          this.chain.push(committed);
          for (const { id } of committed.block.transactions) this.pool.delete(id);
        }
        world.onFinal(this);
        driver.deliver({ type: 'transactions', pending: this.pool.size > 0 });
      },
      behind: () => { world.exchange(this); },
      missingBlock: () => { world.exchange(this); },
      resend: () => { world.exchange(this); },
      equivocation: (evidence) => { world.observe?.({ type: 'equivocation', platform: this.index, evidence }); },
      checkpointStable: () => undefined,
      voteStoreLost: () => undefined,
      notice: (notice) => {
        this.notices.push(notice);
        world.observe?.({ type: 'notice', platform: this.index, notice });
      },
      fatal: (error) => {
        this.fatal = error;
        world.observe?.({ type: 'stopped', platform: this.index, error });
      },
    });
    this.#driver = driver;
    const compareAgain = (): void => {
      world.exchange(this);
      world.clock.after(IDLE_EXCHANGE_MS, alive(compareAgain));
    };
    world.clock.after(IDLE_EXCHANGE_MS, alive(compareAgain));
    driver.start();
    driver.deliver({ type: 'transactions', pending: this.pool.size > 0 });
    // As connections come up after a start, slot state is exchanged (section 5, restart).
    world.exchange(this);
  }

  /** Loses everything that is not on disk. */
  crash(): void {
    if (this.up) this.#world.observe?.({ type: 'crashed', platform: this.index });
    this.#driver?.stop();
    this.#driver = undefined;
    this.#incarnation += 1;
  }

  /** To be called while down: everything is forgotten, and nothing notices. */
  loseDisk(): void {
    this.#world.observe?.({ type: 'disk-lost', platform: this.index });
    this.disk.replace();
    this.chain.length = 0;
  }

  submit(transaction: Transaction): void {
    if (this.chain.some(({ block }) => block.transactions.some(({ id }) => id === transaction.id))) return;
    if (!this.pool.has(transaction.id)) this.#world.observe?.({ type: 'submitted', platform: this.index, transaction });
    this.pool.set(transaction.id, transaction);
    this.#driver?.deliver({ type: 'transactions', pending: true });
  }

  deliver(message: ConsensusMessage): void {
    this.#driver?.deliver({ type: 'message', message: verified(message) });
  }

  /** Takes in another's final blocks, as sync would. */
  synced(from: MemberIndex, blocks: readonly CommittedBlock[]): void {
    const provable = blocks.slice(0, blocks.findLastIndex(({ certificate }) => certificate !== undefined) + 1);
    if (provable.length === 0) return;
    this.#world.observe?.({ type: 'synced', platform: this.index, from, blocks: provable });
    this.#driver?.deliver({ type: 'synced', blocks: provable.map(verified) });
  }

  compared(): void {
    this.#driver?.deliver({ type: 'compared' });
  }
}

/** A federation on virtual time. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly society: Society;
  readonly quorum: QuorumParameters;
  readonly timing: { readonly slotTimeoutMs: number; readonly maxSlotTimeoutMs: number };
  readonly syncMs: number;
  readonly platforms: SimPlatform[];
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
  readonly #options: WorldOptions;
  readonly #finalBySequence = new Map<number, Hash>();
  readonly violations: string[] = [];

  constructor(options: WorldOptions) {
    this.#options = options;
    this.random = new Random(options.seed ?? 1);
    this.society = societyOf({ members: options.members, ...(options.fastPath === undefined ? {} : { fastPath: options.fastPath }) });
    this.quorum = options.weaken?.(this.society.quorum) ?? this.society.quorum;
    const slotTimeoutMs = options.slotTimeoutMs ?? 1000;
    this.timing = { slotTimeoutMs, maxSlotTimeoutMs: options.maxSlotTimeoutMs ?? 10 * slotTimeoutMs };
    this.syncMs = options.syncMs ?? 0;
    this.platforms = this.society.genesis.membership.members.map((_, index) => new SimPlatform(this, toMemberIndex(index)));
  }

  instant(): { monotonicMs: number; wallMs: number } {
    return { monotonicMs: this.clock.nowMs, wallMs: 1_000_000 + Math.floor(this.clock.nowMs) };
  }

  /** Starts all platforms and lets them compare with one another (section 5). */
  async startAll(): Promise<void> {
    for (const platform of this.platforms) platform.start();
    for (const platform of this.platforms) platform.compared();
    await this.settle();
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

  /** The same transaction at every platform that is up, as gossip would bring it. */
  submit(label: string): Transaction {
    const transaction = this.transaction(label);
    for (const platform of this.platforms) platform.submit(transaction);
    return transaction;
  }

  connected(from: SimPlatform, to: SimPlatform): boolean {
    return from.up && to.up && !this.cut.has(`${from.index}>${to.index}`);
  }

  #delayMs(): number {
    const { delayMs = 5, jitterMs = 0 } = this.#options;
    return delayMs + (jitterMs === 0 ? 0 : this.random.integer(0, 4 * jitterMs) / 4);
  }

  send(from: SimPlatform, to: SimPlatform, message: ConsensusMessage): void {
    if (!this.connected(from, to)) return;
    const { lossRate = 0, duplicationRate = 0 } = this.#options;
    const arriving = this.#intercepted(from, to, message);
    if (arriving.length === 0) this.observe?.({ type: 'withheld', from: from.index, to: to.index, message });
    for (const each of arriving) {
      if ((lossRate > 0 && this.random.chance(lossRate)) || this.obstructs?.(from.index, to.index, each) === true) {
        this.observe?.({ type: 'lost', from: from.index, to: to.index, message: each });
        continue;
      }
      this.inject(from.index, to.index, each, this.#delayMs(), each !== message);
      if (duplicationRate > 0 && this.random.chance(duplicationRate)) this.inject(from.index, to.index, each, this.#delayMs(), each !== message);
    }
  }

  #intercepted(from: SimPlatform, to: SimPlatform, message: ConsensusMessage): readonly ConsensusMessage[] {
    const arriving = this.intercept(from.index, to.index, message);
    return arriving === undefined ? [] : 'type' in arriving ? [arriving] : arriving;
  }

  /** A message that arrives although the platform `from` never said it, after this time, unless the link is cut then. */
  inject(fromIndex: number, toIndex: number, message: ConsensusMessage, delayMs = 0, altered = true): void {
    const [from, to] = [this.platforms[fromIndex], this.platforms[toIndex]];
    if (from === undefined || to === undefined) throw new Error(`no platform ${from === undefined ? fromIndex : toIndex}`);
    this.clock.after(delayMs, () => { if (!this.cut.has(`${fromIndex}>${toIndex}`)) this.#arrive(from, to, message, altered); });
  }

  #arrive(from: SimPlatform, to: SimPlatform, message: ConsensusMessage, altered: boolean): void {
    if (!to.up) return;
    this.observe?.({ type: 'arrived', from: from.index, to: to.index, message, altered });
    to.deliver(message);
  }

  #hand(from: SimPlatform, to: SimPlatform, message: ConsensusMessage): void {
    for (const each of this.#intercepted(from, to, message)) {
      if (this.obstructs?.(from.index, to.index, each) !== true) this.#arrive(from, to, each, each !== message);
    }
  }

  /** Push and pull with every reachable peer (SPEC section 4, re-sending). */
  exchange(from: SimPlatform): void {
    for (const peer of this.platforms) {
      if (peer === from || !this.connected(from, peer) || !this.connected(peer, from)) continue;
      const pushed = from.replica.resendMessages();
      const finalSlot = from.replica.finalTip.slot;
      const { finalSequence } = from.replica.status();
      const transactions = [...from.pool.values()];
      this.clock.after(this.#delayMs(), () => {
        if (!this.connected(peer, from)) return;
        for (const transaction of transactions) peer.submit(transaction);
        for (const message of pushed) this.#hand(from, peer, message);
        if (!peer.up || peer.fatal !== undefined) return;
        const blocks = peer.chain.slice(finalSequence + 1);
        const answer = peer.replica.slotStateAbove(finalSlot);
        this.clock.after(this.#delayMs(), () => {
          if (!from.up || this.cut.has(`${peer.index}>${from.index}`)) return;
          from.synced(peer.index, blocks);
          for (const message of answer) this.#hand(peer, from, message);
        });
      });
    }
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

  heal(): void {
    if (this.cut.size > 0) this.observe?.({ type: 'healed' });
    this.cut.clear();
  }

  onFinal(platform: SimPlatform): void {
    platform.chain.forEach(({ block }, sequence) => {
      const agreed = this.#finalBySequence.get(sequence);
      if (agreed === undefined) this.#finalBySequence.set(sequence, block.hash);
      else if (agreed !== block.hash) this.violations.push(`invariant 1: fork at sequence ${sequence}: platform ${platform.index} has ${block.hash}, another ${agreed}`);
    });
  }

  /** Distinct sequences at which any platform has a final block. */
  get finalBlocks(): number {
    return this.#finalBySequence.size;
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
    return platforms.every((platform) => platform.up && platform.chain.some(({ block }) => block.transactions.some(({ id }) => id === transaction.id)));
  }

  describe(): string {
    return this.platforms.map((platform) => {
      if (!platform.up) return `platform ${platform.index}: down, ${platform.chain.length} final blocks`;
      const { currentSlot, phase, mode, finalTip, view } = platform.replica.snapshot();
      return `platform ${platform.index}: slot ${currentSlot} view ${view} ${phase} ${mode}, ${platform.chain.length} final blocks up to slot ${finalTip.slot}, pool ${platform.pool.size}`;
    }).join('\n');
  }
}
