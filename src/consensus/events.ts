import type { Block, HeaderTemplate } from '../types/block.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, MemberIndex, Sequence, Slot } from '../types/ids.js';
import type { Checkpoint, ConsensusMessage, Equivocation, SignedMessage, Statement, Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { DurableRecord } from './records.js';

/**
 * Time as the core sees it. `monotonicMs` drives timers and never goes back; `wallMs` is compared with block
 * timestamps only.
 */
export interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** Everything that can happen to a replica. */
export type Input =
  /** A message from another platform (or an own one that came back). */
  | { readonly type: 'message'; readonly message: Verified<ConsensusMessage> }
  /** A statement of a `sign` effect, signed: count it and send it. */
  | { readonly type: 'signed'; readonly message: Verified<SignedMessage> }
  /** The answer to a `build` effect; `block` is absent where there is nothing to propose. */
  | { readonly type: 'built'; readonly slot: Slot; readonly parentHash: Hash; readonly block: Block | undefined }
  /** Whether a transaction that this platform would itself propose is not final (section 4, a); sent again when new ones come. */
  | { readonly type: 'transactions'; readonly pending: boolean }
  /** Any sign of life of a member beside consensus messages (R8). */
  | { readonly type: 'heard'; readonly member: MemberIndex }
  /** Final blocks got by sync: consecutive, linked to this replica's final block, the last with a valid certificate. */
  | { readonly type: 'synced'; readonly blocks: readonly Verified<CommittedBlock>[] }
  /**
   * Final blocks above a snapshot that is in place of all below: consecutive, the last with a valid certificate. They
   * need not link to this replica's final block.
   */
  | { readonly type: 'adopted'; readonly blocks: readonly Verified<CommittedBlock>[] }
  /** The ledger executed this final block. */
  | { readonly type: 'executed'; readonly sequence: Sequence; readonly stateRoot: Hash }
  /**
   * A peer's validated STATUS: `highestSlot` is the highest slot it showed a valid certificate for. Counts as an
   * answer under R10 unless the peer is observing itself.
   */
  | { readonly type: 'peer-status'; readonly member: MemberIndex; readonly highestSlot: Slot; readonly observing: boolean }
  /** Comparison with the reachable peers after a restart is done (section 5, restart). */
  | { readonly type: 'compared' }
  /** Time has passed; due at `Replica.deadlineMs`. */
  | { readonly type: 'tick' };

/** Something worth telling a person; never acted upon. */
export type Notice =
  | { readonly type: 'slot-entered'; readonly slot: Slot; readonly leader: MemberIndex }
  | { readonly type: 'timer-expired'; readonly slot: Slot; readonly leader: MemberIndex; readonly timeoutMs: number }
  | { readonly type: 'presumed-dead'; readonly slot: Slot; readonly leader: MemberIndex }
  | { readonly type: 'slot-skipped'; readonly slot: Slot; readonly leader: MemberIndex }
  | { readonly type: 'proposal-early'; readonly slot: Slot; readonly aheadMs: number }
  | { readonly type: 'observing'; readonly reason: string }
  | { readonly type: 'voting'; readonly fromSlot: Slot };

/**
 * What the driver must do, in the order given. A `persist` must be durable (synced) before any later effect of any
 * kind but `persist` and `notice` takes place; the driver may join many into one synced batch (SPEC section 5).
 */
export type Effect =
  | { readonly type: 'persist'; readonly record: DurableRecord }
  /** Sign and hand back as `signed`. */
  | { readonly type: 'sign'; readonly statement: Statement }
  | { readonly type: 'broadcast'; readonly message: ConsensusMessage }
  /**
   * Build a block on this template and hand it back as `built`. Transactions of the unfinal blocks in `ancestors`
   * (parent first) must be left out. Without `allowEmpty` a block needs at least one transaction.
   */
  | { readonly type: 'build'; readonly template: HeaderTemplate; readonly ancestors: readonly Block[]; readonly allowEmpty: boolean }
  /** Newly final blocks in order of sequence. Already durable when this effect's turn comes. */
  | { readonly type: 'finalized'; readonly blocks: readonly CommittedBlock[] }
  /** Finality of a block is proven but its chain down to the own final block is not held: fetch it. */
  | { readonly type: 'behind'; readonly certificate: FinalityCertificate }
  /** Votes name a block that is not held: pull slot state. */
  | { readonly type: 'missing-block'; readonly slot: Slot; readonly blockHash: Hash }
  /** Send `Replica.resendMessages()` to every peer and take in what they answer (section 4, re-sending). */
  | { readonly type: 'resend' }
  /** R9: proof that a leader signed two headers; already durable, to be passed on and shown. */
  | { readonly type: 'equivocation'; readonly evidence: Equivocation }
  /** Q matching CHECKPOINTs. */
  | { readonly type: 'checkpoint-stable'; readonly sequence: Sequence; readonly stateRoot: Hash; readonly proof: readonly Checkpoint[] }
  /** Q CHECKPOINTs for another root than the own: the state has diverged, the platform must stop (section 6). */
  | { readonly type: 'diverged'; readonly sequence: Sequence; readonly ownRoot: Hash; readonly certifiedRoot: Hash }
  /**
   * A peer showed a statement of this platform, or a certificate with one in it, that its vote store does not have: it
   * only observes from now on (R10).
   */
  | { readonly type: 'vote-store-lost'; readonly message: ConsensusMessage }
  | { readonly type: 'notice'; readonly notice: Notice };
