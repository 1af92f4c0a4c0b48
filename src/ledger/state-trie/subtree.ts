import { HASH_BYTES, copyDigest, sha256Hash, sha256Into } from '../../crypto/hash.js';
import type { Hash } from '../../types/ids.js';
import { ZERO_HASH } from '../../types/ids.js';

/**
 * Authenticated state: a binary Merkle trie whose leaf for a key stands at the path of SHA-256(key). A subtree of
 * exactly one leaf is that leaf, whatever its depth, so the root depends on the contents only:
 * empty = 32 zero bytes, leaf = SHA-256(0x00 ‖ keyHash ‖ valueHash), node = SHA-256(0x01 ‖ left ‖ right).
 */
export type SubtreeKind = 'empty' | 'leaf' | 'node';

/** Hash of an empty subtree. */
export const EMPTY_HASH = ZERO_HASH;

/** A leaf in bytes: SHA-256 of its key, and its hash; of a key that is gone the hash is zero. */
export const LEAF_BYTES = 2 * HASH_BYTES;

const leafInput = Buffer.alloc(1 + 2 * HASH_BYTES, 0);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** Writes the leaf of an entry, or of a key that is gone, into `target` at `offset`: `LEAF_BYTES` bytes. */
export function writeLeaf(target: Buffer, offset: number, key: Uint8Array, value: Uint8Array | undefined): void {
  sha256Into(target, offset, key);
  if (value === undefined) {
    target.fill(0, offset + HASH_BYTES, offset + LEAF_BYTES);
    return;
  }
  copyDigest(target, offset, leafInput, 1);
  sha256Into(leafInput, 1 + HASH_BYTES, value);
  sha256Into(target, offset + HASH_BYTES, leafInput);
}

/** Writes the hash of the node over the two hashes that stand at `pairOffset` of `hashes` into it at `offset`. */
export function writeNodeHash(hashes: Buffer, offset: number, pairOffset: number): void {
  copyDigest(hashes, pairOffset, nodeInput, 1);
  copyDigest(hashes, pairOffset + HASH_BYTES, nodeInput, 1 + HASH_BYTES);
  sha256Into(hashes, offset, nodeInput);
}

function hashPair(input: Buffer, left: Hash, right: Hash): Hash {
  input.write(left, 1, 'hex');
  input.write(right, 1 + HASH_BYTES, 'hex');
  return sha256Hash(input);
}

export function leafHash(keyHash: Hash, valueHash: Hash): Hash {
  return hashPair(leafInput, keyHash, valueHash);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return hashPair(nodeInput, left, right);
}
