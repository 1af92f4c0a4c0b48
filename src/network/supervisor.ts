import type { PublicKeyHex } from '../types/ids.js';
import type { MonotonicClock } from './clocks.js';
import type { NetworkTimings } from './options.js';

/** The pause before try number `attempt` (from 1): doubling, capped, plus or minus a quarter. `random` is in [0, 1). */
export function redialPauseMs(attempt: number, timings: Pick<NetworkTimings, 'redialMinMs' | 'redialMaxMs'>, random: number): number {
  const pauseMs = Math.min(timings.redialMaxMs, timings.redialMinMs * 2 ** Math.min(attempt - 1, 30));
  return pauseMs * (0.75 + 0.5 * random);
}

/** Someone to be reached: a member by its key, or whoever answers at a bootstrap address without a peer id. */
export type Target = { readonly kind: 'member'; readonly publicKey: PublicKeyHex } | { readonly kind: 'address'; readonly address: string };

interface Attempts {
  readonly target: Target;
  failed: number;
  dueMs: number;
  dialing: boolean;
}

export interface SupervisorInit {
  readonly timings: Pick<NetworkTimings, 'redialMinMs' | 'redialMaxMs'>;
  readonly now: MonotonicClock;
  readonly random: () => number;
  /** Who is missing: members without a usable link, addresses that may lead to one. */
  readonly wanted: () => readonly Target[];
  /** How long to leave a target that is newly missing to the other side's dial. */
  readonly firstPauseMs: (target: Target) => number;
  /**
   * Resolves once the try is over, with or without success. Success is that the target is no longer wanted: a
   * connection alone may be one that the peer is about to close. Never rejects.
   */
  readonly dial: (target: Target, failedBefore: number) => Promise<void>;
}

function keyOf(target: Target): string {
  return target.kind === 'member' ? target.publicKey : target.address;
}

/**
 * Dials for ever whoever is missing. libp2p gives up on a peer for good: it never redials a bootstrap peer, and a
 * keep-alive peer only five times. Here the pause grows to a few seconds and no further, and any sign that the
 * network is back (a connection from or to anyone, a new address) makes everything due at once.
 */
export class Supervisor {
  readonly #init: SupervisorInit;
  readonly #attempts = new Map<string, Attempts>();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #forgivenMs = -Infinity;

  constructor(init: SupervisorInit) {
    this.#init = init;
  }

  start(): void {
    this.#running = true;
    this.#turn();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Who is wanted may have changed; pauses that run stay as they are. */
  check(): void {
    if (this.#running) this.#schedule(0);
  }

  /**
   * The network, or this one peer, may be back: forget past failures and try soon. For all peers at most once in
   * twice the first pause, so that one who comes and goes does not make this platform dial the others without end.
   */
  retrySoon(publicKey?: PublicKeyHex): void {
    const { now, random, timings } = this.#init;
    const nowMs = now();
    if (publicKey === undefined) {
      if (nowMs < this.#forgivenMs + 2 * timings.redialMinMs) return;
      this.#forgivenMs = nowMs;
    }
    const soonMs = nowMs + redialPauseMs(1, timings, random()) / 4;
    for (const [key, attempts] of this.#attempts) {
      if (publicKey !== undefined && key !== publicKey) continue;
      attempts.failed = 0;
      attempts.dueMs = Math.min(attempts.dueMs, soonMs);
    }
    this.check();
  }

  #turn(): void {
    if (!this.#running) return;
    const nowMs = this.#init.now();
    const wanted = new Map(this.#init.wanted().map((target) => [keyOf(target), target]));
    for (const [key, attempts] of this.#attempts) {
      if (!wanted.has(key) && !attempts.dialing) this.#attempts.delete(key);
    }
    let nextMs = nowMs + this.#init.timings.redialMaxMs;
    for (const [key, target] of wanted) {
      let attempts = this.#attempts.get(key);
      if (attempts === undefined) {
        attempts = { target, failed: 0, dueMs: nowMs + this.#init.firstPauseMs(target), dialing: false };
        this.#attempts.set(key, attempts);
      }
      if (attempts.dialing) continue;
      if (attempts.dueMs <= nowMs) this.#dial(attempts);
      else nextMs = Math.min(nextMs, attempts.dueMs);
    }
    this.#schedule(nextMs - nowMs);
  }

  #dial(attempts: Attempts): void {
    attempts.dialing = true;
    void this.#init.dial(attempts.target, attempts.failed).then(() => {
      attempts.dialing = false;
      attempts.failed++;
      attempts.dueMs = this.#init.now() + redialPauseMs(attempts.failed, this.#init.timings, this.#init.random());
      this.check();
    });
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#turn();
    }, delayMs);
  }
}
