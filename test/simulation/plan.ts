import { z } from 'zod';
import { ADVERSARIES } from '../byzantine/adversaries.js';
import { faultToleranceOf, largestFastPath, quorumParameters } from '../../src/consensus/quorum.js';
import { Random } from './random.js';

const member = z.int().min(0).max(12);
const atMs = z.int().min(0);
const torn = z.enum(['lost', 'kept', 'damaged']);
const groups = z.array(z.array(member).readonly()).readonly();

/** Something that is done to a federation at a virtual time. */
export const FAULT = z.discriminatedUnion('fault', [
  /** A client submits a transaction to one platform, or to all. */
  z.strictObject({ atMs, fault: z.literal('transaction'), label: z.string(), platform: z.union([member, z.literal('all')]) }),
  /** Power loss at these platforms; what it leaves of the batch that was being written. */
  z.strictObject({ atMs, fault: z.literal('power-loss'), platforms: z.array(member).readonly(), torn }),
  /** Power loss as soon as the next write is durable: between persist and send. */
  z.strictObject({ atMs, fault: z.literal('crash-when-durable'), platform: member }),
  z.strictObject({ atMs, fault: z.literal('restart'), platform: member }),
  /** Every link between the groups is cut, both ways. */
  z.strictObject({ atMs, fault: z.literal('partition'), groups }),
  /** Links that are cut in one direction, beside those that are. */
  z.strictObject({ atMs, fault: z.literal('cut'), links: z.array(z.tuple([member, member]).readonly()).readonly() }),
  /** What is about these slots does not get from one group to another. */
  z.strictObject({ atMs, fault: z.literal('slot-partition'), fromSlot: z.int().min(0), toSlot: z.int().min(0), groups }),
  z.strictObject({ atMs, fault: z.literal('heal') }),
  z.strictObject({ atMs, fault: z.literal('slow-disk'), platform: member, syncMs: z.int().min(0).max(10_000) }),
  z.strictObject({ atMs, fault: z.literal('full-disk'), platform: member }),
  z.strictObject({ atMs, fault: z.literal('disk-freed'), platform: member }),
  /** The database is lost; the marker beside the key tells. */
  z.strictObject({ atMs, fault: z.literal('lost-store'), platform: member }),
  /** A snapshot of the machine is taken; later the machine is put back to it, marker and all. */
  z.strictObject({ atMs, fault: z.literal('snapshot'), platform: member }),
  z.strictObject({ atMs, fault: z.literal('restored-snapshot'), platform: member }),
]);
export type Fault = Readonly<z.infer<typeof FAULT>>;

export const PLAN = z.strictObject({
  /** Of the network's and the adversaries' chance. */
  seed: z.int().min(0).max(2 ** 32 - 1),
  /** n */
  members: z.int().min(1).max(13),
  /** p, "off", or the largest that is safe. */
  fastPath: z.union([z.int().min(0), z.literal('off'), z.literal('largest')]),
  delayMs: z.number().min(0),
  jitterMs: z.number().min(0),
  lossRate: z.number().min(0).max(1),
  duplicationRate: z.number().min(0).max(1),
  /** What a disk needs for a sync. */
  syncMs: z.number().min(0),
  /** Byzantine members, each with the name of an adversary of test/byzantine. */
  adversaries: z.array(z.strictObject({ member, name: z.string() }).readonly()).readonly(),
  /** In order of time; when the last is done, everything is healed and restarted. */
  faults: z.array(FAULT).readonly(),
  /** When everything is healed. */
  healAtMs: atMs,
  /** Whether, once everything pending is final, there follows a stretch under load in which nothing goes wrong. */
  calm: z.boolean(),
});
/** A run as data: the same plan always gives the same run. */
export type Plan = Readonly<z.infer<typeof PLAN>>;

/** Mostly sizes that are quick to play and at which thresholds differ; now and then any up to 13. */
const SIZES = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 6] as const;
const LARGE_SIZES = [7, 7, 7, 7, 7, 7, 8, 9, 10, 10, 11, 12, 13] as const;
/**
 * How long the chaos lasts, in milliseconds of virtual time: mostly a few slot timers, since many short runs come across
 * more than few long ones do in the same time; and now and then long enough to lose much, fall far behind and come back.
 */
const SHORT_MS = [400, 600, 800, 1_000, 1_000, 1_500] as const;
const LONG_MS = [3_000, 4_000, 6_000] as const;
/** In large federations every millisecond is full of messages. */
const MAX_LARGE_MS = 1_500;
const STEP_MS = 50;
/** Large federations and calm stretches take ten times as long as the average run: a few of them go a long way. */
const LARGE_CHANCE = 0.02;
const CALM_CHANCE = 0.01;
/** Slots that a per-slot partition may be about: about as many as there are in a short chaos. */
const LIKELY_SLOTS = 15;

