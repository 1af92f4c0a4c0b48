import { LRUCache } from 'lru-cache';
import { CodecError } from '../codec/codec-error.js';
import { decodeTransaction, isBoundToChain, signedPart } from '../codec/transaction.js';
import { hexToBytes } from '../crypto/hash.js';
import { merkleLeafHash } from '../crypto/merkle.js';
import type { Transaction } from '../types/block.js';
import type { Hash } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { SignatureVerifier } from './member-signatures.js';
import type { Rejection } from './verdict.js';
import { reject } from './verdict.js';
import { verified } from './verified.js';

export interface TransactionValidatorOptions {
  readonly chainId: Hash;
  readonly maxTransactionBytes: number;
  readonly verifier: SignatureVerifier;
  /** Valid transactions remembered; default 12,000 (about 2 MB): more than a full mempool. */
  readonly maxRemembered?: number;
}

const MAX_REMEMBERED = 12_000;
/** Of those that blocks brought: gossip mostly brings them within two seconds. */
const MAX_REMEMBERED_OF_BLOCKS = 4_096;

/**
 * Well-formed, of this society, correctly signed (SPEC section 6); whether a transaction has any effect is the
 * ledger's business. What was found valid is remembered by the digest of its full bytes, signature included (the id
 * leaves the signature out), so that a transaction verified on its way into the mempool costs nothing in a block.
 */
export class TransactionValidator {
  readonly #chainId: Hash;
  readonly #maxTransactionBytes: number;
  readonly #verifier: SignatureVerifier;
  readonly #valid: LRUCache<Hash, true>;
  /** Apart from the others: a leader's throw-away transactions must not take the place of what clients sent. */
  readonly #validInBlocks = new LRUCache<Hash, true>({ max: MAX_REMEMBERED_OF_BLOCKS });

  constructor(options: TransactionValidatorOptions) {
    this.#chainId = options.chainId;
    this.#maxTransactionBytes = options.maxTransactionBytes;
    this.#verifier = options.verifier;
    this.#valid = new LRUCache({ max: options.maxRemembered ?? MAX_REMEMBERED });
  }

  /** Takes apart what came from a client or from gossip, and verifies nothing. The result's `bytes` are a view of these. */
  decode(bytes: Uint8Array): { readonly ok: true; readonly transaction: Transaction } | Rejection {
    try {
      return { ok: true, transaction: decodeTransaction(bytes, this.#maxTransactionBytes) };
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      return reject(error.code === 'too-large' ? 'transaction-too-large' : 'transaction-malformed', error.message);
    }
  }

  verify(transaction: Transaction): { readonly ok: true; readonly transaction: Verified<Transaction> } | Rejection {
    return this.check(transaction, merkleLeafHash(transaction.bytes)) ?? { ok: true, transaction: verified(transaction) };
  }

  /** Both. */
  validate(bytes: Uint8Array): { readonly ok: true; readonly transaction: Verified<Transaction> } | Rejection {
    const decoded = this.decode(bytes);
    return decoded.ok ? this.verify(decoded.transaction) : decoded;
  }

  /**
   * The same for callers that need the digest for something else, too.
   * @param leafHash `merkleLeafHash` of its bytes, which a block's merkle root needs anyway
   */
  check(transaction: Transaction, leafHash: Hash): Rejection | undefined {
    return this.#check(transaction, leafHash, this.#valid);
  }

  /** The same for one that a block brought. */
  checkInBlock(transaction: Transaction, leafHash: Hash): Rejection | undefined {
    return this.#check(transaction, leafHash, this.#validInBlocks);
  }

  #check(transaction: Transaction, leafHash: Hash, rememberIn: LRUCache<Hash, true>): Rejection | undefined {
    const { id, bytes, sender, signature } = transaction;
    if (bytes.byteLength > this.#maxTransactionBytes) {
      return reject('transaction-too-large', `transaction ${id}: must be at most ${this.#maxTransactionBytes} bytes, got ${bytes.byteLength}`);
    }
    if (this.#valid.has(leafHash) || this.#validInBlocks.has(leafHash)) return undefined;
    if (!isBoundToChain(transaction, this.#chainId)) {
      return reject('other-society', `transaction ${id}: is bound to another society's chain, not to ${this.#chainId}`);
    }
    if (!this.#verifier.verify(hexToBytes(sender), signedPart(bytes), signature)) {
      return reject('transaction-signature', `transaction ${id}: the signature is not the sender's over these bytes`);
    }
    rememberIn.set(leafHash, true);
    return undefined;
  }
}
