import type { Transaction } from '../types/block.js';
import type { Hash } from '../types/ids.js';
import type { AccountQueue } from './account-queue.js';
import type { SourceShare } from './source-share.js';

export interface SelectOptions {
  /** Transactions to leave out: those already in the branch that is being extended. */
  readonly excluding: (id: Hash) => boolean;
  /** Limit on the sum of what each transaction takes. */
  readonly maxBytes: number;
  readonly maxCount: number;
  /** What a transaction takes beside its own bytes; 0 by default. */
  readonly overheadBytes?: number;
}

/** A selection ends after this many transactions that did not fit, rather than look through the whole pool. */
const MAX_MISFITS = 32;

/** A choice of pending transactions, made once. */
export class Selection {
  readonly #options: SelectOptions;
  readonly #chosen: Transaction[] = [];
  #remainingBytes: number;
  #misfits = 0;

  constructor(options: SelectOptions) {
    this.#options = options;
    this.#remainingBytes = options.maxBytes;
  }

  /**
   * One transaction of each source in turn, and of each source one of each sender in turn, in nonce order within a sender:
   * keys are free, so a source with many of them gets no more than another with one.
   */
  from(shares: Iterable<SourceShare>): readonly Transaction[] {
    let turns = [...shares].map((share) => this.#turnsOf(share));
    while (turns.length > 0) turns = turns.filter((turn) => turn.next().done !== true);
    return this.#chosen;
  }

  /** Chooses one more at each step, until this source has none. */
  *#turnsOf(share: SourceShare): Generator<void, void> {
    let cursors: { readonly queue: AccountQueue; readonly position: number }[] = [];
    for (const queue of share.accounts.values()) {
      if (this.#isFull) return;
      const position = this.#takeNext(queue, 0);
      if (position === undefined) continue;
      cursors.push({ queue, position });
      yield;
    }
    while (cursors.length > 0) {
      const continuing: typeof cursors = [];
      for (const { queue, position } of cursors) {
        const next = this.#takeNext(queue, position);
        if (next === undefined) continue;
        continuing.push({ queue, position: next });
        yield;
      }
      cursors = continuing;
    }
  }

  get #isFull(): boolean {
    return this.#chosen.length >= this.#options.maxCount || this.#misfits > MAX_MISFITS;
  }

  /** Takes a sender's next transaction that fits; returns the position after it, or undefined where there is none. */
  #takeNext(queue: AccountQueue, from: number): number | undefined {
    const { excluding, overheadBytes = 0 } = this.#options;
    for (let position = from; !this.#isFull; position += 1) {
      const transaction = queue.at(position);
      if (transaction === undefined) return undefined;
      if (excluding(transaction.id)) continue;
      const sizeBytes = transaction.bytes.byteLength + overheadBytes;
      if (sizeBytes > this.#remainingBytes) {
        this.#misfits += 1;
        continue;
      }
      this.#chosen.push(transaction);
      this.#remainingBytes -= sizeBytes;
      return position + 1;
    }
    return undefined;
  }
}
