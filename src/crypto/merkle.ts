import type { Hash } from '../types/ids.js';
import { HASH_BYTES, sha256Hash } from './hash.js';

/**
 * Merkle tree of SPEC section 6, shaped as in RFC 6962: a leaf is SHA-256(0x00 ‖ leaf), a node
 * SHA-256(0x01 ‖ left ‖ right), and a list of n > 1 leaves splits at the largest power of two below n, so that no
 * leaf is ever duplicated. The root of an empty list is SHA-256 of the empty string.
 */

const NO_LEAVES = new Uint8Array(0);
const LEAF_TAG = 0x00;
const NODE_TAG = 0x01;

/** Room for tag and leaf, so that most leaves take no memory of their own. */
const leafInput = Buffer.alloc(1024);

/** Digest of one leaf: SHA-256(0x00 ‖ leaf). */
export function merkleLeafHash(leaf: Uint8Array): Hash {
  const sizeBytes = 1 + leaf.byteLength;
  const tagged = sizeBytes <= leafInput.byteLength ? leafInput.subarray(0, sizeBytes) : Buffer.allocUnsafe(sizeBytes);
  tagged[0] = LEAF_TAG;
  tagged.set(leaf, 1);
  return sha256Hash(tagged);
}

/** Root over leaves as they are, before tagging and hashing. */
export function merkleRoot(leaves: readonly Uint8Array[]): Hash {
  return merkleRootOfLeafHashes(leaves.map(merkleLeafHash));
}

/** Root over digests made by `merkleLeafHash`, for callers that need those digests for something else too. */
export function merkleRootOfLeafHashes(leafHashes: readonly Hash[]): Hash {
  let level = leafHashes;
  while (level.length > 1) level = merkleLevelAbove(level);
  return level[0] ?? sha256Hash(NO_LEAVES);
}

/**
 * The digests above these, of which there are half as many; of one there is none above. Pairs from the left, an odd last
 * node moving up unchanged: this gives the RFC 6962 shape without recursion.
 */
export function merkleLevelAbove(level: readonly Hash[]): readonly Hash[] {
  const above: Hash[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i];
    const right = level[i + 1];
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = NODE_TAG;

/** Digests stay hexadecimal between levels: a string per digest is cheaper than a typed array per digest. */
function nodeHash(left: Hash, right: Hash): Hash {
  nodeInput.write(left, 1, 'hex');
  nodeInput.write(right, 1 + HASH_BYTES, 'hex');
  return sha256Hash(nodeInput);
}

/** Proves that a leaf is in a tree of `leafCount` leaves: the siblings on the way from the leaf to the root. */
export interface MerkleProof {
  /** Position of the leaf, from 0. */
  readonly index: number;
  readonly leafCount: number;
  /** Sibling digests, lowest first. */
  readonly path: readonly Hash[];
}

/**
 * Proof that `leaves[index]` is in the tree.
 * @throws RangeError when there is no such leaf
 */
export function merkleProof(leaves: readonly Uint8Array[], index: number): MerkleProof {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) {
    throw new RangeError(`index: must be an integer from 0 to ${leaves.length - 1}, got ${index}`);
  }
  const path: Hash[] = [];
  let level: readonly Hash[] = leaves.map(merkleLeafHash);
  let position = index;
  while (level.length > 1) {
    const sibling = level[position ^ 1];
    if (sibling !== undefined) path.push(sibling);
    level = merkleLevelAbove(level);
    position >>>= 1;
  }
  return { index, leafCount: leaves.length, path };
}

/** Whether `proof` shows that `leaf` is in the tree with this root. False on any malformed proof. */
export function verifyMerkleProof(leaf: Uint8Array, proof: MerkleProof, root: Hash): boolean {
  const { index, leafCount, path } = proof;
  if (!Number.isSafeInteger(leafCount) || leafCount > 0xffff_ffff) return false;
  if (!Number.isSafeInteger(index) || index < 0 || index >= leafCount) return false;
  let digest = merkleLeafHash(leaf);
  let position = index;
  let last = leafCount - 1;
  let used = 0;
  for (; last > 0; last = Math.floor(last / 2), position = Math.floor(position / 2)) {
    const siblingPosition = position % 2 === 0 ? position + 1 : position - 1;
    if (siblingPosition > last) continue;
    const sibling = path[used];
    if (sibling === undefined) return false;
    used += 1;
    digest = position % 2 === 0 ? nodeHash(digest, sibling) : nodeHash(sibling, digest);
  }
  return used === path.length && digest === root;
}
