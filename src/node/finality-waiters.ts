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

/** It will never be final, or was before this platform knew of it: it can have no effect any more. */
export class TransactionSpent extends Error {
  readonly code = 'nonce-used';
  constructor(transactionId: Hash) {
    super(`transaction ${transactionId} can have no effect any more: its nonce is used by a final transaction of its sender, this one or another, or is too old by now; use the next free nonce`);
    this.name = 'TransactionSpent';
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
  readonly reject: (error: TransactionSpent) => void;
  readonly timer: NodeJS.Timeout;
}

const MAX_WAITERS = 20_000;

/** Clients that wait for a transaction to be executed. */
export class FinalityWaiters {
  readonly #waiting = new Map<Hash, Waiter[]>();
  #count = 0;

  /** @throws ApiTimeout, TransactionSpent, WaitersFull */
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
      const waiter: Waiter = { resolve, reject, timer };
      this.#waiting.set(transactionId, [...(this.#waiting.get(transactionId) ?? []), waiter]);
      this.#count += 1;
    });
  }

  executed(receipt: Receipt): void {
    for (const { resolve } of this.#take(receipt.transactionId)) resolve(receipt);
  }

  /** It was dropped, since it can have no effect any more. */
  spent(transactionId: Hash): void {
    for (const { reject } of this.#take(transactionId)) reject(new TransactionSpent(transactionId));
  }

  #take(transactionId: Hash): readonly Waiter[] {
    const waiters = this.#waiting.get(transactionId) ?? [];
    this.#waiting.delete(transactionId);
    this.#count -= waiters.length;
    for (const { timer } of waiters) clearTimeout(timer);
    return waiters;
  }

  /** Nobody is answered any more. */
  stop(): void {
    for (const waiters of this.#waiting.values()) for (const { timer } of waiters) clearTimeout(timer);
    this.#waiting.clear();
  }
}
