import type { Epoch, Hash, MemberIndex, Slot } from './ids.js';

/** One PREPARE inside a certificate: what is needed, with the certificate's slot and block, to check the signature. */
export interface PrepareSignature {
  readonly signer: MemberIndex;
  readonly first: boolean;
  readonly basisHash: Hash;
  readonly signature: Uint8Array;
}

/** One COMMIT inside a certificate. */
export interface CommitSignature {
  readonly signer: MemberIndex;
  readonly signature: Uint8Array;
}

/** One VIEW-CHANGE inside a certificate. `blockHash` is zero where `first` is true. */
export interface ViewChangeSignature {
  readonly signer: MemberIndex;
  readonly first: boolean;
  readonly blockHash: Hash;
  readonly basisHash: Hash;
  readonly signature: Uint8Array;
}

/** Q PREPAREs of either `first` for one block: the block is certified (not final). */
export interface PrepareCertificate {
  readonly kind: 'PREPARE';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly blockHash: Hash;
  readonly signatures: readonly PrepareSignature[];
}

/** Q VIEW-CHANGEs for one slot: the slot may be skipped. */
export interface ViewChangeCertificate {
  readonly kind: 'VIEW-CHANGE';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signatures: readonly ViewChangeSignature[];
}

/** F PREPAREs with first=1 for one block: final (R6). */
export interface FastCertificate {
  readonly kind: 'FAST';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly blockHash: Hash;
  readonly signatures: readonly PrepareSignature[];
}

/** Q COMMITs for one block: final (R6). */
export interface SlowCertificate {
  readonly kind: 'SLOW';
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly blockHash: Hash;
  readonly signatures: readonly CommitSignature[];
}

export type FinalityCertificate = FastCertificate | SlowCertificate;
/** What certifies a block as a parent (rule J). */
export type BlockCertificate = PrepareCertificate | FinalityCertificate;
export type Certificate = BlockCertificate | ViewChangeCertificate;
