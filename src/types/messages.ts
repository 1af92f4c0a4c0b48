import type { Block, BlockHeader } from './block.js';
import type { BlockCertificate, Certificate, ViewChangeCertificate } from './certificates.js';
import type { Epoch, Hash, MemberIndex, Sequence, Slot, View } from './ids.js';

/**
 * Why a proposal's parent may be built on (SPEC section 2). `parent` is absent in an optimistic proposal and
 * where the parent is genesis; `skips` holds VIEW-CHANGE certificates of slots strictly between parentSlot and slot.
 */
export interface Justification {
  readonly parent: BlockCertificate | undefined;
  readonly skips: readonly ViewChangeCertificate[];
}

/** Block proposal; the leader signs the header's hash. */
export interface PrePrepare {
  readonly type: 'PRE-PREPARE';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signer: MemberIndex;
  readonly block: Block;
  readonly justification: Justification;
  readonly signature: Uint8Array;
}

/** `first` marks the sender's first vote in the slot; `view` and `sequence` are for people and unsigned. */
export interface Prepare {
  readonly type: 'PREPARE';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signer: MemberIndex;
  readonly blockHash: Hash;
  readonly first: boolean;
  readonly basisHash: Hash;
  readonly view: View;
  readonly sequence: Sequence;
  readonly signature: Uint8Array;
}

export interface Commit {
  readonly type: 'COMMIT';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signer: MemberIndex;
  readonly blockHash: Hash;
  readonly view: View;
  readonly sequence: Sequence;
  readonly signature: Uint8Array;
}

/** Abandons one slot. `newView` and `lastSequence` are for people and unsigned; newView + lastSequence = slot. */
export interface ViewChange {
  readonly type: 'VIEW-CHANGE';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signer: MemberIndex;
  readonly first: boolean;
  readonly blockHash: Hash;
  readonly basisHash: Hash;
  readonly newView: number;
  readonly lastSequence: Sequence;
  readonly signature: Uint8Array;
}

/** Having executed `sequence`, the sender's state has this root. */
export interface Checkpoint {
  readonly type: 'CHECKPOINT';
  readonly epoch: Epoch;
  readonly sequence: Sequence;
  readonly signer: MemberIndex;
  readonly stateRoot: Hash;
  readonly signature: Uint8Array;
}

/** A certificate passed on by anyone (R7). With a VIEW-CHANGE certificate inside, this is NEW-VIEW. */
export interface CertificateNotice {
  readonly type: 'CERTIFICATE';
  readonly certificate: Certificate;
}

/** A header with its leader's PRE-PREPARE signature, without the body. */
export interface SignedHeader {
  readonly header: BlockHeader;
  readonly blockHash: Hash;
  readonly signature: Uint8Array;
}

/** Two headers signed by one leader for one slot (R9). */
export interface Equivocation {
  readonly type: 'EQUIVOCATION';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly headers: readonly [SignedHeader, SignedHeader];
}

/** Votes are the statements that tallies count. */
export type Vote = Prepare | Commit | ViewChange;
/** Messages that their own `signer` signed. */
export type SignedMessage = PrePrepare | Vote | Checkpoint;
export type ConsensusMessage = SignedMessage | CertificateNotice | Equivocation;

/** A signed message before its signature: what a platform has decided to say. */
export type Unsigned<M extends SignedMessage> = M extends SignedMessage ? Omit<M, 'signature'> : never;
export type Statement = Unsigned<SignedMessage>;
/** A vote as it is kept: unsigned, because signing it again gives the same statement (SPEC section 5, restart). */
export type OwnVote = Unsigned<Vote>;

declare const verified: unique symbol;
/**
 * A value whose signatures, membership and stateless validity were checked. Only `validation/` makes one
 * (for what this platform signed itself, too), so unverified input cannot reach the core.
 */
export type Verified<T> = T & { readonly [verified]: true };
