import type { Receipt } from '../ledger/receipt.js';
import type { Hash } from '../types/ids.js';

/** The transaction did not become final in the time given; it may still. */
export class ApiTimeout extends Error {
  readonly code = 'timeout';
  constructor(transactionId: Hash, timeoutMs: number) {
    super(`transaction ${transactionId} was not final within ${timeoutMs} ms; it is still pending and may become final: ask for it by its id`);
    this.name = 'ApiTimeout';
  }
}

/** Too many clients wait already. */
export class WaitersFull extends Error {
  readonly code = 'busy';
  constructor(limit: number) {
    super(`${limit} clients wait for finality already; ask for the transaction by its id instead`);
    this.name = 'WaitersFull';
  }
}

interface Waiter {
  readonly resolve: (receipt: Receipt) => void;
  readonly timer: NodeJS.Timeout;
}

const MAX_WAITERS = 20_000;

/** Clients that wait for a transaction to be executed. */
export class FinalityWaiters {
  readonly #waiting = new Map<Hash, Waiter[]>();
  #count = 0;

  /** @throws ApiTimeout, WaitersFull */
  wait(transactionId: Hash, timeoutMs: number): Promise<Receipt> {
    if (this.#count >= MAX_WAITERS) return Promise.reject(new WaitersFull(MAX_WAITERS));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const left = (this.#waiting.get(transactionId) ?? []).filter((other) => other !== waiter);
        if (left.length === 0) this.#waiting.delete(transactionId);
        else this.#waiting.set(transactionId, left);
        this.#count -= 1;
        reject(new ApiTimeout(transactionId, timeoutMs));
      }, timeoutMs);
      const waiter: Waiter = { resolve, timer };
      this.#waiting.set(transactionId, [...(this.#waiting.get(transactionId) ?? []), waiter]);
      this.#count += 1;
    });
  }

  executed(receipt: Receipt): void {
    const waiters = this.#waiting.get(receipt.transactionId);
    if (waiters === undefined) return;
    this.#waiting.delete(receipt.transactionId);
    this.#count -= waiters.length;
    for (const { resolve, timer } of waiters) {
      clearTimeout(timer);
      resolve(receipt);
    }
  }

  /** Nobody is answered any more. */
  stop(): void {
    for (const waiters of this.#waiting.values()) for (const { timer } of waiters) clearTimeout(timer);
    this.#waiting.clear();
  }
}
