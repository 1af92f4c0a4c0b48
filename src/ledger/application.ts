import type { Transaction } from '../types/block.js';
import type { PublicKeyHex, Sequence } from '../types/ids.js';

/** A yes, or a no with a short code for machines and a sentence for people. */
export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string };

export const ACCEPTED: Verdict = { ok: true };

/** Reads the application's state as of the last executed block. */
export interface ApplicationReader {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
}

/** The application's state while one transaction runs. Its writes count only if the transaction succeeds. */
export interface ApplicationState extends ApplicationReader {
  /** @param value is kept as it is, not copied: it must not be changed afterwards */
  put(key: Uint8Array, value: Uint8Array): void;
  delete(key: Uint8Array): void;
}

/** What of the block a transaction may depend on: the same on every platform. */
export interface BlockContext {
  readonly sequence: Sequence;
  readonly timestampMs: number;
}

/**
 * A ledger's own rules, run alike on every platform (SPEC section 6). Everything here must be deterministic: no
 * clock, no randomness, nothing but the arguments and the state. Replay protection, receipts, atomicity and the state
 * root are the Ledger's.
 */
export interface Application {
  readonly name: string;
  /** Whether a payload is well-formed, from its bytes alone: a block with one that is not is invalid. */
  validateTransaction(payload: Uint8Array): Verdict;
  /**
   * Runs a transaction whose payload is well-formed and whose nonce is free. It uses the nonce, whether it succeeds or
   * fails; all else of a failure is undone. So what has failed cannot succeed later, when somebody sends its bytes again.
   */
  execute(transaction: Transaction, context: BlockContext, state: ApplicationState): Verdict | Promise<Verdict>;
  /**
   * Whether it knows a sender of whom a transaction failed, by the state before that transaction. The failure of one that
   * it does not know leaves a receipt and nothing else, not even a used nonce: nobody makes accounts by failing.
   */
  knows(sender: PublicKeyHex, state: ApplicationReader): boolean | Promise<boolean>;
  /** The answer to a client's query; undefined where there is none. */
  query(key: Uint8Array, state: ApplicationReader): Promise<Uint8Array | undefined>;
}
