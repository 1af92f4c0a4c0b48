import { mapKeyOf } from '../codec/bytes.js';
import type { CounterFile } from './batch-counter.js';
import type { ByteChange, ByteRange, ByteStore } from './byte-store.js';
import { StorageError } from './storage-error.js';

/** Restores what an unsynced batch replaced: (key, value before). */
type Undo = readonly (readonly [string, Uint8Array | undefined])[];

function bytesOf(key: string): Uint8Array {
  return Uint8Array.from(Buffer.from(key, 'latin1'));
}

export interface MemoryDiskOptions {
  /** Called before each synced batch becomes durable; the batch waits for it. Lets a simulator slow or fail a disk. */
  readonly beforeSync?: () => Promise<void> | undefined;
}

/**
 * What a power loss leaves of the batch that was being synced: nothing; all of it, although nobody was told; or all of
 * it with its last entry cut short, as a disk without atomic writes may leave it.
 */
export type TornBatch = 'lost' | 'kept' | 'damaged';

/**
 * A disk for simulations and tests: what is written is visible at once, and durable only once a synced batch has
 * passed. `crash()` takes away what is not durable and cuts off the ByteStore that was open, as a power loss does;
 * a new one is then opened on what is left. `file` stands for one small file written durably beside the database,
 * `counter` for another that is written in place and durable once synced.
 */
export class MemoryDisk {
  readonly #entries = new Map<string, Uint8Array>();
  readonly #undo: Undo[] = [];
  readonly #options: MemoryDiskOptions;
  #generation = 0;
  /** Batches that wait to be synced, of the open store. */
  readonly #syncing = new Set<readonly ByteChange[]>();
  #failure: Error | undefined;
  #file: string | undefined;
  #counter: Uint8Array | undefined;
  #syncedCounter: Uint8Array | undefined;

  constructor(options: MemoryDiskOptions = {}) {
    this.#options = options;
  }

  /** Opens the disk's content; a store opened earlier is cut off. */
  open(): ByteStore {
    this.#generation += 1;
    return this.#storeOf(this.#generation);
  }

  /** Power loss: every batch after the last synced one is lost; of one that was being synced there is left what is said. */
  crash(torn: TornBatch = 'lost'): void {
    this.#generation += 1;
    if (torn !== 'lost') for (const changes of this.#syncing) this.#tear(changes, torn);
    this.#syncing.clear();
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      for (const [key, before] of undo) this.#put(key, before);
    }
    this.#counter = this.#syncedCounter;
  }

