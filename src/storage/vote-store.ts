import { randomBytes } from 'node:crypto';
import type { BatchCounter, CountedBatches } from './batch-counter.js';
import type { ByteChange } from './byte-store.js';
import { metaKey } from './key-spaces.js';
import type { SealedStore } from './sealed-store.js';

/**
 * - `fresh`: this home has never had a vote store.
 * - `matches`: the vote store is the one this home's marker names.
 * - `lost`: the marker or the counter names another store, or one that had got further, or what was written last may be
 *   missing: votes were given that are not remembered, and the platform may only observe until R10 is satisfied.
 */
export type VoteStoreState = 'fresh' | 'matches' | 'lost';

/** What stands beside the key and outlives the database. */
export interface VoteStoreFiles {
  /** The marker: one small file. Undefined where there is none. */
  readMarker(): Promise<string | undefined>;
  /** Durable when it resolves. */
  writeMarker(text: string): Promise<void>;
  readonly counter: BatchCounter;
}

/** What the marker says of the vote store. */
export interface VoteMarker {
  readonly storeId: string;
  /** Durable batches at the last open or clean close; a store never has fewer unless it was cut or rolled back. */
  readonly batches: number;
  /** It was opened, and not closed cleanly since. */
  readonly open: boolean;
}

const STORE_ID = metaKey('vote-store-id');
const LOST = metaKey('vote-store-lost');

/** Undefined where it is no marker. */
export function parseMarker(text: string): VoteMarker | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null || !('storeId' in content) || !('batches' in content)) return undefined;
  const { storeId, batches } = content;
  if (typeof storeId !== 'string' || typeof batches !== 'number') return undefined;
  return { storeId, batches, open: 'open' in content && content.open === true };
}

interface VoteStoreParts {
  readonly store: SealedStore;
  readonly files: VoteStoreFiles;
  readonly storeId: string;
  readonly state: VoteStoreState;
  readonly loss: string | undefined;
}

/**
 * Notices that the votes this platform has given are gone (SPEC section 5, R10): a database that was deleted, cut,
 * swapped, or put back from an older copy while the files beside it stayed. A restored machine snapshot restores these,
 * too; against that only the peers' word helps, and `markLost` records it.
 */
export class VoteStore {
  readonly #store: SealedStore;
  readonly #files: VoteStoreFiles;
  readonly #storeId: string;
  readonly loss: string | undefined;
  #state: VoteStoreState;

  private constructor({ store, files, storeId, state, loss }: VoteStoreParts) {
    this.#store = store;
    this.#files = files;
    this.#storeId = storeId;
    this.#state = state;
    /** What shows that votes are lost, as found now; undefined where nothing did. */
    this.loss = loss;
  }

  /**
   * @param logFault why what the database wrote last may be lost, as found before it was opened; undefined where nothing says so
   * @throws StorageError where the database, the marker or the counter cannot be read or written
   */
  static async open(store: SealedStore, files: VoteStoreFiles, logFault: string | undefined): Promise<VoteStore> {
    const text = await files.readMarker();
    const known = await store.get(STORE_ID);
    const markedLost = (await store.get(LOST)) !== undefined;
    const storeId = known === undefined ? randomBytes(16).toString('hex') : Buffer.from(known).toString('latin1');
    const marker = text === undefined ? undefined : parseMarker(text) ?? 'damaged';
    const loss = lossOf({ marker, counted: await files.counter.read(), logFault, storeId, durable: store.durableCount });
    const state = markedLost || loss !== undefined ? 'lost' : known === undefined ? 'fresh' : 'matches';
    // Each session begins with a batch in its log, which is counted, so that an emptied one tells; and a loss that was noticed is not forgotten when the
    // store has as many batches again.
    const isLost: readonly ByteChange[] = state === 'lost' ? [{ key: LOST, value: Uint8Array.of(1) }] : [];
    await store.write('consensus', { sync: true }, () => [{ key: STORE_ID, value: Buffer.from(storeId, 'latin1') }, ...isLost]);
    const voteStore = new VoteStore({ store, files, storeId, state, loss });
    await voteStore.#writeMarker(true);
    store.countWith(files.counter);
    return voteStore;
  }

  get state(): VoteStoreState {
    return this.#state;
  }

  /** Remembers, across restarts, that votes were lost (a peer showed one that is not here). */
  async markLost(): Promise<void> {
    await this.#store.write('consensus', { sync: true }, () => [{ key: LOST, value: Uint8Array.of(1) }]);
    this.#state = 'lost';
  }

  /** R10 is satisfied: this store is the platform's vote store from now on. */
  async markRecovered(): Promise<void> {
    await this.#store.write('consensus', { sync: true }, () => [{ key: LOST, value: undefined }]);
    this.#state = 'matches';
    await this.#writeMarker(true);
  }

  /** Nothing is written any more: the database is about to be closed. */
  async markClosed(): Promise<void> {
    try {
      await this.#writeMarker(false);
    } finally {
      await this.#files.counter.close();
    }
  }

  /** While votes are lost marker and counter stay as they are, so that the next start sees it again. */
  async #writeMarker(open: boolean): Promise<void> {
    if (this.#state === 'lost') return;
    const batches = this.#store.durableCount;
    // The counter first: a marker that says open promises that there is one.
    if (open) await this.#files.counter.begin(this.#storeId, batches);
    await this.#files.writeMarker(`${JSON.stringify({ storeId: this.#storeId, batches, open })}\n`);
  }
}

interface Evidence {
  readonly marker: VoteMarker | 'damaged' | undefined;
  readonly counted: CountedBatches | 'damaged' | undefined;
  readonly logFault: string | undefined;
  readonly storeId: string;
  /** Batches that the database has. */
  readonly durable: number;
}

/** What shows that votes are forgotten; undefined where nothing does. What cannot be read proves that there was something. */
function lossOf({ marker, counted, logFault, storeId, durable }: Evidence): string | undefined {
  if (marker === 'damaged') return 'the marker of the vote store cannot be read';
  if (counted === 'damaged') return 'the count of the vote store\'s batches cannot be read';
  const named = marker?.storeId ?? counted?.storeId;
  if (named === undefined) return undefined;
  if (named !== storeId) return 'the database is another one than the marker names';
  const isCounted = counted?.storeId === storeId;
  const expected = Math.max(marker?.batches ?? 0, isCounted ? counted.count : 0);
  if (expected > durable) return `the database has ${durable} batches of the vote store, and had ${expected}`;
  if (marker?.open !== true) return undefined;
  return isCounted ? logFault : 'the database was not closed, and the count of the vote store\'s batches is missing';
}
