import type { Notice } from '../../src/consensus/events.js';
import type { DurableRecord } from '../../src/consensus/records.js';
import type { Transaction } from '../../src/types/block.js';
import type { Hash, MemberIndex, Sequence } from '../../src/types/ids.js';
import type { ConsensusMessage, Equivocation } from '../../src/types/messages.js';
import type { CommittedBlock, SyncRequest, SyncResponse } from '../../src/types/sync.js';

/** What an observer of a simulated federation gets to see, at the virtual time at which it happens. */
export type WorldEvent =
  | { readonly type: 'started' | 'crashed' | 'disk-lost' | 'disk-restored'; readonly platform: MemberIndex }
  | { readonly type: 'submitted'; readonly platform: MemberIndex; readonly transaction: Transaction }
  | { readonly type: 'sent'; readonly platform: MemberIndex; readonly message: ConsensusMessage }
  /** `altered`: not what was sent, because its sender is Byzantine. */
  | { readonly type: 'arrived'; readonly from: MemberIndex; readonly to: MemberIndex; readonly message: ConsensusMessage; readonly altered: boolean }
  /** Underway, the network lost it; or its Byzantine sender kept it from this receiver. */
  | { readonly type: 'lost' | 'withheld'; readonly from: MemberIndex; readonly to: MemberIndex; readonly message: ConsensusMessage }
  | { readonly type: 'synced'; readonly platform: MemberIndex; readonly from: MemberIndex; readonly blocks: readonly CommittedBlock[] }
  /** Durable from now on; told before anything that waited for it. */
  | { readonly type: 'persisted'; readonly platform: MemberIndex; readonly records: readonly DurableRecord[] }
  /** The state after this block, wherever a CHECKPOINT is due. */
  | { readonly type: 'executed'; readonly platform: MemberIndex; readonly sequence: Sequence; readonly stateRoot: Hash }
  /** The platform holds this proof against the slot's leader. */
  | { readonly type: 'equivocation'; readonly platform: MemberIndex; readonly evidence: Equivocation }
  /** A quorum certifies its state after this block, and it serves it; or it took such a state in place of its own. */
  | { readonly type: 'snapshot-made' | 'snapshot-restored'; readonly platform: MemberIndex; readonly sequence: Sequence }
  | { readonly type: 'snapshot-failed'; readonly platform: MemberIndex; readonly detail: string }
  /** What the platform itself answered; told where it may serve anything else than its whole chain. */
  | { readonly type: 'answered'; readonly platform: MemberIndex; readonly request: SyncRequest; readonly response: SyncResponse }
  /** The platform's validation did not take a message; or its sync was served what no honest platform serves. */
  | { readonly type: 'refused'; readonly platform: MemberIndex; readonly from: MemberIndex; readonly verdict: 'ignore' | 'reject'; readonly code: string; readonly detail: string }
  | { readonly type: 'penalized'; readonly platform: MemberIndex; readonly peer: MemberIndex; readonly reason: string }
  /** The platform stopped itself. */
  | { readonly type: 'stopped'; readonly platform: MemberIndex; readonly error: Error }
  | { readonly type: 'final'; readonly platform: MemberIndex; readonly blocks: readonly CommittedBlock[] }
  | { readonly type: 'notice'; readonly platform: MemberIndex; readonly notice: Notice }
  | { readonly type: 'partitioned'; readonly groups: readonly (readonly number[])[] }
  | { readonly type: 'healed' };
