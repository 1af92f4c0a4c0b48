import { DRAWN_ADVERSARIES } from '../byzantine/adversaries.js';
import { faultToleranceOf, quorumParameters } from '../../src/consensus/quorum.js';
import type { Fault, Plan } from './plan.js';
import { Random } from './random.js';
import { withSnapshots } from './snapshot-plan.js';

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
  return withSnapshots({
    seed, members, fastPath,
    delayMs: 5, jitterMs: random.pick([0, 10, 40, 40]), syncMs: random.pick([0, 0, 1, 2]),
    lossRate: calm ? 0 : random.pick([0, 0.02, 0.02, 0.3]), duplicationRate: random.pick([0, 0, 0.1]),
    adversaries, faults: new Chaos(members, adversaries, random).faults(healAtMs), healAtMs, calm,
  });
}

function randomAdversaries(members: number, random: Random): Plan['adversaries'] {
  const count = faultToleranceOf(members);
  const chosen: { member: number; name: string }[] = [];
  for (let index = 0; index < members; index += 1) {
    if (chosen.length < count && random.chance(0.4)) chosen.push({ member: index, name: random.pick(DRAWN_ADVERSARIES).name });
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
