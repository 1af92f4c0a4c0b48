/** One change in a batch: a value to put, or undefined to delete. */
export interface ByteChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

export interface ByteRange {
  readonly gte: Uint8Array;
  readonly lt: Uint8Array;
  /** At most this many entries; −1 for all. */
  readonly limit: number;
}

/**
 * An ordered map of bytes with atomic batches: what a platform's store is built on. Batches become durable in the
 * order in which they were written: a synced one makes all earlier ones durable too. Implementations throw
 * StorageError; a caller waits for one write before it starts the next.
 */
export interface ByteStore {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  iterate(range: ByteRange): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
  /** @param changes gone through once; a later one of the same key wins */
  write(changes: Iterable<ByteChange>, options: { readonly sync: boolean }): Promise<void>;
  close(): Promise<void>;
}
