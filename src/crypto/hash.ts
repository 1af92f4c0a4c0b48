import * as nodeCrypto from 'node:crypto';
import type { Hash } from '../types/ids.js';
import { toHash } from '../types/ids.js';

/** Length of a SHA-256 digest in bytes. */
export const HASH_BYTES = 32;

const HEX = /^(?:[0-9a-f]{2})*$/;

/** A view of `bytes` as a Buffer, without copying. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** SHA-256: 32 bytes. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = nodeCrypto.hash('sha256', bytes, 'buffer');
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength);
}

/** SHA-256 as 64 lower-case hexadecimal digits. */
export function sha256Hash(bytes: Uint8Array): Hash {
  return nodeCrypto.hash('sha256', bytes, 'hex') as Hash;
}

/** SHA-256 written to 32 bytes of `target`. By way of a string, which node:crypto makes in a third of the time that a buffer takes. */
export function sha256Into(target: Buffer, offset: number, bytes: Uint8Array): void {
  target.write(nodeCrypto.hash('sha256', bytes, 'binary'), offset, HASH_BYTES, 'latin1');
}

/** Copies a digest. Byte by byte, as `Buffer.copy` makes a view of what is not a whole buffer. */
export function copyDigest(source: Uint8Array, sourceOffset: number, target: Uint8Array, targetOffset: number): void {
  for (let index = 0; index < HASH_BYTES; index += 1) target[targetOffset + index] = source[sourceOffset + index] ?? 0;
}

/** Compares two digests in the order of their bytes: below 0, 0 or above. Not constant time. */
export function compareDigests(left: Uint8Array, leftOffset: number, right: Uint8Array, rightOffset: number): number {
  for (let index = 0; index < HASH_BYTES; index += 1) {
    const difference = (left[leftOffset + index] ?? 0) - (right[rightOffset + index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Lower-case hexadecimal digits, two per byte. */
export function bytesToHex(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('hex');
}

/** 32 bytes as a Hash. @throws IdentifierError on any other length */
export function bytesToHash(bytes: Uint8Array): Hash {
  const hex = bytesToHex(bytes);
  // Hexadecimal of 32 bytes fits by construction; matching every one of them took 3 % of a busy platform's time.
  return bytes.byteLength === HASH_BYTES ? hex as Hash : toHash(hex);
}

/**
 * The bytes of lower-case hexadecimal digits; a copy of their own.
 * @throws TypeError on anything that is not an even number of lower-case hexadecimal digits
 */
export function hexToBytes(hex: string): Uint8Array {
  if (!HEX.test(hex)) throw new TypeError('hex: must be an even number of lower-case hexadecimal digits');
  const bytes = new Uint8Array(hex.length / 2);
  asBuffer(bytes).write(hex, 'hex');
  return bytes;
}

/** Whether two byte strings have the same length and content. Not constant time: for public values only. */
export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && asBuffer(a).equals(b);
}
