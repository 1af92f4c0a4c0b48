import { quorumParameters } from '../../src/consensus/quorum.js';
import { LYING_SNAPSHOTS } from '../byzantine/lying-snapshots.js';
import type { Fault, Plan } from './plan.js';
import { harmedBy } from './plan.js';
import { Random } from './random.js';

/** Runs with snapshots last much longer than others. */
const SNAPSHOTS_CHANCE = 0.05;
/** Large federations take too long to make as many blocks. */
const MAX_MEMBERS = 7;
const WORK_EVERY_MS = 40;
/** Long enough that the others make several snapshots: a leader that is down first costs them a slot timer of a second or two. */
const OUTAGES_MS = [1_200, 2_000, 2_000, 3_500] as const;
/** In so long after its return a platform has asked for a snapshot, and has fetched and restored it. */
const FETCHING_MS = 400;
const AFTER_OUTAGE_MS = 900;
const LATER_MS = 600;

/**
 * A few plans in a hundred are made longer: platforms make snapshots and drop blocks, while one of them is away, or loses
 * its store, long enough that it cannot come back by blocks. It, or whoever serves it, may fail again in the middle of that.
 * All other plans stay as they are.
 */
export function withSnapshots(plan: Plan): Plan {
  // Of its own chance, so that nothing else of any plan depends on it.
  const random = new Random(plan.seed ^ 0x5a45_c0de);
  if (!random.chance(SNAPSHOTS_CHANCE) || plan.members > MAX_MEMBERS || plan.calm) return plan;
  const checkpointInterval = random.pick([1, 2, 3]);
  const syncMs = random.pick([1, 3, 10, 30]);
  const outages = new Outages({ ...plan, syncMs }, random);
  return {
    ...plan, syncMs,
    adversaries: plan.adversaries.map((liar) => (random.chance(0.5) ? { ...liar, name: LYING_SNAPSHOTS.name } : liar)),
    snapshots: {
      checkpointInterval, intervalBlocks: checkpointInterval * random.pick([1, 1, 2]), keepBlocks: random.pick([1, 2, 4]), aboveBlocks: random.pick([1, 3, 6, 1000]),
    },
    ...outages.play(random.pick([1, 1, 2])),
  };
}

/** Draws what happens after the chaos of a plan. */
class Outages {
  readonly #plan: Plan;
  readonly #random: Random;
  readonly #honest: readonly number[];
  readonly #faults: Fault[];
  /** Whose store is lost or put back already. */
  readonly #harmed: Set<number>;
  #atMs: number;

  constructor(plan: Plan, random: Random) {
    this.#plan = plan;
    this.#random = random;
    this.#honest = everybody(plan).filter((index) => !plan.adversaries.some(({ member }) => member === index));
    this.#faults = [...plan.faults];
    const { lost, putBack } = harmedBy(plan);
    this.#harmed = new Set([...lost, ...putBack]);
    this.#atMs = plan.healAtMs;
  }

  play(count: number): Pick<Plan, 'faults' | 'healAtMs'> {
    this.#allWell();
    for (let outage = 0; outage < count; outage += 1) this.#outage();
    const faults = this.#faults.map((fault, index) => ({ fault, index }))
      .sort((a, b) => a.fault.atMs - b.fault.atMs || a.index - b.index).map(({ fault }) => fault);
    return { faults, healAtMs: this.#atMs };
  }

  #allWell(): void {
    const atMs = this.#atMs;
    this.#faults.push({ atMs, fault: 'heal' });
    for (const platform of everybody(this.#plan)) {
      this.#faults.push({ atMs, fault: 'disk-freed', platform }, { atMs, fault: 'slow-disk', platform, syncMs: this.#plan.syncMs }, { atMs, fault: 'restart', platform });
    }
  }

  #outage(): void {
    const random = this.#random;
    const victim = random.pick(this.#honest);
    const others = everybody(this.#plan).filter((index) => index !== victim);
    const [fromMs, toMs] = [this.#atMs, this.#atMs + random.pick(OUTAGES_MS)];
    const how = random.pick(['power-loss', 'power-loss', 'lost-store', 'partition'] as const);
    if (how === 'lost-store' && this.#mayLoseStore(victim)) this.#faults.push({ atMs: fromMs, fault: 'lost-store', platform: victim });
    else if (how === 'partition') this.#faults.push({ atMs: fromMs, fault: 'partition', groups: [[victim], others] });
    else this.#faults.push({ atMs: fromMs, fault: 'power-loss', platforms: [victim], torn: random.pick(['lost', 'kept']) });
    this.#faults.push({ atMs: toMs, fault: 'heal' }, { atMs: toMs, fault: 'restart', platform: victim });
    this.#troubleWhileFetching(toMs, victim, others);
    this.#atMs = toMs + AFTER_OUTAGE_MS;
    for (let atMs = fromMs; atMs < this.#atMs; atMs += WORK_EVERY_MS) {
      if (random.chance(0.8)) this.#faults.push({ atMs, fault: 'transaction', label: `work at ${atMs}`, platform: random.chance(0.2) ? 'all' : random.pick(this.#honest) });
    }
  }

  #troubleWhileFetching(returnedMs: number, victim: number, others: readonly number[]): void {
    const random = this.#random;
    const someTime = (): number => returnedMs + random.integer(1, FETCHING_MS);
    if (random.chance(0.4)) {
      this.#faults.push(
        { atMs: returnedMs, fault: 'crash-when-restoring', platform: victim, state: random.pick(['half', 'whole']) }, { atMs: returnedMs + LATER_MS, fault: 'restart', platform: victim });
      return;
    }
    for (const platform of random.chance(0.6) ? [victim, ...others.filter(() => random.chance(0.2))] : []) {
      const atMs = someTime();
      this.#faults.push(
        { atMs, fault: 'power-loss', platforms: [platform], torn: random.pick(['lost', 'kept']) }, { atMs: atMs + random.integer(1, 100), fault: 'restart', platform });
    }
    if (random.chance(0.4)) {
      const atMs = someTime();
      this.#faults.push({ atMs, fault: 'cut', links: others.filter(() => random.chance(0.6)).map((server) => [server, victim] as const) }, { atMs: atMs + random.integer(20, 400), fault: 'heal' });
    }
    if (random.chance(0.1)) {
      const atMs = someTime();
      this.#faults.push(
        { atMs, fault: 'full-disk', platform: victim }, { atMs: atMs + 150, fault: 'disk-freed', platform: victim }, { atMs: atMs + 150, fault: 'restart', platform: victim });
    }
  }

  /** With the liars no more than leave a quorum of voters. */
  #mayLoseStore(platform: number): boolean {
    const { members, adversaries } = this.#plan;
    const spare = members - quorumParameters(members).quorum - adversaries.length;
    if (!this.#harmed.has(platform) && this.#harmed.size >= spare) return false;
    this.#harmed.add(platform);
    return true;
  }
}

function everybody({ members }: Plan): number[] {
  return Array.from({ length: members }, (_, index) => index);
}