/**
 * The plan of a seed.
 * @param seed from 0 to 2³²−1
 */
export function planOf(seed: number): Plan {
  // The network draws from the seed itself.
  const random = new Random(seed ^ 0x5eed);
  const isLarge = random.chance(LARGE_CHANCE);
  const members = random.pick(isLarge ? LARGE_SIZES : SIZES);
  const chaosMs = random.chance(0.08) ? random.pick(LONG_MS) : random.pick(SHORT_MS);
  const healAtMs = isLarge ? Math.min(chaosMs, MAX_LARGE_MS) : chaosMs;
  const fastPath = random.pick(['off', 0, 'largest', 'largest', 'largest', 'largest'] as const);
  const calm = random.chance(CALM_CHANCE);
  const adversaries = randomAdversaries(members, random);
  return {
    seed, members, fastPath,
    delayMs: 5, jitterMs: random.pick([0, 10, 40, 40]), syncMs: random.pick([0, 0, 1, 2]),
    lossRate: calm ? 0 : random.pick([0, 0.02, 0.02, 0.3]), duplicationRate: random.pick([0, 0, 0.1]),
    adversaries, faults: new Chaos(members, adversaries, random).faults(healAtMs), healAtMs, calm,
  };
}

function randomAdversaries(members: number, random: Random): Plan['adversaries'] {
  const count = faultToleranceOf(members);
  const chosen: { member: number; name: string }[] = [];
  for (let index = 0; index < members; index += 1) {
    if (chosen.length < count && random.chance(0.4)) chosen.push({ member: index, name: random.pick(ADVERSARIES).name });
  }
  return chosen;
}

/** Draws faults step by step, knowing who is down and whose store may still be harmed. */
class Chaos {
  readonly #members: number;
  readonly #random: Random;
  readonly #honest: readonly number[];
  readonly #faults: Fault[] = [];
  readonly #down = new Set<number>();
  readonly #full = new Set<number>();
  readonly #snapshots = new Set<number>();
  /** Whose store is lost or put back: with the liars no more than leave a quorum of voters. */
  readonly #harmed = new Set<number>();
  readonly #putBack = new Set<number>();
  readonly #mostHarmed: number;

  constructor(members: number, adversaries: Plan['adversaries'], random: Random) {
    this.#members = members;
    this.#random = random;
    this.#honest = Array.from({ length: members }, (_, index) => index).filter((index) => !adversaries.some(({ member: liar }) => liar === index));
    const spare = members - quorumParameters(members).quorum - adversaries.length;
    // Where nobody can be spared it is known that a lost store means a stall: now and then that is played, too.
    this.#mostHarmed = random.chance(0.3) ? Math.max(0, spare) + (members <= 2 && random.chance(0.2) ? 1 : 0) : 0;
  }

  faults(untilMs: number): readonly Fault[] {
    for (let at = 0; at < untilMs; at += STEP_MS) this.#step(at);
    return this.#faults;
  }

  #step(at: number): void {
    const random = this.#random;
    if (random.chance(0.3)) this.#faults.push({ atMs: at, fault: 'transaction', label: `at ${at}`, platform: random.chance(0.2) ? 'all' : random.pick(this.#honest) });
    if (random.chance(0.05)) this.#toggle(at, random.integer(0, this.#members - 1));
    if (random.chance(0.03)) {
      const platforms = this.#some(0.5);
      this.#powerLoss(at, random.chance(0.3) ? this.#all() : platforms);
    }
    if (random.chance(0.02)) this.#faults.push({ atMs: at, fault: 'crash-when-durable', platform: this.#fell(random.integer(0, this.#members - 1)) });
    if (random.chance(0.1)) for (const platform of [...this.#down]) if (random.chance(0.5)) this.#restart(at, platform);
    if (random.chance(0.05)) this.#faults.push({ atMs: at, fault: 'partition', groups: this.#halves() });
    if (random.chance(0.03)) this.#faults.push({ atMs: at, fault: 'cut', links: this.#links() });
    if (random.chance(0.03)) {
      const fromSlot = random.integer(0, LIKELY_SLOTS);
      this.#faults.push({ atMs: at, fault: 'slot-partition', fromSlot, toSlot: fromSlot + random.integer(0, 3), groups: this.#halves() });
    }
    if (random.chance(0.1)) this.#faults.push({ atMs: at, fault: 'heal' });
    if (random.chance(0.04)) this.#disk(at);
  }

  #toggle(at: number, platform: number): void {
    if (this.#down.has(platform)) this.#restart(at, platform);
    else this.#powerLoss(at, [platform]);
  }

  #powerLoss(at: number, platforms: readonly number[]): void {
    if (platforms.length === 0) return;
    const [only] = platforms;
    const damaged = platforms.length === 1 && only !== undefined && this.#random.chance(0.1) && this.#mayHarm(only);
    for (const platform of platforms) this.#fell(platform);
    this.#faults.push({ atMs: at, fault: 'power-loss', platforms, torn: damaged ? 'damaged' : this.#random.pick(['lost', 'kept']) });
  }

