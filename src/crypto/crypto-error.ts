/**
 * - `edge-vectors-failed`: the signature verifier of this machine does not follow SPEC section 12
 * - `weak-key`: a member's public key is malformed, of small order, or has torsion
 * - `bad-seed`: a secret seed is not 32 bytes
 * - `key-exists`: there is a key file already
 * - `key-missing`: there is no key file
 * - `key-malformed`: the key file cannot be understood
 * - `key-too-open`: others than its owner may read the key file
 * - `key-unreadable`: the key file cannot be read or written
 */
export type CryptoErrorCode =
  | 'edge-vectors-failed' | 'weak-key' | 'bad-seed' | 'key-exists' | 'key-missing' | 'key-malformed' | 'key-too-open' | 'key-unreadable';

export class CryptoError extends Error {
  readonly code: CryptoErrorCode;
  constructor(code: CryptoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CryptoError';
    this.code = code;
  }
}
