import { Point } from '@noble/ed25519';
import type { PublicKeyHex } from '../types/ids.js';
import { CryptoError } from './crypto-error.js';
import { bytesEqual, bytesToHex, hexToBytes } from './hash.js';

/** What SPEC section 12 asks of the bytes of keys and signatures, whatever the equation says. */

/** Length of a public key, and of each half of a signature, in bytes. */
export const POINT_BYTES = 32;
/** Length of a signature (R ‖ S) in bytes. */
export const SIGNATURE_BYTES = 64;

/**
 * The y coordinates, little-endian, of every encoding of a point of small order: 0, 1, the two of order 8, p−1, and the
 * non-canonical p and p+1. Either sign bit makes an encoding of one of the eight points (or of none).
 */
const SMALL_ORDER_Y: readonly Uint8Array[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].map(hexToBytes);

/** Whether 32 bytes encode a point of small order, canonically or not. */
export function isSmallOrder(point: Uint8Array): boolean {
  // Not slice(): of a Buffer, that is the same memory.
  const y = new Uint8Array(point);
  y[POINT_BYTES - 1] = (y[POINT_BYTES - 1] ?? 0) & 0x7f;
  return SMALL_ORDER_Y.some((small) => bytesEqual(small, y));
}

/** Whether the y coordinate in 32 bytes is below p = 2²⁵⁵−19. */
export function isCanonical(point: Uint8Array): boolean {
  if (((point[POINT_BYTES - 1] ?? 0) & 0x7f) !== 0x7f) return true;
  for (let i = 1; i < POINT_BYTES - 1; i += 1) {
    if (point[i] !== 0xff) return true;
  }
  return (point[0] ?? 0) < 0xed;
}

/** Whether 32 bytes are a canonical encoding of a point in the prime-order subgroup; the identity counts. */
export function isTorsionFree(point: Uint8Array): boolean {
  try {
    return Point.fromHex(bytesToHex(point)).isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * Admits a member's key (SPEC section 12): canonical, on the curve, not of small order, torsion-free.
 * @throws CryptoError `weak-key` that says what is wrong
 */
export function assertMemberKey(publicKey: PublicKeyHex): void {
  const weak = (why: string): CryptoError => new CryptoError('weak-key', `public key ${publicKey}: ${why}; make a new key with "fb-pbft init"`);
  const bytes = hexToBytes(publicKey);
  if (!isCanonical(bytes)) throw weak('is not canonically encoded');
  if (isSmallOrder(bytes)) throw weak('is of small order, so that anyone can sign for it');
  if (!isTorsionFree(bytes)) throw weak('is not a point of the prime-order subgroup');
}
