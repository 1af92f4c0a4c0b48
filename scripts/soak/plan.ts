import type { Random } from '../../test/simulation/random.js';
import { shuffled } from '../chaos/plan.js';
import type { Place } from './notes.js';
import { PLACES } from './notes.js';

/**
 * When platforms are killed: some time after all is well, or when each comes to a place in its own code; and again
 * while those just killed start, or as soon as one of them is up and has to catch up.
 */
export type Instant = 'any time' | Place | 'starting' | 'returning';

/** One kill, and the restart after it. */
export interface Strike {
  readonly instant: Instant;
  /** Names of the platforms that are killed. */
  readonly victims: readonly string[];
  /** From the instant on, in ms; at a place: how long a platform may take to come there before it is killed where it is. */
  readonly delayMs: number;
  /** How often a platform comes to its place before it is killed there. */
  readonly times: number;
  /** Whether power fails with it, so that what was not synced is lost. */
  readonly powerFails: boolean;
  /** From the kill to the restart, in ms. */
  readonly downMs: number;
}

export interface StrikePlanOptions {
  readonly platforms: readonly string[];
  readonly random: Random;
}

/** Strikes in a row, after which the federation is left alone until all is well. */
const MAX_ROW = 6;
const AGAIN = 0.6;
const ANY_TIME_MS = [0, 300] as const;
const PLACE_MS = [500, 2000] as const;
const PLACE_TIMES = [1, 12] as const;
/** From spawning the process to some time after it is up, on a host that is not too busy. */
const STARTING_MS = [0, 2500] as const;
const RETURNING_MS = [0, 300] as const;
const DOWN_MS = [0, 400] as const;

/** Rows of strikes without end, decided by the seed alone. */
export function* planStrikes({ platforms, random }: StrikePlanOptions): Generator<readonly Strike[], never> {
  for (;;) {
    const row = [strikeAt(random.chance(0.4) ? 'any time' : random.pick(PLACES), victimsOf(platforms, random), random)];
    while (row.length < MAX_ROW && random.chance(AGAIN)) {
      const struck = row.at(-1)?.victims ?? [];
      const again = shuffled(struck, random).slice(0, random.integer(1, struck.length));
      const others = random.chance(0.3) ? victimsOf(platforms, random) : [];
      row.push(strikeAt(random.pick(['starting', 'starting', 'returning'] as const), [...new Set([...again, ...others])], random));
    }
    yield row;
  }
}

function strikeAt(instant: Instant, victims: readonly string[], random: Random): Strike {
  return {
    instant, victims,
    delayMs: random.integer(...delayOf(instant)),
    times: random.integer(...PLACE_TIMES),
    powerFails: random.chance(0.4),
    downMs: random.integer(...DOWN_MS),
  };
}

function delayOf(instant: Instant): readonly [number, number] {
  switch (instant) {
    case 'any time': return ANY_TIME_MS;
    case 'signing':
    case 'proposing':
    case 'writing':
    case 'written': return PLACE_MS;
    case 'starting': return STARTING_MS;
    case 'returning': return RETURNING_MS;
  }
}

/** One, several or all, each about as often. */
function victimsOf(platforms: readonly string[], random: Random): readonly string[] {
  const most = platforms.length;
  const count = random.pick([1, random.integer(Math.min(2, most), Math.max(1, most - 1)), most]);
  return shuffled(platforms, random).slice(0, count);
}
