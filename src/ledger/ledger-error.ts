/**
 * - `out-of-order`: a block was given that does not follow the last executed one.
 * - `bad-payload`: bytes are not an operation of the application, or an operation cannot be encoded.
 * - `damaged`: a record of the ledger cannot be decoded.
 * - `wrong-snapshot`: chunks of a snapshot do not hold the state that its root certifies.
 * - `not-ready`: the state is being replaced by a snapshot's, so nothing can be said of it now.
 */
export type LedgerErrorCode = 'out-of-order' | 'bad-payload' | 'damaged' | 'wrong-snapshot' | 'not-ready';

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  constructor(code: LedgerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LedgerError';
    this.code = code;
  }
}