  /** The counter's file, until the store is closed or cut off. */
  openCounter(): CounterFile {
    const generation = this.#generation;
    const isOpen = (): boolean => generation === this.#generation;
    return {
      read: () => Promise.resolve(this.#counter),
      write: (bytes, offset) => {
        if (isOpen()) this.#counter = overwritten(this.#counter ?? new Uint8Array(0), bytes, offset);
        return Promise.resolve();
      },
      sync: () => {
        if (isOpen()) this.#syncedCounter = this.#counter;
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    };
  }

  #tear(changes: readonly ByteChange[], torn: TornBatch): void {
    this.#apply(changes);
    this.#undo.length = 0;
    const last = changes.findLast(({ value }) => value !== undefined);
    if (torn === 'damaged' && last?.value !== undefined) this.#put(mapKeyOf(last.key), last.value.slice(0, -1));
  }

  /** Every later write fails with this error, or succeeds again with undefined. */
  failWrites(error: Error | undefined): void {
    this.#failure = error;
  }

  get unsyncedBatches(): number {
    return this.#undo.length;
  }

  get file(): string | undefined {
    return this.#file;
  }

  set file(text: string | undefined) {
    this.#file = text;
  }

  get counter(): Uint8Array | undefined {
    return this.#counter;
  }

  set counter(bytes: Uint8Array | undefined) {
    this.#counter = bytes;
    this.#syncedCounter = bytes;
  }

  /** Loses the database and keeps the files beside it. */
  wipe(): void {
    this.#generation += 1;
    this.#entries.clear();
    this.#undo.length = 0;
    this.#syncing.clear();
  }

  /** A copy of what is durable, as a machine snapshot would hold it, the files included. */
  snapshot(): MemoryDisk {
    const copy = new MemoryDisk(this.#options);
    for (const [key, value] of this.#entries) copy.#entries.set(key, value);
    for (const undo of [...this.#undo].reverse()) for (const [key, before] of undo) copy.#put(key, before);
    copy.#file = this.#file;
    copy.counter = this.#syncedCounter;
    return copy;
  }

  /** Entries as they are stored, for tests that damage them. */
  get entries(): ReadonlyMap<string, Uint8Array> {
    return this.#entries;
  }

  /** Replaces one stored value behind the store's back. */
  damage(key: string, value: Uint8Array | undefined): void {
    this.#put(key, value);
  }

  #put(key: string, value: Uint8Array | undefined): void {
    if (value === undefined) this.#entries.delete(key);
    else this.#entries.set(key, value);
  }

  #apply(changes: readonly ByteChange[]): void {
    const undo = new Map<string, Uint8Array | undefined>();
    for (const change of changes) {
      const key = mapKeyOf(change.key);
      if (!undo.has(key)) undo.set(key, this.#entries.get(key));
      this.#put(key, change.value === undefined ? undefined : change.value.slice());
    }
    this.#undo.push([...undo]);
  }

  #storeOf(generation: number): ByteStore {
    const requireOpen = (): void => {
      if (generation !== this.#generation) throw new StorageError('read-failed', 'the store was closed or has crashed');
    };
    const read = (key: Uint8Array): Uint8Array | undefined => this.#entries.get(mapKeyOf(key));
    const rangeOf = (range: ByteRange): (readonly [Uint8Array, Uint8Array])[] => {
      const gte = mapKeyOf(range.gte);
      const lt = mapKeyOf(range.lt);
      const keys = [...this.#entries.keys()].filter((key) => key >= gte && key < lt).sort();
      const chosen = range.limit < 0 ? keys : keys.slice(0, range.limit);
      return chosen.flatMap((key) => {
        const value = this.#entries.get(key);
        return value === undefined ? [] : [[bytesOf(key), value] as const];
      });
    };
    const write = async (changes: readonly ByteChange[], sync: boolean): Promise<void> => {
      const requireWritable = (): void => {
        if (generation !== this.#generation) throw new StorageError('write-failed', 'the store was closed or has crashed');
        if (this.#failure !== undefined) throw new StorageError('write-failed', `writing failed: ${this.#failure.message}`, this.#failure);
      };
      requireWritable();
      const waiting = sync ? this.#options.beforeSync?.() : undefined;
      if (waiting !== undefined) {
        this.#syncing.add(changes);
        await waiting;
        this.#syncing.delete(changes);
        requireWritable();
      }
      this.#apply(changes);
      if (sync) this.#undo.length = 0;
    };
    return {
      get: async (key) => {
        requireOpen();
        return Promise.resolve(read(key));
      },
      getMany: async (keys) => {
        requireOpen();
        return Promise.resolve(keys.map(read));
      },
      async *iterate(range) {
        requireOpen();
        yield* await Promise.resolve(rangeOf(range));
      },
      write: (changes, options) => write([...changes], options.sync),
      close: async () => {
        // A clean close loses nothing: the operating system still writes what it holds.
        if (generation === this.#generation) {
          this.#undo.length = 0;
          this.#syncedCounter = this.#counter;
          this.#generation += 1;
        }
        return Promise.resolve();
      },
    };
  }
}

function overwritten(content: Uint8Array, bytes: Uint8Array, offset: number): Uint8Array {
  const result = new Uint8Array(Math.max(content.byteLength, offset + bytes.byteLength));
  result.set(content);
  result.set(bytes, offset);
  return result;
}
