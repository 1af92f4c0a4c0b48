import type { Block } from './block.js';
import type { Certificate, FinalityCertificate } from './certificates.js';
import type { Epoch, Hash, Sequence, Slot } from './ids.js';
import type { ConsensusMessage } from './messages.js';
import type { SnapshotOffer } from './snapshot.js';

/** Where a platform stands (SPEC section 7). Nothing of it is believed but what its certificates prove. */
export interface Status {
  readonly epoch: Epoch;
  readonly finalSlot: Slot;
  readonly finalSequence: Sequence;
  readonly finalHash: Hash;
  /** Proves finalSlot and finalHash; absent only where genesis is the final block. */
  readonly finalityCertificate: FinalityCertificate | undefined;
  /** The certificate of the highest slot held, of any kind; absent where none above final is held. */
  readonly highestCertificate: Certificate | undefined;
  readonly currentSlot: Slot;
  /** True while the platform only observes under R10: its answers do not count towards another's recovery. */
  readonly observing: boolean;
}

/** A final block with its own finality certificate, absent where it became final through a descendant. */
export interface CommittedBlock {
  readonly block: Block;
  readonly certificate: FinalityCertificate | undefined;
}

/** `/fb-pbft/<chainId>/status/1`: answered with a Status. */
export interface StatusRequest {
  readonly type: 'STATUS-REQUEST';
  readonly status: Status;
}
export interface StatusResponse {
  readonly type: 'STATUS-RESPONSE';
  readonly status: Status;
}

/** `/fb-pbft/<chainId>/blocks/1`: final blocks from `fromSequence` up, as many as fit both limits (at least one). */
export interface BlocksRequest {
  readonly type: 'BLOCKS-REQUEST';
  readonly fromSequence: Sequence;
  readonly maxCount: number;
  readonly maxBytes: number;
}
export interface BlocksResponse {
  readonly type: 'BLOCKS-RESPONSE';
  /** The server's final sequence when it answered. */
  readonly finalSequence: Sequence;
  /** The lowest block that the server still has: 0 unless it pruned older ones. */
  readonly firstSequence: Sequence;
  /** Consecutive from the sequence asked for; empty where the server has none of them. */
  readonly blocks: readonly CommittedBlock[];
}

/**
 * `/fb-pbft/<chainId>/slots/1`: push and pull in one exchange (SPEC section 4, re-sending). The asker pushes what
 * it re-sends; the answer is all slot state above the asker's final slot, or, from a platform whose final slot is
 * higher, its status with the finality certificate (blocks then come by BlocksRequest).
 */
export interface SlotsRequest {
  readonly type: 'SLOTS-REQUEST';
  readonly status: Status;
  readonly messages: readonly ConsensusMessage[];
  /** Pending transactions, as canonical bytes. */
  readonly transactions: readonly Uint8Array[];
}
export interface SlotsResponse {
  readonly type: 'SLOTS-RESPONSE';
  readonly status: Status;
  readonly messages: readonly ConsensusMessage[];
}

/** `/fb-pbft/<chainId>/snapshots/1`: the newest snapshot of the state, if there is one. */
export interface SnapshotRequest {
  readonly type: 'SNAPSHOT-REQUEST';
}
export interface SnapshotResponse {
  readonly type: 'SNAPSHOT-RESPONSE';
  readonly offer: SnapshotOffer | undefined;
}

/** `/fb-pbft/<chainId>/snapshots/1`: one chunk of the snapshot at `sequence`. */
export interface ChunkRequest {
  readonly type: 'CHUNK-REQUEST';
  readonly sequence: Sequence;
  readonly index: number;
}
export interface ChunkResponse {
  readonly type: 'CHUNK-RESPONSE';
  /** Undefined where the server does not have it, or not any more. */
  readonly chunk: Uint8Array | undefined;
}

export type SyncRequest = StatusRequest | BlocksRequest | SlotsRequest | SnapshotRequest | ChunkRequest;
export type SyncResponse = StatusResponse | BlocksResponse | SlotsResponse | SnapshotResponse | ChunkResponse;
