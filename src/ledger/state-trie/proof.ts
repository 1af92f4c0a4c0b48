import { HASH_BYTES, sha256, sha256Hash } from '../../crypto/hash.js';
import type { Hash } from '../../types/ids.js';
import { leafHash, nodeHash } from './subtree.js';

/** That a key has a value under a root: the hashes beside the way from its leaf up to the root, lowest first. */
export interface StateProof {
  readonly siblings: readonly Hash[];
}

/**
 * Whether `proof` shows that the authenticated state with this root holds `value` under `key`. Needs nothing else, so it
 * serves light clients.
 */
export function verifyStateProof(root: Hash, key: Uint8Array, value: Uint8Array, proof: StateProof): boolean {
  const { siblings } = proof;
  if (siblings.length > 8 * HASH_BYTES) return false;
  const keyHash = sha256(key);
  const leaf = leafHash(sha256Hash(key), sha256Hash(value));
  const reached = siblings.reduce((hash, sibling, index) => {
    const depth = siblings.length - 1 - index;
    const isRight = (((keyHash[depth >>> 3] ?? 0) >>> (7 - (depth & 7))) & 1) === 1;
    return isRight ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }, leaf);
  return reached === root;
}
