import type { Transaction } from '../types/block.js';

/** One sender's pending transactions in nonce order. */
export class AccountQueue {
  readonly #ordered: Transaction[] = [];
  #sizeBytes = 0;

  get count(): number {
    return this.#ordered.length;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The transaction at a position in nonce order. */
  at(position: number): Transaction | undefined {
    return this.#ordered[position];
  }

  /** In nonce order; changes as the queue does. */
  all(): readonly Transaction[] {
    return this.#ordered;
  }

  hasNonce(nonce: number): boolean {
    return this.#ordered[this.#positionOf(nonce)]?.nonce === nonce;
  }

  /** The nonce must be free. */
  insert(transaction: Transaction): void {
    this.#ordered.splice(this.#positionOf(transaction.nonce), 0, transaction);
    this.#sizeBytes += transaction.bytes.byteLength;
  }

  remove(transaction: Transaction): void {
    const position = this.#positionOf(transaction.nonce);
    if (this.#ordered[position]?.id !== transaction.id) return;
    this.#ordered.splice(position, 1);
    this.#sizeBytes -= transaction.bytes.byteLength;
  }

  /** The smallest nonce from `floor` up that no pending transaction uses. */
  freeNonce(floor: number): number {
    let nonce = floor;
    for (let position = this.#positionOf(floor); this.#ordered[position]?.nonce === nonce; position += 1) nonce += 1;
    return nonce;
  }

  /** Position of the first transaction whose nonce is not below `nonce`. */
  #positionOf(nonce: number): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ordered[middle]?.nonce ?? Number.POSITIVE_INFINITY) < nonce) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
