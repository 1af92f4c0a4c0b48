/**
 * - `full`: the pool is at its limit of transactions or bytes.
 * - `account-full`: this sender has its share of the pool already.
 * - `nonce-used`: another transaction of this sender with the same nonce is pending, or one with it is final.
 */
export type MempoolErrorCode = 'full' | 'account-full' | 'nonce-used';

/** Why a transaction was not taken, and what its sender can do. */
export class MempoolError extends Error {
  readonly code: MempoolErrorCode;
  constructor(code: MempoolErrorCode, message: string) {
    super(message);
    this.name = 'MempoolError';
    this.code = code;
  }
}
