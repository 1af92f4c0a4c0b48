import { crc32 } from 'node:zlib';
import type { BatchCounter } from './batch-counter.js';
import type { ByteChange, ByteRange, ByteStore } from './byte-store.js';
import { SPACES, journalKey, spaceNameOf, spaceRange, u64At } from './key-spaces.js';
import { StorageError, corruption, reasonOf } from './storage-error.js';

const CHECKSUM_BYTES = 4;

/**
 * Two independent sequences of batches. Each is written strictly one after another; they do not wait for one another's
 * planning, and each has its own numbering.
 */
export type Stream = 'consensus' | 'state';
const STREAM_NUMBER: Readonly<Record<Stream, number>> = { consensus: 0, state: 1 };

interface WriteOptions {
  readonly sync: boolean;
  /** First byte of all keys of the batch, where those given lack it. */
  readonly space?: number;
}

/** How many of the newest batches of a stream are known by number; more than LevelDB's log ever holds of usual ones. */
export const JOURNAL_RING = 16_384;

/** CRC-32 over value, then key. The key comes last because zlib gives 0, not the running sum, for some empty buffers. */
function checksumOf(key: Uint8Array, value: Uint8Array): number {
  return crc32(key, value.byteLength === 0 ? 0 : crc32(value));
}

/**
 * Keys, behind the byte of their space where one is given, and values with their checksums, as they are written: all in
 * one piece of memory, since many small ones cost more than all the rest of a write, and one after the other as they
 * are asked for, so that none of the views is kept while the batch is on its way.
 */
function* sealed(changes: readonly ByteChange[], space: number | undefined): Generator<ByteChange> {
  const prefixBytes = space === undefined ? 0 : 1;
  let sizeBytes = 0;
  for (const { key, value } of changes) sizeBytes += prefixBytes + key.length + (value === undefined ? 0 : value.length + CHECKSUM_BYTES);
  const memory = Buffer.allocUnsafeSlow(sizeBytes);
  let end = 0;
  for (const { key: own, value } of changes) {
    const start = end;
    if (space !== undefined) memory[start] = space;
    memory.set(own, start + prefixBytes);
    const keyEnd = start + prefixBytes + own.length;
    end = keyEnd;
    const key = new Uint8Array(memory.buffer, start, keyEnd - start);
    if (value === undefined) {
      yield { key, value };
      continue;
    }
    memory.set(value, keyEnd);
    end = memory.writeUInt32BE(checksumOf(key, value), keyEnd + value.length);
    yield { key, value: new Uint8Array(memory.buffer, keyEnd, end - keyEnd) };
  }
}

function* both<T>(first: Iterable<T>, second: Iterable<T>): Generator<T> {
  yield* first;
  yield* second;
}

function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < CHECKSUM_BYTES) throw corruption(`an entry of key space ${spaceNameOf(key)} is cut short`);
  const value = new Uint8Array(sealed.buffer, sealed.byteOffset, sealed.length - CHECKSUM_BYTES);
  const stored = new DataView(sealed.buffer, sealed.byteOffset).getUint32(value.length);
  if (stored !== checksumOf(key, value)) throw corruption(`an entry of key space ${spaceNameOf(key)} does not match its checksum`);
  return value;
}

/**
 * A ByteStore that notices damage and that stops at the first failed write.
 *
 * Every value carries a CRC-32 over value and key: LevelDB's binding leaves LevelDB's own checks of table blocks off.
 * It also opens LevelDB without paranoid checks, so that a damaged record of LevelDB's log is dropped **silently**,
 * and with it a batch of votes. Therefore each batch writes its number into a ring, and a number missing between
 * others is found at open. What is cut from the very end cannot be seen here; vote-store.ts and the peers' word
 * (SPEC section 5, R10) are for that.
 */
export class SealedStore {
  readonly #bytes: ByteStore;
  readonly #next: Record<Stream, number> = { consensus: 0, state: 0 };
  readonly #tail: Record<Stream, Promise<void>> = { consensus: Promise.resolve(), state: Promise.resolve() };
  #counter: BatchCounter | undefined;
  #durableCount = 0;
  #stopped: StorageError | undefined;

