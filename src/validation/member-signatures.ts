import { LRUCache } from 'lru-cache';
import { hexToBytes, sha256Hash } from '../crypto/hash.js';
import type { Hash, MemberIndex } from '../types/ids.js';
import type { Membership } from '../types/membership.js';

/**
 * A signature scheme: Ed25519 by SPEC section 12 on a platform (`selectVerifier`), anything cheaper in a simulator.
 * Must not throw, whatever the bytes.
 */
export interface SignatureVerifier {
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

const MAX_REMEMBERED = 4_096;

/**
 * Signatures of one epoch's members. Those found valid are remembered (the last 4,096), so that a certificate made of
 * votes already seen costs no verification. Nothing is remembered of invalid ones.
 */
export class MemberSignatures {
  readonly #verifier: SignatureVerifier;
  readonly #publicKeys: readonly Uint8Array[];
  readonly #valid: LRUCache<Hash, true>;

  constructor(membership: Membership, verifier: SignatureVerifier, maxRemembered = MAX_REMEMBERED) {
    this.#verifier = verifier;
    this.#publicKeys = membership.members.map(({ publicKey }) => hexToBytes(publicKey));
    this.#valid = new LRUCache({ max: maxRemembered });
  }

  /** n */
  get memberCount(): number {
    return this.#publicKeys.length;
  }

  isMember(signer: MemberIndex): boolean {
    return signer < this.#publicKeys.length;
  }

  /** Whether `signature` is the member's over the statement. False for one who is no member. */
  verify(signer: MemberIndex, statement: Uint8Array, signature: Uint8Array): boolean {
    const publicKey = this.#publicKeys[signer];
    if (publicKey === undefined) return false;
    const key = keyOf(signer, statement, signature);
    if (this.#valid.has(key)) return true;
    if (!this.#verifier.verify(publicKey, statement, signature)) return false;
    this.#valid.set(key, true);
    return true;
  }

  /** Takes a signature as valid without checking it: for what this platform has just signed itself. */
  remember(signer: MemberIndex, statement: Uint8Array, signature: Uint8Array): void {
    this.#valid.set(keyOf(signer, statement, signature), true);
  }
}

/** Signatures are of fixed length, so the parts cannot be shifted against one another. */
function keyOf(signer: MemberIndex, statement: Uint8Array, signature: Uint8Array): Hash {
  const bytes = Buffer.allocUnsafe(2 + statement.byteLength + signature.byteLength);
  bytes.writeUInt16BE(signer, 0);
  bytes.set(signature, 2);
  bytes.set(statement, 2 + signature.byteLength);
  return sha256Hash(bytes);
}
