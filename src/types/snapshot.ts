import type { Hash, Sequence } from './ids.js';
import type { Checkpoint } from './messages.js';
import type { CommittedBlock } from './sync.js';

/**
 * The ledger's authenticated state after a block, cut into chunks. The same state gives the same chunks on every
 * platform, so that chunks of one snapshot can be fetched from several.
 */
export interface SnapshotManifest {
  /** Of the last block executed. */
  readonly sequence: Sequence;
  readonly stateRoot: Hash;
  readonly entryCount: number;
  /** Of all chunks together. */
  readonly sizeBytes: number;
  /** SHA-256 of each chunk, in order of their keys. */
  readonly chunkHashes: readonly Hash[];
}

/** A snapshot with the proof that a quorum has this state, and that its block is final. */
export interface SnapshotOffer {
  readonly manifest: SnapshotManifest;
  /** Consecutive from the manifest's sequence up to the first block with a finality certificate of its own. */
  readonly blocks: readonly CommittedBlock[];
  /** CHECKPOINTs of a quorum for this sequence and root. */
  readonly checkpoints: readonly Checkpoint[];
}