  private constructor(bytes: ByteStore) {
    this.#bytes = bytes;
  }

  /** @throws StorageError `corrupt` where a batch is missing from the middle of the journal */
  static async open(bytes: ByteStore): Promise<SealedStore> {
    const store = new SealedStore(bytes);
    const numbers: Record<Stream, number[]> = { consensus: [], state: [] };
    for await (const [key, value] of store.iterate({ ...spaceRange('JOURNAL'), limit: -1 })) {
      numbers[key[1] === STREAM_NUMBER.consensus ? 'consensus' : 'state'].push(u64At(value, 0));
    }
    for (const stream of ['consensus', 'state'] as const) store.#next[stream] = nextNumber(stream, numbers[stream]);
    store.#durableCount = store.#next.consensus;
    return store;
  }

  /** From now on the counter is told of each batch of the consensus stream that is durable. */
  countWith(counter: BatchCounter): void {
    this.#counter = counter;
  }

  /** Batches of the consensus stream that no power loss takes. */
  get durableCount(): number {
    return this.#durableCount;
  }

  /** Batches ever written to the stream: a database that shows fewer than it once did was rolled back. */
  batchCount(stream: Stream): number {
    return this.#next[stream];
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const sealed = await this.#bytes.get(key);
    return sealed === undefined ? undefined : unseal(key, sealed);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const sealed = await this.#bytes.getMany(keys);
    return keys.map((key, index) => {
      const value = sealed[index];
      return value === undefined ? undefined : unseal(key, value);
    });
  }

  async *iterate(range: ByteRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    for await (const [key, sealed] of this.#bytes.iterate(range)) yield [key, unseal(key, sealed)];
  }

  /**
   * Runs `plan` after all earlier batches of the stream, and writes what it returns as one atomic batch.
   * A plan that throws, or a write that fails, stops the store: what a platform meant to remember and could not
   * must not be followed by anything else.
   * @throws StorageError
   */
  write(stream: Stream, options: WriteOptions, plan: () => Promise<readonly ByteChange[]> | readonly ByteChange[]): Promise<void> {
    const run = this.#tail[stream].then(async () => {
      this.#requireRunning();
      try {
        await this.#writeBatch(stream, await plan(), options);
      } catch (error) {
        const failure = error instanceof StorageError ? error : new StorageError('write-failed', `a batch could not be made: ${reasonOf(error)}`, error);
        this.#stopped ??= failure;
        throw failure;
      }
    });
    this.#tail[stream] = run.catch(() => undefined);
    return run;
  }

  /** Resolves once the writes under way are done, whichever way. */
  async drain(): Promise<void> {
    await Promise.all([this.#tail.consensus, this.#tail.state]);
  }

  #requireRunning(): void {
    if (this.#stopped === undefined) return;
    throw new StorageError('stopped', `the store takes no more writes since: ${this.#stopped.message}`, this.#stopped);
  }

  async #writeBatch(stream: Stream, changes: readonly ByteChange[], { sync, space }: WriteOptions): Promise<void> {
    if (changes.length === 0) return;
    const number = this.#next[stream];
    const numberBytes = Buffer.alloc(8);
    numberBytes.writeBigUInt64BE(BigInt(number));
    const mark = { key: journalKey(STREAM_NUMBER[stream], number % JOURNAL_RING), value: numberBytes };
    await this.#bytes.write(both(sealed(changes, space), sealed([mark], undefined)), { sync });
    this.#next[stream] = number + 1;
    if (stream !== 'consensus' || !sync) return;
    this.#durableCount = number + 1;
    const waiting = this.#counter?.told(number + 1);
    if (waiting !== undefined) await waiting;
  }
}

function nextNumber(stream: Stream, numbers: readonly number[]): number {
  if (numbers.length === 0) return 0;
  const highest = numbers.reduce((left, right) => Math.max(left, right));
  const expected = Math.min(highest + 1, JOURNAL_RING);
  const contiguous = numbers.length === expected && numbers.every((number) => number > highest - expected);
  if (!contiguous) throw corruption(`key space ${spaceNameOf(Uint8Array.of(SPACES.JOURNAL))} shows that a ${stream} batch below ${highest} was lost`);
  return highest + 1;
}