  #fell(platform: number): number {
    this.#down.add(platform);
    return platform;
  }

  #restart(at: number, platform: number): void {
    if (this.#full.delete(platform)) this.#faults.push({ atMs: at, fault: 'disk-freed', platform });
    this.#down.delete(platform);
    this.#faults.push({ atMs: at, fault: 'restart', platform });
  }

  #disk(at: number): void {
    const random = this.#random;
    const platform = random.integer(0, this.#members - 1);
    const which = random.pick(['slow', 'full', 'lost', 'snapshot', 'snapshot'] as const);
    if (which === 'slow') this.#faults.push({ atMs: at, fault: 'slow-disk', platform, syncMs: random.pick([0, 50, 300, 2000]) });
    else if (which === 'full') {
      this.#full.add(this.#fell(platform));
      this.#faults.push({ atMs: at, fault: 'full-disk', platform });
    } else if (which === 'lost') {
      if (!this.#mayHarm(platform)) return;
      this.#faults.push({ atMs: at, fault: 'lost-store', platform: this.#fell(platform) });
    } else if (!this.#snapshots.has(platform)) {
      this.#snapshots.add(platform);
      this.#faults.push({ atMs: at, fault: 'snapshot', platform });
    } else if (this.#mayPutBack(platform)) {
      this.#faults.push({ atMs: at, fault: 'restored-snapshot', platform: this.#fell(platform) });
    }
  }

  #mayHarm(platform: number): boolean {
    if (!this.#honest.includes(platform)) return false;
    if (!this.#harmed.has(platform) && this.#harmed.size >= this.#mostHarmed) return false;
    this.#harmed.add(platform);
    return true;
  }

  /** A machine that was put back may contradict itself before anybody can tell it: with the liars at most f. */
  #mayPutBack(platform: number): boolean {
    const liars = this.#members - this.#honest.length;
    if (!this.#putBack.has(platform) && liars + this.#putBack.size >= faultToleranceOf(this.#members)) return false;
    if (!this.#mayHarm(platform)) return false;
    this.#putBack.add(platform);
    return true;
  }

  #all(): number[] {
    return Array.from({ length: this.#members }, (_, index) => index);
  }

  #some(probability: number): number[] {
    return this.#all().filter(() => this.#random.chance(probability));
  }

  #halves(): (readonly number[])[] {
    const side = this.#some(0.5);
    return [side, this.#all().filter((index) => !side.includes(index))];
  }

  #links(): (readonly [number, number])[] {
    return this.#all().flatMap((from) => this.#all().filter((to) => to !== from && this.#random.chance(0.25)).map((to) => [from, to] as const));
  }
}

/** Platforms whose store the plan loses, damages or puts back. */
export function harmedBy({ faults }: Plan): { readonly lost: ReadonlySet<number>; readonly putBack: ReadonlySet<number> } {
  const lost = new Set<number>();
  const putBack = new Set<number>();
  for (const each of faults) {
    if (each.fault === 'lost-store') lost.add(each.platform);
    if (each.fault === 'power-loss' && each.torn === 'damaged') for (const platform of each.platforms) lost.add(platform);
    if (each.fault === 'restored-snapshot') putBack.add(each.platform);
  }
  return { lost, putBack };
}

/**
 * Whether a stall of this plan is a known one: so many stores are lost that fewer than Q others can vote, and only an
 * operator's restart with a new epoch would help (R10).
 */
export function mayStall(plan: Plan): boolean {
  const { lost, putBack } = harmedBy(plan);
  const unable = new Set([...lost, ...putBack, ...plan.adversaries.map(({ member: liar }) => liar)]);
  return (lost.size > 0 || putBack.size > 0) && plan.members - unable.size < quorumParameters(plan.members).quorum;
}

/** p as the plan has it; less where a plan made smaller can no longer have as much. */
export function fastPathOf({ fastPath, members }: Pick<Plan, 'fastPath' | 'members'>): number | 'off' {
  return fastPath === 'off' ? 'off' : fastPath === 'largest' ? largestFastPath(members) : Math.min(fastPath, largestFastPath(members));
}
