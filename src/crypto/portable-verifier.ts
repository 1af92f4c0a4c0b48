import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import type { Ed25519Verifier } from './ed25519.js';
import { POINT_BYTES, SIGNATURE_BYTES, isCanonical, isSmallOrder } from './ed25519-encoding.js';
import { bytesEqual } from './hash.js';

const GROUP_ORDER = Point.CURVE().n;

/** A little-endian integer. */
function toInteger(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}

/**
 * The rule of SPEC section 12 on noble's curve arithmetic: cofactorless, S < L, R′ = [S]B − [k]A compared with R as
 * bytes. Slow (milliseconds): for verifiers apart from a platform, and as an independent oracle in tests. Noble's own
 * `verify` is cofactored and never to be used.
 */
export const portableVerifier: Ed25519Verifier = {
  name: 'portable',
  verify: (publicKey, message, signature) => {
    if (publicKey.byteLength !== POINT_BYTES || signature.byteLength !== SIGNATURE_BYTES) return false;
    const r = signature.subarray(0, POINT_BYTES);
    const s = toInteger(signature.subarray(POINT_BYTES));
    if (s >= GROUP_ORDER || !isCanonical(publicKey) || isSmallOrder(publicKey) || isSmallOrder(r)) return false;
    try {
      const a = Point.fromBytes(publicKey);
      const k = toInteger(sha512(Buffer.concat([r, publicKey, message]))) % GROUP_ORDER;
      return bytesEqual(Point.BASE.multiply(s, false).subtract(a.multiply(k, false)).toBytes(), r);
    } catch {
      return false;
    }
  },
};
