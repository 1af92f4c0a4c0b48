import type { Block } from '../types/block.js';
import type { Certificate, FinalityCertificate } from '../types/certificates.js';
import type { Epoch, Hash, MemberIndex, Sequence, Slot } from '../types/ids.js';
import type { Equivocation, OwnVote } from '../types/messages.js';

/** A block as its leader proposed it: body, header and the leader's signature over the header's hash. */
export interface ProposedBlock {
  readonly block: Block;
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly signer: MemberIndex;
  readonly signature: Uint8Array;
}

/** What must survive a crash (SPEC section 5). */
export type DurableRecord =
  /** A proposal received, or (signature absent) an own one about to be signed. Keyed by slot and hash. */
  | { readonly type: 'block'; readonly slot: Slot; readonly epoch: Epoch; readonly block: Block; readonly signature: Uint8Array | undefined }
  /** The fact of having proposed in a slot. */
  | { readonly type: 'proposed'; readonly epoch: Epoch; readonly slot: Slot; readonly blockHash: Hash }
  | { readonly type: 'vote'; readonly vote: OwnVote }
  /** The signed first votes that a fallback vote counted; `bytes` hashes to the vote's basisHash. Kept for good. */
  | { readonly type: 'basis'; readonly epoch: Epoch; readonly slot: Slot; readonly basisHash: Hash; readonly bytes: Uint8Array }
  /** A certificate above the final block. Keyed by epoch, slot, kind and block. */
  | { readonly type: 'certificate'; readonly certificate: Certificate }
  /** `block` is final; `certificate` is its own, absent where it became final through a descendant. */
  | { readonly type: 'final'; readonly epoch: Epoch; readonly slot: Slot; readonly sequence: Sequence; readonly block: Block; readonly certificate: FinalityCertificate | undefined }
  /** A final block on which the chain begins anew, because a snapshot took the place of those below. `final` ones follow. */
  | { readonly type: 'adopted'; readonly epoch: Epoch; readonly slot: Slot; readonly sequence: Sequence; readonly block: Block; readonly certificate: FinalityCertificate | undefined }
  | { readonly type: 'equivocation'; readonly evidence: Equivocation };

/** The highest final block, as far as building on it needs to know. For genesis: slot −1, sequence −1, view 0. */
export interface FinalTip {
  readonly hash: Hash;
  readonly slot: Slot;
  readonly sequence: Sequence;
  readonly view: number;
  readonly timestampMs: number;
  /** Absent for genesis only. */
  readonly certificate: FinalityCertificate | undefined;
}

/** What a replica starts from: the final block, and everything durable above it. */
export interface DurableState {
  readonly finalTip: FinalTip;
  /**
   * Nothing new is signed at or below this slot (section 5, restart); the final block's, if absent. It is higher where newer
   * final blocks are known of that the disk has damaged: they come from peers again.
   */
  readonly floorSlot?: Slot;
  readonly blocks: readonly { readonly slot: Slot; readonly block: Block; readonly signature: Uint8Array | undefined }[];
  readonly proposed: readonly { readonly slot: Slot; readonly blockHash: Hash }[];
  readonly votes: readonly OwnVote[];
  readonly certificates: readonly Certificate[];
  readonly equivocations: readonly Equivocation[];
}
