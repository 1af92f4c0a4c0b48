import type { Instant } from '../consensus/events.js';
import { monotonicClock, wallClock } from '../network/clocks.js';
import { WakeTimer } from './wake-timer.js';

/** One wish to be woken; a new one replaces it. */
export interface WishedTime {
  /** Monotonic; undefined for never. */
  at(monotonicMs: number | undefined): void;
}

/** Time, and turns among other work: of this host, or of a simulator. */
export interface HostClock {
  now(): Instant;
  timer(wake: () => void): WishedTime;
  /** Runs it once other work had its turn. @returns what takes it back */
  soon(run: () => void): () => void;
}

/** The clocks and the event loop of this process. */
export const systemClock: HostClock = {
  now: () => ({ monotonicMs: monotonicClock(), wallMs: wallClock() }),
  timer: (wake) => new WakeTimer(wake),
  soon: (run) => {
    const immediate = setImmediate(run);
    return () => { clearImmediate(immediate); };
  },
};
