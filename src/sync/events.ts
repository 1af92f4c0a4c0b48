import type { FinalityCertificate } from '../types/certificates.js';
import type { Epoch, Hash, PublicKeyHex, Sequence, Slot } from '../types/ids.js';
import type { ConsensusMessage, Verified } from '../types/messages.js';
import type { CommittedBlock, Status } from '../types/sync.js';

/** Where this platform stands, as far as synchronisation needs to know. */
export interface OwnPosition {
  readonly epoch: Epoch;
  readonly finalSlot: Slot;
  readonly finalSequence: Sequence;
  readonly finalHash: Hash;
  /** Final blocks are on disk up to here: the core may know more, and no more is delivered than the disk keeps up with. */
  readonly durableSequence: Sequence;
  readonly currentSlot: Slot;
  /** Section 4: whether anything is pending. */
  readonly workPending: boolean;
  /** The ledger's state is neither here nor to be had by executing the blocks that are: a snapshot is needed. */
  readonly stateMissing: boolean;
  /** So many final blocks wait to be executed that no more are to be delivered. */
  readonly backlogFull: boolean;
}

/**
 * What to ask a peer. The host fills in what only it knows when it sends: its own status, and, where `push` is set,
 * what the core re-sends and the pending transactions.
 */
export type RequestPlan =
  | { readonly type: 'STATUS' }
  | { readonly type: 'SLOTS'; readonly push: boolean }
  | {
    readonly type: 'BLOCKS';
    readonly fromSequence: Sequence;
    readonly maxCount: number;
    readonly maxBytes: number;
    /** Blocks this peer served right below `fromSequence` without proof; the answer is validated together with them. */
    readonly unproven: readonly CommittedBlock[];
  };

/**
 * A decoded and validated answer. `messages` are consensus messages for the core: slot state, and the certificates
 * that came with the status.
 */
export type SyncAnswer =
  | { readonly type: 'STATUS' | 'SLOTS'; readonly status: Verified<Status>; readonly messages: readonly Verified<ConsensusMessage>[] }
  | {
    readonly type: 'BLOCKS';
    /** The server's word, no more; so is the lowest block that it serves. */
    readonly finalSequence: Sequence;
    readonly firstSequence: Sequence;
    /** Consecutive, hash-linked, the last with a valid certificate of its own. Starts with the plan's `unproven`. */
    readonly proven: readonly Verified<CommittedBlock>[];
    /** What follows `proven`: consecutive and hash-linked, but without a certified descendant. */
    readonly unproven: readonly CommittedBlock[];
  };

/**
 * Why a request came to nothing. `unreachable`: no connection, or no answer in time; `refused`: the peer closed the
 * stream; `invalid`: the answer was malformed, too long, or proven false, which ends the peer's service.
 */
export type FailureReason = 'unreachable' | 'refused' | 'invalid';

export type SyncInput =
  | { readonly type: 'peer-connected'; readonly peer: PublicKeyHex }
  | { readonly type: 'peer-disconnected'; readonly peer: PublicKeyHex }
  | { readonly type: 'own-position'; readonly own: OwnPosition }
  /** A status that came with a peer's own request, validated. */
  | { readonly type: 'peer-status'; readonly peer: PublicKeyHex; readonly status: Verified<Status> }
  | { readonly type: 'answered'; readonly requestId: number; readonly answer: SyncAnswer }
  | { readonly type: 'failed'; readonly requestId: number; readonly reason: FailureReason; readonly detail: string }
  /** The core: finality of a block is proven whose chain is not held. */
  | { readonly type: 'behind'; readonly certificate: FinalityCertificate }
  /** The core: votes name a block that has not been held for a while. Repeated as long as that is so. */
  | { readonly type: 'missing-block'; readonly slot: Slot; readonly blockHash: Hash }
  /** The core: exchange slot state with every peer (section 4, re-sending). */
  | { readonly type: 'resend' }
  /** A `fetch-snapshot` is over, one way or the other. */
  | { readonly type: 'snapshot-ended' }
  | { readonly type: 'tick' };

/** Something worth telling a person; never acted upon. */
export type SyncNotice =
  | { readonly type: 'catch-up-started' | 'catch-up-progress' | 'catch-up-finished'; readonly progress: SyncProgress }
  | { readonly type: 'peer-failed'; readonly peer: PublicKeyHex; readonly reason: FailureReason; readonly detail: string }
  /** Blocks handed to the core did not become final there in time; they are fetched again. */
  | { readonly type: 'blocks-not-digested'; readonly fromSequence: Sequence }
  | { readonly type: 'snapshot-progress'; readonly sequence: Sequence; readonly chunksDone: number; readonly chunks: number }
  | { readonly type: 'snapshot-restored'; readonly sequence: Sequence; readonly entryCount: number; readonly sizeBytes: number }
  | { readonly type: 'snapshot-failed'; readonly detail: string };

export type SyncEffect =
  /** Ask, and hand back `answered` or `failed` with this id. */
  | {
    readonly type: 'request';
    readonly requestId: number;
    readonly peer: PublicKeyHex;
    readonly plan: RequestPlan;
    readonly timeoutMs: number;
    readonly maxResponseBytes: number;
  }
  /** For the core as `synced`: linked to the final block or to blocks delivered before. */
  | { readonly type: 'deliver-blocks'; readonly blocks: readonly Verified<CommittedBlock>[] }
  /** For the core as `message`, each. */
  | { readonly type: 'deliver-messages'; readonly peer: PublicKeyHex; readonly messages: readonly Verified<ConsensusMessage>[] }
  | { readonly type: 'penalize'; readonly peer: PublicKeyHex; readonly reason: string }
  /** Fetch a snapshot of at least this sequence from these peers, and say `snapshot-ended`. No blocks are asked for meanwhile. */
  | { readonly type: 'fetch-snapshot'; readonly peers: readonly PublicKeyHex[]; readonly minSequence: number }
  /** For the core as `compared`; given once (section 5, restart). */
  | { readonly type: 'compared' }
  | { readonly type: 'notice'; readonly notice: SyncNotice };

/** For status displays. */
export interface SyncProgress {
  /** A higher final block than the own one is proven to exist. */
  readonly catchingUp: boolean;
  /** Where catching up began; the own final sequence where not catching up. */
  readonly fromSequence: number;
  readonly finalSequence: number;
  /** The highest final sequence said to exist, by peers whose certificates prove them ahead. */
  readonly toSequence: number;
  /** Blocks still to come: at least 1 while catching up, else 0. */
  readonly remaining: number;
  readonly blocksPerSecond: number;
  /** Encodings of the blocks that catching up has brought so far. */
  readonly fetchedBytes: number;
  readonly outstandingRequests: number;
  readonly bufferedBytes: number;
  readonly connectedPeers: number;
  /** Connected peers that have said where they stand since they connected: of what the others have, nothing is known yet. */
  readonly heardPeers: number;
  /** Connected peers that blocks are fetched from. */
  readonly servingPeers: number;
}

/** How much of a snapshot of the state is here. */
export interface SnapshotFetch {
  /** Of the block after which the state was taken. */
  readonly sequence: Sequence;
  readonly chunksDone: number;
  readonly chunks: number;
}
