import { setMaxListeners } from 'node:events';
import { pause } from '../federation/pause.js';
import { fetchStatus, FederationObserver } from '../federation/observer.js';
import type { ObservedStatus } from '../federation/observer.js';

const POLL_MS = 50;
/** A stopped process takes connections and does not answer. */
const ANSWER_TIMEOUT_MS = 1000;

export interface WatchOptions {
  /** Platforms that are believed. */
  readonly honest: readonly string[];
  readonly url: (name: string) => string | undefined;
  /** Throws where something happened that may not. */
  readonly inspect: () => void;
}

/**
 * Asks every honest platform where it stands, many times a second, and remembers when blocks became final anywhere.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stop = new AbortController();
  readonly #seen = new Map<string, { readonly status: ObservedStatus; readonly atMs: number }>();
  readonly #observer: FederationObserver;
  readonly #loops: Promise<void>;
  /** Times at which a block became final that none had before, oldest first. */
  readonly #progressMs: number[] = [];
  #best = 0;
  #failure: Error | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    setMaxListeners(0, this.#stop.signal);
    this.#observer = new FederationObserver(options.honest, performance.now());
    this.#loops = Promise.all(options.honest.map((name) => this.#follow(name))).then(() => undefined);
  }

  /** Committed blocks of the honest platform that has most. */
  get best(): number {
    return this.#best;
  }

  /** A platform's status, where it answered at or after `sinceMs`. */
  status(name: string, sinceMs: number): ObservedStatus | undefined {
    const seen = this.#seen.get(name);
    return seen === undefined || seen.atMs < sinceMs ? undefined : seen.status;
  }

  /** When the first block after `sinceMs` became final; undefined while none has. */
  progressAfter(sinceMs: number): number | undefined {
    return this.#progressMs.find((atMs) => atMs > sinceMs);
  }

  /** The longest time without a new final block between `fromMs` and now, in ms. */
  longestPause(fromMs: number): number {
    const times = [fromMs, ...this.#progressMs.filter((atMs) => atMs > fromMs), performance.now()];
    return Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? atMs)));
  }

  /** Forgets what lies before. */
  forgetBefore(ms: number): void {
    while ((this.#progressMs[0] ?? ms) < ms) this.#progressMs.shift();
  }

  /**
   * Resolves once `condition` gives a value.
   * @returns undefined where it did not in time, or `signal` was aborted
   * @throws whatever `inspect` throws, and FederationError `disagreement`
   */
  async until<T>(condition: () => T | undefined, timeoutMs: number, signal: AbortSignal): Promise<T | undefined> {
    const endMs = performance.now() + timeoutMs;
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      this.#options.inspect();
      const value = condition();
      if (value !== undefined) return value;
      if (signal.aborted || performance.now() > endMs) return undefined;
      await pause(POLL_MS / 2, signal);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  async #follow(name: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const url = this.#options.url(name);
      // What it says is as old as the question.
      const askedMs = performance.now();
      const status = url === undefined ? undefined : await fetchStatus(url, ANSWER_TIMEOUT_MS).catch(() => undefined);
      if (status?.platform === name) this.#take(name, status, askedMs);
      await pause(POLL_MS, this.#stop.signal);
    }
  }

  #take(name: string, status: ObservedStatus, askedMs: number): void {
    this.#seen.set(name, { status, atMs: askedMs });
    if (status.sequence > this.#best) {
      this.#best = status.sequence;
      this.#progressMs.push(performance.now());
    }
    try {
      this.#observer.observe(name, status);
    } catch (error) {
      this.#failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}
