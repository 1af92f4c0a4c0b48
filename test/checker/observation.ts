import type { DurableRecord } from '../../src/consensus/records.js';
import type { Hash } from '../../src/types/ids.js';
import type { ConsensusMessage, Equivocation } from '../../src/types/messages.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import type { SignedStatement } from './layouts.js';

/** What one platform keeps in memory, counted. */
export interface BufferSizes {
  readonly finalSlot: number;
  readonly currentSlot: number;
  readonly slots: readonly {
    readonly slot: number;
    /** Distinct PREPAREs, VIEW-CHANGEs and COMMITs of the member that has most. */
    readonly preparesOfOne: number;
    readonly viewChangesOfOne: number;
    readonly commitsOfOne: number;
    /** Blocks with their bodies. */
    readonly bodies: number;
  }[];
}

/**
 * Something seen of a federation, in the order in which it happened where that is known. Only `sent` needs an order
 * relative to the `durable` ones of the same platform.
 */
export type Observation =
  /** The platform handed a message to the network. */
  | { readonly type: 'sent'; readonly platform: number; readonly message: ConsensusMessage }
  /** A message found anywhere: captured, or served by somebody. Its signatures say whose statements it holds. */
  | { readonly type: 'seen'; readonly message: ConsensusMessage }
  /** The platform's key signed this, whether or not it was ever sent. */
  | { readonly type: 'signed'; readonly platform: number; readonly statement: SignedStatement }
  /** From now on these survive a power failure, in this order. */
  | { readonly type: 'durable'; readonly platform: number; readonly records: readonly DurableRecord[] }
  /** The platform starts over from another store: a lost, restored or replaced one, holding this. */
  | { readonly type: 'store-replaced'; readonly platform: number; readonly records: readonly DurableRecord[] }
  /** The platform told its host that these are final. */
  | { readonly type: 'final'; readonly platform: number; readonly blocks: readonly CommittedBlock[] }
  /** The platform answered one who asked for blocks from a sequence on. */
  | { readonly type: 'served'; readonly platform: number; readonly fromSequence: number; readonly firstSequence: number; readonly finalSequence: number; readonly blocks: readonly CommittedBlock[] }
  /** The platform offered a snapshot of its state after a block, with that block and those that prove it final. */
  | { readonly type: 'offered'; readonly platform: number; readonly sequence: number; readonly stateRoot: Hash; readonly blocks: readonly CommittedBlock[] }
  /** All final blocks that the platform has, whatever it was asked for. */
  | { readonly type: 'holds'; readonly platform: number; readonly firstSequence: number; readonly finalSequence: number; readonly blocks: readonly CommittedBlock[] }
  | { readonly type: 'executed'; readonly platform: number; readonly sequence: number; readonly stateRoot: Hash }
  /** The platform keeps, or shows, this as proof. */
  | { readonly type: 'evidence'; readonly platform: number; readonly evidence: Equivocation }
  | { readonly type: 'buffers'; readonly platform: number; readonly sizes: BufferSizes }
  /**
   * From here on the network is timely, all honest platforms are up and take part, and work is pending everywhere;
   * `slot` is the highest that any of them is in.
   */
  | { readonly type: 'calm-begins'; readonly slot: number }
  /** The calm is over; `slot` is the lowest that any honest platform is in. */
  | { readonly type: 'calm-ends'; readonly slot: number };
