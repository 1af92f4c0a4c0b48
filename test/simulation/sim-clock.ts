import type { Instant } from '../../src/consensus/events.js';
import type { HostClock, WishedTime } from '../../src/node/host-clock.js';
import type { VirtualClock } from './virtual-clock.js';

/** What the wall clocks show when virtual time begins. */
const START_WALL_MS = 1_000_000;

export function instantAt(nowMs: number): Instant {
  return { monotonicMs: nowMs, wallMs: START_WALL_MS + Math.floor(nowMs) };
}

/** Virtual time as a host's clock, for as long as the host is up. */
export class SimClock implements HostClock {
  readonly #clock: VirtualClock;
  readonly #isUp: () => boolean;
  readonly #wallOffsetMs: () => number;

  /** @param wallOffsetMs how far this host's wall clock is ahead of those that nobody has set */
  constructor(clock: VirtualClock, isUp: () => boolean, wallOffsetMs: () => number) {
    this.#clock = clock;
    this.#isUp = isUp;
    this.#wallOffsetMs = wallOffsetMs;
  }

  now(): Instant {
    const { monotonicMs, wallMs } = instantAt(this.#clock.nowMs);
    return { monotonicMs, wallMs: wallMs + this.#wallOffsetMs() };
  }

  timer(wake: () => void): WishedTime {
    return new SimTimer(this.#clock, () => { if (this.#isUp()) wake(); });
  }

  soon(run: () => void): () => void {
    let cancelled = false;
    this.#clock.after(0, () => { if (!cancelled && this.#isUp()) run(); });
    return () => { cancelled = true; };
  }
}

/** Wishes change far more often than they come true: an event already scheduled earlier is used to schedule the next. */
class SimTimer implements WishedTime {
  readonly #clock: VirtualClock;
  readonly #wake: () => void;
  #wishMs: number | undefined;
  #scheduledMs: number | undefined;

  constructor(clock: VirtualClock, wake: () => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  at(monotonicMs: number | undefined): void {
    this.#wishMs = monotonicMs;
    if (monotonicMs !== undefined && (this.#scheduledMs === undefined || monotonicMs < this.#scheduledMs)) this.#schedule(monotonicMs);
  }

  #schedule(atMs: number): void {
    this.#scheduledMs = atMs;
    this.#clock.after(atMs - this.#clock.nowMs, () => {
      // Another event was scheduled earlier since.
      if (this.#scheduledMs !== atMs) return;
      this.#scheduledMs = undefined;
      const wishMs = this.#wishMs;
      if (wishMs === undefined) return;
      if (wishMs > this.#clock.nowMs) {
        this.#schedule(wishMs);
        return;
      }
      this.#wishMs = undefined;
      this.#wake();
    });
  }
}
