import { createHash } from 'node:crypto';
import type { Hash as Digest } from 'node:crypto';
import { ADVERSARIES } from '../byzantine/adversaries.js';
import type { Transaction } from '../../src/types/block.js';
import type { MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { SafetyViolation, Stall } from './failures.js';
import { WorldChecker } from './invariants.js';
import type { Fault, Plan } from './plan.js';
import { fastPathOf, harmedBy, mayStall } from './plan.js';
import { Random } from './random.js';
import type { DiskSnapshot } from './sim-disk.js';
import type { WorldEvent } from './world-events.js';
import type { SimPlatform, WorldOptions } from './world.js';
import { World } from './world.js';

export interface Failure {
  /** `known-stall`: what R10 says cannot go on without an operator. */
  readonly kind: 'violation' | 'stall' | 'known-stall';
  /** The first line begins with the invariant where there is one. */
  readonly message: string;
}

/** How a run ended. It can be sent between processes. */
export interface PlayedRun {
  readonly seed: number;
  /** Federation and Byzantine platforms, for people. */
  readonly cast: string;
  readonly finalBlocks: number;
  /** Highest slot that is final anywhere. */
  readonly slots: number;
  /** How often a platform took a snapshot in place of blocks. */
  readonly snapshotsTaken: number;
  /** Events on the virtual clock: arrivals, timers, syncs, faults. */
  readonly events: number;
  /** Digest of all that happened, in order and with its virtual time: the same for the same plan. Where it was asked for. */
  readonly trace: string | undefined;
  readonly failure: Failure | undefined;
}

export interface PlayOptions {
  /** Called before anything happens; what it returns is told of everything that does. */
  readonly watch?: (world: World, cast: string) => (event: WorldEvent) => void;
  readonly weaken?: WorldOptions['weaken'];
  /** Whether to make a digest of all that happens, which takes some time. */
  readonly traced?: boolean;
}

const HEALED_MS = 240_000;
/** The same where a stall is what R10 leads one to expect. */
const KNOWN_TO_STALL_MS = 30_000;
/** What a platform has to notice that its disk is damaged. */
const NOTICES_WITHIN_MS = 100;
const MAX_VIOLATIONS_TOLD = 5;
/** A calm stretch goes through so many slots a member: four to recover in, and two to count. */
const CALM_ROUNDS = 6;
/** Often enough that leaders have something to propose. */
const CALM_EVERY_MS = 10;

/** Plays a plan. Never throws: an unexpected error is a violation, too. */
export async function playPlan(plan: Plan, { watch, weaken, traced = false }: PlayOptions = {}): Promise<PlayedRun> {
  const player = new Player(plan, weaken);
  return player.play(watch, traced ? createHash('sha256') : undefined);
}

class Player {
  readonly #plan: Plan;
  readonly #world: World;
  readonly #checker: WorldChecker;
  readonly #liars: ReadonlyMap<number, string>;
  readonly #transactions: Transaction[] = [];
  readonly #snapshots = new Map<number, DiskSnapshot>();
  #snapshotsTaken = 0;
  /** Groups between which messages about some slots do not pass. */
  #slotPartitions: Extract<Fault, { readonly fault: 'slot-partition' }>[] = [];
  readonly #losesDisk = new Set<number>();
  /** Whose disk was left damaged by a power loss, and who has not been seen to notice. */
  readonly #damaged = new Set<number>();

  constructor(plan: Plan, weaken: PlayOptions['weaken']) {
    const { members, seed, delayMs, jitterMs, lossRate, duplicationRate, syncMs, snapshots } = plan;
    this.#plan = plan;
    this.#world = new World({
      members, seed, delayMs, jitterMs, lossRate, duplicationRate, syncMs, fastPath: fastPathOf(plan),
      ...(snapshots === undefined ? {} : { snapshots, checkpointInterval: snapshots.checkpointInterval }), ...(weaken === undefined ? {} : { weaken }),
    });
    this.#liars = new Map(plan.adversaries.map(({ member, name }) => [member, name]));
    // A machine put back to an earlier state may repeat itself otherwise before anybody can tell it: one of the f.
    this.#checker = new WorldChecker(this.#world, new Set([...this.#liars.keys(), ...harmedBy(plan).putBack]));
    this.#world.obstructs = (from, to, message) => this.#slotPartitions.some((each) => isBetween(each, from, to, message));
    this.#attachAdversaries();
  }

  async play(watch: PlayOptions['watch'], trace: Digest | undefined): Promise<PlayedRun> {
    const world = this.#world;
    const cast = this.#cast();
    const told = watch?.(world, cast);
    world.observe = (event) => {
      trace?.update(`${world.clock.nowMs} ${textOf(event)}\n`);
      this.#checker.observe(event);
      if (event.type === 'snapshot-restored') this.#snapshotsTaken += 1;
      told?.(event);
    };
    const failure = await this.#outcome();
    return {
      seed: this.#plan.seed, cast, finalBlocks: world.finalBlocks,
      slots: Math.max(-1, ...this.#honest().map(({ chain }) => chain.at(-1)?.block.header.slot ?? -1)),
      snapshotsTaken: this.#snapshotsTaken, events: world.clock.eventsRun, trace: trace?.digest('hex'), failure,
    };
  }

  async #outcome(): Promise<Failure | undefined> {
    try {
      await this.#survive();
    } catch (error) {
      return this.#failureOf(error);
    }
    const violations = this.#checker.conclude();
    return violations.length === 0 ? undefined : { kind: 'violation', message: violations.slice(0, MAX_VIOLATIONS_TOLD).join('\n') };
  }

  /** A run that stalls because an invariant broke is a violation. */
  #failureOf(error: unknown): Failure {
    const violations = this.#checker.conclude().slice(0, MAX_VIOLATIONS_TOLD);
    if (error instanceof SafetyViolation) return { kind: 'violation', message: [...new Set([...violations, error.message])].join('\n') };
    if (error instanceof Stall) {
      const message = `invariant 9: ${error.message}`;
      if (violations.length > 0) return { kind: 'violation', message: [...violations, message].join('\n') };
      return { kind: mayStall(this.#plan) ? 'known-stall' : 'stall', message };
    }
    return { kind: 'violation', message: `unexpected: ${error instanceof Error ? error.stack ?? error.message : String(error)}` };
  }

  /** @throws Stall, SafetyViolation */
  async #survive(): Promise<void> {
    const world = this.#world;
    const { faults, healAtMs, calm } = this.#plan;
    await world.startAll();
    for (const each of faults) world.clock.after(each.atMs, () => { this.#apply(each); });
    await world.runFor(healAtMs);
    await this.#heal();
    await this.#untilFinal();
    const missing = this.#transactions.find((transaction) => !world.everywhere(transaction, this.#honest()));
    if (missing !== undefined) {
      const text = `transaction ${missing.id} is lost: nowhere pending and not final everywhere`;
      throw this.#isEveryStoreHarmed() ? new Stall(text) : new SafetyViolation(text);
    }
    if (calm && !mayStall(this.#plan)) await this.#calm();
    if (world.snapshots !== undefined) for (const platform of this.#honest()) this.#checker.holds(platform.index, await platform.holdings());
  }

  /** No honest platform still has what it had: nothing of it need be left. */
  #isEveryStoreHarmed(): boolean {
    const { lost, putBack } = harmedBy(this.#plan);
    return this.#honest().every(({ index }) => lost.has(index) || putBack.has(index));
  }

  async #heal(): Promise<void> {
    const world = this.#world;
    this.#slotPartitions = [];
    world.heal();
    for (const { disk } of world.platforms) {
      disk.fill(false);
      disk.syncMs = world.syncMs;
    }
    for (const platform of world.platforms) {
      platform.crashesWhenDurable = false;
      platform.crashesWhenRestoring = undefined;
      this.#restart(platform);
    }
    await world.runFor(2 * NOTICES_WITHIN_MS);
  }

  async #untilFinal(): Promise<void> {
    const honest = this.#honest();
    await this.#world.until(
      () => honest.every(({ up, pendingCount, chain }) => up && pendingCount === 0 && chain.length === honest[0]?.chain.length),
      mayStall(this.#plan) ? KNOWN_TO_STALL_MS : HEALED_MS, 'everything pending is final',
    );
  }

  /** A stretch under load in which nothing goes wrong (invariant 9). */
  async #calm(): Promise<void> {
    const world = this.#world;
    const honest = this.#honest();
    const until = Math.max(...honest.map(({ replica }) => replica.snapshot().currentSlot)) + CALM_ROUNDS * this.#plan.members;
    const endMs = world.clock.nowMs + HEALED_MS;
    this.#checker.calmBegins();
    for (let count = 0; honest.some(({ replica }) => replica.snapshot().currentSlot < until); count += 1) {
      if (world.clock.nowMs > endMs) throw new Stall(`under load not everyone got to slot ${until} within ${HEALED_MS} ms of virtual time\n${world.describe()}`);
      honest[count % honest.length]?.submit(world.transaction(`calm ${count}`));
      await world.runFor(CALM_EVERY_MS);
    }
    this.#checker.calmEnds();
    await this.#untilFinal();
  }

  #apply(fault: Fault): void {
    const world = this.#world;
    switch (fault.fault) {
      case 'transaction': this.#submit(fault.label, fault.platform); break;
      case 'power-loss':
        for (const platform of this.#platforms(fault.platforms)) {
          if (fault.torn === 'damaged' && platform.up) this.#damaged.add(platform.index);
          platform.crash(fault.torn);
          if (this.#losesDisk.has(platform.index)) platform.loseDisk();
        }
        break;
      case 'crash-when-durable': for (const platform of this.#platforms([fault.platform])) platform.crashesWhenDurable = platform.up; break;
      case 'crash-when-restoring': for (const platform of this.#platforms([fault.platform])) platform.crashesWhenRestoring = fault.state; break;
      case 'restart': for (const platform of this.#platforms([fault.platform])) this.#restart(platform); break;
      case 'partition': world.partition(...fault.groups); break;
      case 'cut':
        for (const [from, to] of fault.links) world.cut.add(`${from}>${to}`);
        break;
      case 'slot-partition': this.#slotPartitions.push(fault); break;
      case 'heal':
        this.#slotPartitions = [];
        world.heal();
        break;
      case 'slow-disk': for (const { disk } of this.#platforms([fault.platform])) disk.syncMs = fault.syncMs; break;
      case 'full-disk': for (const { disk } of this.#platforms([fault.platform])) disk.fill(); break;
      case 'disk-freed': for (const { disk } of this.#platforms([fault.platform])) disk.fill(false); break;
      case 'lost-store': for (const platform of this.#platforms([fault.platform])) platform.loseStore(); break;
      case 'snapshot': for (const { index, disk } of this.#platforms([fault.platform])) this.#snapshots.set(index, disk.snapshot()); break;
      case 'restored-snapshot': {
        const snapshot = this.#snapshots.get(fault.platform);
        if (snapshot !== undefined) for (const platform of this.#platforms([fault.platform])) platform.restoreDisk(snapshot);
      }
    }
  }

  #submit(label: string, platform: number | 'all'): void {
    const transaction = this.#world.transaction(label);
    this.#transactions.push(transaction);
    for (const each of platform === 'all' ? this.#world.platforms : this.#platforms([platform])) each.submit(transaction);
  }

  /** An operator puts a new database in the place of one that the platform finds damaged. */
  #restart(platform: SimPlatform): void {
    platform.crashesWhenDurable = false;
    platform.start();
    this.#world.clock.after(NOTICES_WITHIN_MS, () => {
      if (platform.up || !this.#damaged.delete(platform.index)) return;
      platform.loseStore();
      platform.start();
    });
  }

  #platforms(indices: readonly number[]): SimPlatform[] {
    return this.#world.platforms.filter(({ index }) => indices.includes(index));
  }

  #honest(): readonly SimPlatform[] {
    return this.#world.platforms.filter(({ index }) => !this.#liars.has(index));
  }

  #attachAdversaries(): void {
    const accomplices = this.#world.platforms.map(({ index }) => index).filter((index) => this.#liars.has(index));
    for (const index of accomplices) {
      const named = ADVERSARIES.find(({ name }) => name === this.#liars.get(index));
      if (named === undefined) throw new Error(`there is no adversary ${this.#liars.get(index) ?? ''}; there are ${ADVERSARIES.map(({ name }) => name).join(', ')}`);
      if (named.losesDisk === true) this.#losesDisk.add(index);
      named.attach(this.#world, index, new Random(this.#plan.seed + index), accomplices);
    }
  }

  #cast(): string {
    const { quorum } = this.#world;
    const liars = [...this.#liars].map(([index, name]) => `P${index} (${name})`).join(', ');
    return `${quorum.memberCount} platforms, quorum ${quorum.quorum}, fast path ${quorum.fastPath === 'off' ? 'off' : `at ${quorum.fastQuorum}`}, Byzantine: ${liars || 'none'}`;
  }
}

function isBetween({ fromSlot, toSlot, groups }: Extract<Fault, { readonly fault: 'slot-partition' }>, from: MemberIndex, to: MemberIndex, message: ConsensusMessage): boolean {
  const slot = message.type === 'CERTIFICATE' ? message.certificate.slot : message.type === 'CHECKPOINT' ? undefined : message.slot;
  if (slot === undefined || slot < fromSlot || slot > toSlot) return false;
  return !groups.some((group) => group.includes(from) && group.includes(to));
}

/** What distinguishes events in a trace. */
function textOf(event: WorldEvent): string {
  switch (event.type) {
    case 'sent': return `sent ${event.platform} ${messageText(event.message)}`;
    case 'arrived':
    case 'lost':
    case 'withheld': return `${event.type} ${event.from} ${event.to} ${messageText(event.message)}`;
    case 'final': return `final ${event.platform} ${event.blocks.map(({ block }) => block.hash).join(' ')}`;
    case 'executed': return `executed ${event.platform} ${event.sequence} ${event.stateRoot}`;
    case 'persisted': return `persisted ${event.platform} ${event.records.map(({ type }) => type).join(' ')}`;
    default: return 'platform' in event ? `${event.type} ${event.platform}` : event.type;
  }
}

function messageText(message: ConsensusMessage): string {
  switch (message.type) {
    case 'CERTIFICATE': return `${message.certificate.kind} certificate ${message.certificate.slot}`;
    case 'EQUIVOCATION': return `EQUIVOCATION ${message.slot}`;
    case 'CHECKPOINT': return `${message.signer} CHECKPOINT ${message.sequence} ${message.stateRoot}`;
    case 'PRE-PREPARE': return `${message.signer} PRE-PREPARE ${message.slot} ${message.block.hash}`;
    default: return `${message.signer} ${message.type} ${message.slot} ${message.blockHash}`;
  }
}
