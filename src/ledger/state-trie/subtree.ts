import { sha256Hash } from '../../crypto/hash.js';
import type { Hash } from '../../types/ids.js';
import { ZERO_HASH } from '../../types/ids.js';

/**
 * Authenticated state: a binary Merkle trie whose leaf for a key stands at the path of SHA-256(key). A subtree of
 * exactly one leaf is that leaf, whatever its depth, so the root depends on the contents only:
 * empty = 32 zero bytes, leaf = SHA-256(0x00 ‖ keyHash ‖ valueHash), node = SHA-256(0x01 ‖ left ‖ right).
 *
 * Hashes are hexadecimal: node:crypto gives a string in half the time that it takes to make a buffer.
 */
export type Subtree = Leaf | Node;

/** A subtree of one leaf. */
export interface Leaf {
  readonly keyHash: Hash;
  readonly hash: Hash;
}

/** A subtree of two or more leaves. */
export interface Node {
  readonly keyHash: undefined;
  readonly hash: Hash;
}

export const HASH_BYTES = 32;
/** Hash of an empty subtree. */
export const EMPTY_HASH = ZERO_HASH;

const leafInput = Buffer.alloc(1 + 2 * HASH_BYTES, 0);
const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

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

/** The subtree over two halves; undefined stands for an empty one. */
export function combine(left: Subtree | undefined, right: Subtree | undefined): Subtree | undefined {
  if (left === undefined && right?.keyHash !== undefined) return right;
  if (right === undefined && left?.keyHash !== undefined) return left;
  if (left === undefined && right === undefined) return undefined;
  return { keyHash: undefined, hash: nodeHash(left?.hash ?? EMPTY_HASH, right?.hash ?? EMPTY_HASH) };
}
