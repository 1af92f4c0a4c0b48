import type { Application } from '../ledger/application.js';
import type { AddResult, Mempool } from '../mempool/mempool.js';
import { MempoolError } from '../mempool/mempool-error.js';
import type { TransactionSource } from '../mempool/source-share.js';
import type { Transaction } from '../types/block.js';
import type { TransactionValidator } from '../validation/transaction-validator.js';
import type { Tally } from './tally.js';

/** What is wrong with a transaction itself, whoever sends it. */
export interface InvalidTransaction {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
}

export interface TransactionGateOptions {
  readonly validator: TransactionValidator;
  readonly application: Application;
  readonly mempool: Mempool;
  readonly rejections: Tally;
}

/** The one way into the mempool: what is here was checked, and what is refused is counted. */
export class TransactionGate {
  readonly #options: TransactionGateOptions;

  constructor(options: TransactionGateOptions) {
    this.#options = options;
  }

  /** Takes it apart; checks no signature. */
  decode(bytes: Uint8Array): { readonly ok: true; readonly transaction: Transaction } | InvalidTransaction {
    const decoded = this.#options.validator.decode(bytes);
    return decoded.ok ? decoded : this.#invalid(decoded.code, decoded.detail);
  }

  /** Nothing is to be done about another copy of it. */
  isKnown(transaction: Transaction): boolean {
    return this.#options.mempool.isKnown(transaction);
  }

  /** Whether one from there would find room; counted where not. */
  hasRoom({ bytes }: Transaction, source: TransactionSource): boolean {
    if (this.#options.mempool.hasRoom(bytes.byteLength, source)) return true;
    this.#options.rejections.count('mempool-no-room');
    return false;
  }

  /** Checks what a signature check and the application find out. */
  verify(transaction: Transaction): { readonly ok: true } | InvalidTransaction {
    const { validator, application } = this.#options;
    const result = validator.verify(transaction);
    if (!result.ok) return this.#invalid(result.code, result.detail);
    const wellFormed = application.validateTransaction(transaction.payload);
    return wellFormed.ok ? wellFormed : this.#invalid(wellFormed.code, wellFormed.message);
  }

  /** @throws MempoolError, counted */
  add(transaction: Transaction, source: TransactionSource): AddResult {
    try {
      return this.#options.mempool.add(transaction, source);
    } catch (error) {
      if (error instanceof MempoolError) this.#options.rejections.count(`mempool-${error.code}`);
      throw error;
    }
  }

  #invalid(code: string, message: string): InvalidTransaction {
    this.#options.rejections.count(code);
    return { ok: false, code, message };
  }
}
