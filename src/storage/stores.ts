import type { DurableRecord, DurableState } from '../consensus/records.js';
import type { Hash, Sequence } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';

/** The vote store and chain of one platform. One writer. */
export interface ConsensusStore {
  /** Writes all records in one atomic batch and syncs it; resolves only once it is durable. @throws StorageError */
  commit(records: readonly DurableRecord[]): Promise<void>;
  /** Everything durable above the final block. @throws StorageError on anything missing or damaged */
  load(): Promise<DurableState>;
}

/** Final blocks, for readers (sync, API, execution). */
export interface BlockStore {
  /** −1 while only genesis is final. */
  finalSequence(): Sequence;
  /** The lowest final block held: 0 unless older ones were pruned, or never fetched because a snapshot took their place. */
  firstSequence(): Sequence;
  bySequence(sequence: Sequence): Promise<CommittedBlock | undefined>;
  byHash(hash: Hash): Promise<CommittedBlock | undefined>;
  /** Consecutive from `fromSequence`, ending at either limit, with at least one block where there is one. */
  range(fromSequence: Sequence, maxCount: number, maxBytes: number): Promise<readonly CommittedBlock[]>;
  equivocations(): Promise<readonly Equivocation[]>;
  /**
   * Deletes final blocks below `sequence` for good, a bounded number of them; the final block itself stays.
   * @returns whether there are more to delete
   * @throws StorageError
   */
  prune(sequence: Sequence): Promise<boolean>;
}

/** One change of the ledger's key space: a value to put, or undefined to delete. Keys are the ledger's own. */
export interface StateChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/**
 * Ordered key space of the ledger. A batch is atomic. It is not synced unless asked for, since execution can be
 * repeated; state that came from a snapshot cannot.
 */
export interface StateStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  iterate(options: { readonly gte: Uint8Array; readonly lt: Uint8Array; readonly limit: number }): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  write(changes: readonly StateChange[], options?: { readonly sync: boolean }): Promise<void>;
}
