import { LedgerError } from '../ledger/ledger-error.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Transaction } from '../types/block.js';
import type { Hash } from '../types/ids.js';

export interface SpentTransactionsOptions {
  readonly mempool: Mempool;
  readonly ledger: Pick<Ledger, 'account' | 'checkNonce'>;
  /** Called after some were dropped. */
  readonly dropped: (ids: readonly Hash[]) => void;
  readonly failed: (error: Error) => void;
}

/**
 * What is pending may have no effect any more: it became final in blocks for which a snapshot stands, or so long ago that
 * a platform that was restarted has forgotten it, or another of its nonce is final. Clients and peers that are behind
 * may bring it here; the others know better and do not take it, so that work would be pending here alone, for ever. The
 * nonces tell: one that is used, or too old, can have no effect any more.
 */
export class SpentTransactions {
  readonly #options: SpentTransactionsOptions;
  #running = false;

  constructor(options: SpentTransactionsOptions) {
    this.#options = options;
  }

  /** Drops those of everything pending whose nonces are used. @throws LedgerError, StorageError */
  async drop(transactions: Iterable<Transaction> = this.#options.mempool.pending()): Promise<void> {
    const { mempool, ledger, dropped } = this.#options;
    const spent: Hash[] = [];
    for (const { id, sender, nonce } of [...transactions]) {
      const verdict = ledger.checkNonce(sender, nonce) ?? (await ledger.account(sender)).check(nonce);
      if (verdict !== 'free') spent.push(id);
    }
    if (spent.length === 0) return;
    mempool.markSpent(spent);
    dropped(spent);
  }

  /** The same later, for some that have been pending for so long that they are sent again. */
  review(transactions: readonly Transaction[]): void {
    if (this.#running || transactions.length === 0) return;
    this.#running = true;
    this.drop(transactions)
      .catch((error: unknown) => {
        // While a snapshot is taken in there is no state to ask.
        if (!(error instanceof LedgerError && error.code === 'not-ready')) this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => { this.#running = false; });
  }
}
