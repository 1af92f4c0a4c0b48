import type { Mempool } from '../mempool/mempool.js';
import { MempoolError } from '../mempool/mempool-error.js';
import type { PendingJournal } from '../storage/pending-journal.js';
import { reasonOf } from '../storage/storage-error.js';
import type { TransactionIntake } from './transaction-intake.js';
import { TransactionRejected } from './transaction-intake.js';

/** About 2 ms of verification between two turns of the event loop. */
const RESTORED_PER_TURN = 16;

/** What is told of them. */
export interface KeptTransactionsEvents {
  /** @param refused those that are final by now, can have no effect any more, or for which there is no room */
  restored(pending: number, refused: number): void;
  kept(count: number): void;
  /** Accepted, still pending, and forgotten now. */
  forgotten(count: number, reason: string): void;
  unreadable(reason: string): void;
}

export interface KeptTransactionsParts {
  readonly journal: Pick<PendingJournal, 'read' | 'write'>;
  readonly mempool: Pick<Mempool, 'localPending'>;
  readonly intake: Pick<TransactionIntake, 'submit'>;
  readonly events: KeptTransactionsEvents;
  /** Resolves once other work had its turn. */
  readonly pause: () => Promise<void>;
}

/**
 * Transactions accepted from clients outlast a clean stop: those still pending are written down, and at the next start
 * taken in again like any that a client sends. They stay written until the next clean stop, so that a crash in between
 * loses none of them; what was accepted since is lost with a crash, unless other platforms have it.
 */
export class KeptTransactions {
  readonly #parts: KeptTransactionsParts;
  /** Read, and not taken in again yet. */
  #waiting: Uint8Array[] = [];
  #stopped = false;

  constructor(parts: KeptTransactionsParts) {
    this.#parts = parts;
  }

  /** Takes in again what was kept. Never rejects but for a defect. */
  async restore(): Promise<void> {
    const { journal, events, pause } = this.#parts;
    try {
      this.#waiting = [...await journal.read()];
    } catch (error) {
      events.unreadable(reasonOf(error));
      return;
    }
    const count = this.#waiting.length;
    let refused = 0;
    while (this.#waiting.length > 0) {
      if (this.#stopped) return;
      refused += this.#waiting.splice(0, RESTORED_PER_TURN).filter((bytes) => !this.#isTaken(bytes)).length;
      await pause();
    }
    if (count > 0) events.restored(count - refused, refused);
  }

  #isTaken(bytes: Uint8Array): boolean {
    try {
      this.#parts.intake.submit(bytes);
      return true;
    } catch (error) {
      if (error instanceof TransactionRejected || error instanceof MempoolError) return false;
      throw error;
    }
  }

  /** Writes down what is pending, once nothing becomes final any more. Never rejects. */
  async keep(): Promise<void> {
    this.#stopped = true;
    const { journal, mempool, events } = this.#parts;
    const pending = [...mempool.localPending()].map(({ bytes }) => bytes).concat(this.#waiting);
    try {
      const kept = await journal.write(pending);
      if (kept > 0) events.kept(kept);
      if (kept < pending.length) events.forgotten(pending.length - kept, 'they take more room than there is for them');
    } catch (error) {
      if (pending.length > 0) events.forgotten(pending.length, reasonOf(error));
    }
  }
}
