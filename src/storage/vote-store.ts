import { randomBytes } from 'node:crypto';
import { metaKey } from './key-spaces.js';
import type { SealedStore } from './sealed-store.js';

/**
 * - `fresh`: this home has never had a vote store.
 * - `matches`: the vote store is the one this home's marker names.
 * - `lost`: the marker names another store, or one that had got further: votes were given that are not remembered, and
 *   the platform may only observe until R10 is satisfied.
 */
export type VoteStoreState = 'fresh' | 'matches' | 'lost';

/** The marker beside the key: one small file that outlives the database. */
export interface MarkerFile {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

interface Marker {
  readonly storeId: string;
  /** Batches the store had at the last open or clean close; it never has fewer unless it was rolled back. */
  readonly batches: number;
}

const STORE_ID = metaKey('vote-store-id');
const LOST = metaKey('vote-store-lost');

function parseMarker(text: string): Marker | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null || !('storeId' in content) || !('batches' in content)) return undefined;
  const { storeId, batches } = content;
  return typeof storeId === 'string' && typeof batches === 'number' ? { storeId, batches } : undefined;
}

/**
 * Notices that the votes this platform has given are gone (SPEC section 5, R10): a database that was deleted,
 * swapped, or put back from an older copy while the marker stayed. A restored machine snapshot restores the marker
 * too; against that only the peers' word helps, and `markLost` records it.
 */
export class VoteStore {
  readonly #store: SealedStore;
  readonly #file: MarkerFile;
  readonly #storeId: string;
  #state: VoteStoreState;

  private constructor(store: SealedStore, file: MarkerFile, storeId: string, state: VoteStoreState) {
    this.#store = store;
    this.#file = file;
    this.#storeId = storeId;
    this.#state = state;
  }

  /** @throws StorageError where the database or the marker cannot be read or written */
  static async open(store: SealedStore, file: MarkerFile): Promise<VoteStore> {
    const text = await file.read();
    const known = await store.get(STORE_ID);
    const markedLost = (await store.get(LOST)) !== undefined;
    // A marker that cannot be read proves that there was one.
    const marker = text === undefined ? undefined : parseMarker(text) ?? { storeId: 'unreadable', batches: 0 };
    const storeId = known === undefined ? randomBytes(16).toString('hex') : Buffer.from(known).toString('latin1');
    const matches = marker === undefined || (marker.storeId === storeId && marker.batches <= store.batchCount('consensus'));
    const state = markedLost || !matches ? 'lost' : known === undefined ? 'fresh' : 'matches';
    const voteStore = new VoteStore(store, file, storeId, state);
    if (known === undefined) {
      await store.write('consensus', { sync: true }, () => [{ key: STORE_ID, value: Buffer.from(storeId, 'latin1') }]);
    }
    await voteStore.refreshMarker();
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
    await this.refreshMarker();
  }

  /** Brings the marker up to date; while votes are lost it stays as it is, so that the next start sees it again. */
  async refreshMarker(): Promise<void> {
    if (this.#state === 'lost') return;
    const marker: Marker = { storeId: this.#storeId, batches: this.#store.batchCount('consensus') };
    await this.#file.write(`${JSON.stringify(marker)}\n`);
  }
}
