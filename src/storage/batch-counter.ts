import { crc32 } from 'node:zlib';
import { StorageError, reasonOf } from './storage-error.js';

/** Counts are synced to the disk after so many batches at the latest. */
const SYNC_INTERVAL_BATCHES = 32;
/** A batch waits while more than so many before it are not counted on the disk: what a power loss may hide at most. */
export const MAX_UNCOUNTED_BATCHES = 64;

/** Two places, so that a torn write leaves the other; apart by what any disk writes at once. */
const PLACES = 2;
const PLACE_BYTES = 4_096;
const COUNT_DIGITS = 16;
const STORE_ID = /^[0-9a-f]{32}$/;
const LINE_BYTES = 32 + 1 + COUNT_DIGITS + 1 + 8 + 1;

/** A small file that is written in place. */
export interface CounterFile {
  /** Undefined where there is none. */
  read(): Promise<Uint8Array | undefined>;
  /** Makes the file where there is none. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** What was written is durable when it resolves. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** How many batches a store had. */
export interface CountedBatches {
  readonly storeId: string;
  readonly count: number;
}

/**
 * Counts the batches of the vote store in a file beside it, after each of them: a store that comes back with fewer was
 * cut or rolled back, and votes are forgotten (SPEC section 5, R10). A count is only told of what is durable, so that no
 * power loss makes the file tell too much. It may tell too little: by the batches that became durable while it was being
 * written, one or two, where the process was killed; by MAX_UNCOUNTED_BATCHES where the power failed, as it is synced
 * now and then only.
 *
 * A place is: store id ‖ space ‖ count, 16 digits ‖ space ‖ CRC-32 of both in hexadecimal ‖ newline.
 */
export class BatchCounter {
  readonly #file: CounterFile;
  #storeId: string | undefined;
  #place = 0;
  #count = 0;
  #written = 0;
  #synced = 0;
  #writing: Promise<void> | undefined;
  #failure: StorageError | undefined;

  constructor(file: CounterFile) {
    this.#file = file;
  }

  /** The highest count that can be read; `damaged` where there is a file with none. @throws StorageError */
  async read(): Promise<CountedBatches | 'damaged' | undefined> {
    const bytes = await this.#file.read();
    if (bytes === undefined) return undefined;
    const found = placesOf(bytes).filter((place) => place !== undefined);
    return found.length === 0 ? 'damaged' : found.reduce((left, right) => (right.count > left.count ? right : left));
  }

  /** Counts this store from now on. Durable when it resolves. @throws StorageError */
  async begin(storeId: string, count: number): Promise<void> {
    const places = placesOf(await this.#file.read() ?? new Uint8Array(0));
    this.#storeId = storeId;
    // Not over the place that would be taken, should this write be torn.
    this.#place = (places[0]?.count ?? -1) <= (places[1]?.count ?? -1) ? 0 : 1;
    this.#count = count;
    this.#written = -1;
    this.#synced = -1;
    await this.#write(true);
  }

  /**
   * So many batches are durable.
   * @returns what is to be waited for before there are more; undefined where nothing is
   * @throws StorageError `write-failed` where an earlier count could not be written
   */
  told(count: number): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#storeId === undefined) return undefined;
    this.#count = count;
    this.#writing ??= this.#write(false).finally(() => { this.#writing = undefined; });
    if (count - this.#synced >= MAX_UNCOUNTED_BATCHES) return this.#writing;
    // Whoever comes next is told of a failure.
    this.#writing.catch(() => undefined);
    return undefined;
  }

  /** @throws StorageError */
  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    this.#storeId = undefined;
    await this.#file.close();
  }

  async #write(sync: boolean): Promise<void> {
    try {
      while (this.#written < this.#count) {
        const count = this.#count;
        await this.#file.write(encodePlace({ storeId: this.#storeId ?? '', count }), this.#place * PLACE_BYTES);
        this.#place = (this.#place + 1) % PLACES;
        this.#written = count;
        if (!sync && count - this.#synced < SYNC_INTERVAL_BATCHES) continue;
        await this.#file.sync();
        this.#synced = count;
      }
    } catch (error) {
      const what = `the count of batches could not be written: ${reasonOf(error)}. Check free space and the disk, then restart`;
      this.#failure = error instanceof StorageError ? error : new StorageError('write-failed', what, error);
      throw this.#failure;
    }
  }
}

function encodePlace({ storeId, count }: CountedBatches): Uint8Array {
  const text = `${storeId} ${String(count).padStart(COUNT_DIGITS, '0')}`;
  return Buffer.from(`${text} ${checksumOf(text)}\n`, 'latin1');
}

function checksumOf(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

function placesOf(bytes: Uint8Array): readonly (CountedBatches | undefined)[] {
  return Array.from({ length: PLACES }, (_, place) => decodePlace(bytes.subarray(place * PLACE_BYTES, place * PLACE_BYTES + LINE_BYTES)));
}

function decodePlace(bytes: Uint8Array): CountedBatches | undefined {
  const [storeId = '', digits = '', checksum] = Buffer.from(bytes).toString('latin1').trimEnd().split(' ');
  if (!STORE_ID.test(storeId) || !/^\d{16}$/.test(digits) || checksum !== checksumOf(`${storeId} ${digits}`)) return undefined;
  const count = Number(digits);
  return Number.isSafeInteger(count) ? { storeId, count } : undefined;
}
