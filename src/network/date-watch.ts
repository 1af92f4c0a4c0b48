import type { MonotonicClock, WallClock } from './clocks.js';

/** Slewing of the date by NTP, and the clocks' own drift, stay far below this between two looks. */
const LEAST_STEP_MS = 1_000;

/** Notices that the host's date was set: it no longer keeps its distance from the monotonic clock. */
export class DateWatch {
  readonly #monotonic: MonotonicClock;
  readonly #wall: WallClock;
  #distanceMs: number;

  constructor(monotonic: MonotonicClock, wall: WallClock) {
    this.#monotonic = monotonic;
    this.#wall = wall;
    this.#distanceMs = wall() - monotonic();
  }

  /** By how many milliseconds the date was set since the last look, negative for back; undefined where it was not. */
  look(): number | undefined {
    const steppedMs = this.#wall() - this.#monotonic() - this.#distanceMs;
    this.#distanceMs += steppedMs;
    return Math.abs(steppedMs) < LEAST_STEP_MS ? undefined : Math.round(steppedMs);
  }
}
