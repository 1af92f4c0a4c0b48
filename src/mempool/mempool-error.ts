/**
 * - `full`: the pool is at its limit of transactions or bytes.
 * - `source-full`: where it came from has its share of the pool already.
 * - `account-full`: this sender has its share of the pool already, or its lowest pending nonce is too far below.
 * - `nonce-used`: another transaction of this sender with the same nonce is pending, or one with it is final.
 * - `nonce-too-old`: the nonce is so far below the sender's highest used one that it can no longer be used.
 */
export type MempoolErrorCode = 'full' | 'source-full' | 'account-full' | 'nonce-used' | 'nonce-too-old';

/** Why a transaction was not taken, and what its sender can do. */
export class MempoolError extends Error {
  readonly code: MempoolErrorCode;
  constructor(code: MempoolErrorCode, message: string) {
    super(message);
    this.name = 'MempoolError';
    this.code = code;
  }
}
