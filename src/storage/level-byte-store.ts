import { Level } from 'level';
import type { ByteChange, ByteRange, ByteStore } from './byte-store.js';
import { adviceOn } from './home-access.js';
import { StorageError, corruption, reasonOf } from './storage-error.js';

const ITERATOR_CHUNK = 512;
/**
 * LevelDB holds up to two write buffers beside its cache; together they are part of the memory that a platform may take.
 * With a quarter of this it merged tables for twice as long where a platform catches up.
 */
const WRITE_BUFFER_BYTES = 16 * 1024 * 1024;
const CACHE_BYTES = 4 * 1024 * 1024;

type Database = Level<Uint8Array, Uint8Array>;

/** The code that LevelDB's binding gave, on the error itself or on what caused it. */
function levelCodeOf(thrown: unknown): string | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && error.code !== 'LEVEL_DATABASE_NOT_OPEN') return error.code;
  }
  return undefined;
}

/** The innermost message: the outer ones say no more than "not open". */
function innermostReason(thrown: unknown): string {
  let error = thrown;
  while (error instanceof Error && error.cause instanceof Error) error = error.cause;
  return reasonOf(error);
}

function openError(directory: string, thrown: unknown): StorageError {
  const reason = innermostReason(thrown);
  const code = levelCodeOf(thrown);
  if (code === 'LEVEL_LOCKED') {
    return new StorageError('locked', `database ${directory} is in use by another process`, thrown);
  }
  if (code === 'LEVEL_CORRUPTION' || /corrupt|does not end with newline|missing files|no meta|not an sstable/i.test(reason)) {
    return corruption(`database ${directory} is damaged (${reason})`, thrown);
  }
  return new StorageError('open-failed', `database ${directory} cannot be opened: ${reason}. ${adviceOn(directory, new Error(reason))}, then start again`, thrown);
}

function readError(thrown: unknown): StorageError {
  const reason = innermostReason(thrown);
  return levelCodeOf(thrown) === 'LEVEL_CORRUPTION'
    ? corruption(`the database is damaged (${reason})`, thrown)
    : new StorageError('read-failed', `reading the database failed: ${reason}`, thrown);
}

/** ByteStore in one LevelDB directory. LevelDB's own lock keeps a second process out, and falls with the process. */
export class LevelByteStore implements ByteStore {
  readonly #database: Database;

  private constructor(database: Database) {
    this.#database = database;
  }

  /** @throws StorageError `locked`, `corrupt` or `open-failed` */
  static async open(directory: string): Promise<LevelByteStore> {
    const database: Database = new Level<Uint8Array, Uint8Array>(directory, {
      keyEncoding: 'view', valueEncoding: 'view', writeBufferSize: WRITE_BUFFER_BYTES, cacheSize: CACHE_BYTES,
    });
    try {
      await database.open();
    } catch (error) {
      throw openError(directory, error);
    }
    return new LevelByteStore(database);
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#database.get(key);
    } catch (error) {
      throw readError(error);
    }
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    try {
      return await this.#database.getMany([...keys]);
    } catch (error) {
      throw readError(error);
    }
  }

  async *iterate(range: ByteRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const iterator = this.#database.iterator({ gte: range.gte, lt: range.lt, limit: range.limit });
    try {
      for (;;) {
        let chunk: [Uint8Array, Uint8Array][];
        try {
          chunk = await iterator.nextv(ITERATOR_CHUNK);
        } catch (error) {
          throw readError(error);
        }
        if (chunk.length === 0) return;
        yield* chunk;
      }
    } finally {
      await iterator.close();
    }
  }

  async write(changes: Iterable<ByteChange>, options: { readonly sync: boolean }): Promise<void> {
    // A chained batch: an array of operations costs abstract-level several times the processor time, for its copies.
    const batch = this.#database.batch();
    try {
      for (const { key, value } of changes) {
        if (value === undefined) batch.del(key);
        else batch.put(key, value);
      }
      await batch.write({ sync: options.sync });
    } catch (error) {
      await batch.close();
      throw new StorageError('write-failed', `writing to the database failed: ${innermostReason(error)}. Check free space and the disk, then restart`, error);
    }
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}
