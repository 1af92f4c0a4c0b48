import type { Epoch, Hash, MemberIndex, PublicKeyHex, Sequence, Slot, View } from './ids.js';

/** Header of a block; `blockHash` is SHA-256 over a fixed layout of every field (SPEC section 2). */
export interface BlockHeader {
  readonly chainId: Hash;
  readonly epoch: Epoch;
  readonly view: View;
  readonly sequence: Sequence;
  readonly slot: Slot;
  /** Slot of the parent; −1 for genesis. */
  readonly parentSlot: Slot;
  readonly parentHash: Hash;
  /** Milliseconds since 1970-01-01 UTC, by the proposer's clock; strictly above the parent's. */
  readonly timestampMs: number;
  readonly transactionCount: number;
  readonly merkleRoot: Hash;
  readonly nextMembersHash: Hash;
  readonly proposer: MemberIndex;
}

/**
 * A signed transaction envelope, bound to one chain.
 * `bytes` is the whole canonical encoding, signature included; `id` is SHA-256 of the signed part only, because
 * signatures are not unique (SPEC section 12).
 */
export interface Transaction {
  readonly id: Hash;
  readonly bytes: Uint8Array;
  readonly sender: PublicKeyHex;
  readonly nonce: number;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a proposer's block must carry; transactions, their count and merkle root are added when it is built. */
export type HeaderTemplate = Omit<BlockHeader, 'transactionCount' | 'merkleRoot'>;

/** A header with its body. `hash` is the header's hash; `sizeBytes` the encoded size of header and body. */
export interface Block {
  readonly hash: Hash;
  readonly header: BlockHeader;
  readonly transactions: readonly Transaction[];
  readonly sizeBytes: number;
}
