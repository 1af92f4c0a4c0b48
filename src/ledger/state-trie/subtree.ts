import { sha256 } from '../../crypto/hash.js';

/**
 * Authenticated state: a binary Merkle trie whose leaf for a key stands at the path of SHA-256(key). A subtree of
 * exactly one leaf is that leaf, whatever its depth, so the root depends on the contents only:
 * empty = 32 zero bytes, leaf = SHA-256(0x00 ‖ keyHash ‖ valueHash), node = SHA-256(0x01 ‖ left ‖ right).
 */
export type Subtree = Leaf | Node;

/** A subtree of one leaf. */
export interface Leaf {
  readonly keyHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** A subtree of two or more leaves. */
export interface Node {
  readonly keyHash: undefined;
  readonly hash: Uint8Array;
}

export const HASH_BYTES = 32;
export const EMPTY_HASH: Uint8Array = new Uint8Array(HASH_BYTES);

const leafInput = new Uint8Array(1 + 2 * HASH_BYTES);
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

export function leafHash(keyHash: Uint8Array, valueHash: Uint8Array): Uint8Array {
  leafInput.set(keyHash, 1);
  leafInput.set(valueHash, 1 + HASH_BYTES);
  return sha256(leafInput);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256(nodeInput);
}

/** The subtree over two halves; undefined stands for an empty one. */
export function combine(left: Subtree | undefined, right: Subtree | undefined): Subtree | undefined {
  if (left === undefined && right?.keyHash !== undefined) return right;
  if (right === undefined && left?.keyHash !== undefined) return left;
  if (left === undefined && right === undefined) return undefined;
  return { keyHash: undefined, hash: nodeHash(left?.hash ?? EMPTY_HASH, right?.hash ?? EMPTY_HASH) };
}
