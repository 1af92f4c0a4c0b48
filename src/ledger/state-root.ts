import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { sha256Hash } from '../crypto/hash.js';
import type { StateChange, StateStore } from '../storage/stores.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import { LedgerError } from './ledger-error.js';
import { PENDING_RANGE, TRIE_PREFIX, pendingKey } from './state-keys.js';
import type { StateProof } from './state-trie/proof.js';
import { EMPTY_HASH, HASH_BYTES, leafHash } from './state-trie/subtree.js';
import { StateTrie } from './state-trie/trie.js';

/** What blocks changed, to be written in their batch. */
export interface ChangeNote {
  readonly change: StateChange;
  readonly sequence: Sequence;
  /** By the hash of the key; undefined where the key is gone. */
  readonly leaves: ReadonlyMap<Hash, Hash | undefined>;
}

/** Leaves taken into the trie in one batch: bounds the memory that an update takes. */
const MAX_UPDATES_PER_BATCH = 4_096;

/**
 * Keeps the root over the authenticated state. Executed blocks only note which leaves they changed; the trie takes
 * them in when a root is asked for, many blocks at once. A note is written in the blocks' own batch and deleted
 * in the batch that brings the trie up to date, so at every moment trie and notes together say what the state is.
 */
export class StateRoot {
  readonly #store: StateStore;
  readonly #trie: StateTrie;
  readonly #pending = new Map<Hash, Hash | undefined>();
  readonly #noted: Sequence[] = [];

  private constructor(store: StateStore, maxCachedPages: number | undefined) {
    this.#store = store;
    this.#trie = new StateTrie(store, { prefix: TRIE_PREFIX, ...(maxCachedPages === undefined ? {} : { maxCachedPages }) });
  }

  /** @throws LedgerError `damaged`; StorageError */
  static async open(store: StateStore, maxCachedPages?: number): Promise<StateRoot> {
    const root = new StateRoot(store, maxCachedPages);
    for await (const [key, value] of store.iterate({ ...PENDING_RANGE, limit: -1 })) {
      try {
        const sequence = new ByteReader(key.subarray(1)).u64('sequence');
        root.#takeNote(toSequence(sequence), value);
      } catch (error) {
        throw new LedgerError('damaged', 'a note of changed state cannot be decoded', error);
      }
    }
    return root;
  }

  /** Leaves that the trie does not show yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** The note of what blocks up to this one changed since the last note; `noteWritten` follows once it is written. */
  noteOf(sequence: Sequence, changes: readonly StateChange[]): ChangeNote {
    const writer = new ByteWriter(changes.length * 2 * HASH_BYTES);
    const leaves = new Map<Hash, Hash | undefined>();
    for (const { key, value } of changes) {
      const keyHash = sha256Hash(key);
      const hash = value === undefined ? undefined : leafHash(keyHash, sha256Hash(value));
      writer.hex32(keyHash).hex32(hash ?? EMPTY_HASH);
      leaves.set(keyHash, hash);
    }
    return { change: { key: pendingKey(sequence), value: writer.finish() }, sequence, leaves };
  }

  noteWritten({ sequence, leaves }: ChangeNote): void {
    for (const [keyHash, hash] of leaves) this.#pending.set(keyHash, hash);
    this.#noted.push(sequence);
  }

  /** Takes all notes into the trie. @throws StorageError; CodecError on a damaged page */
  async update(): Promise<void> {
    const updates = [...this.#pending].map(([keyHash, hash]) => ({ keyHash, leafHash: hash })).sort((left, right) => (left.keyHash < right.keyHash ? -1 : 1));
    for (let start = 0; start < updates.length; start += MAX_UPDATES_PER_BATCH) {
      const batch = updates.slice(start, start + MAX_UPDATES_PER_BATCH);
      const isLast = start + MAX_UPDATES_PER_BATCH >= updates.length;
      const changes = await this.#trie.update(batch);
      // The notes go with the last batch only: after a crash in between all are taken in once more, to the same end.
      const done = isLast ? this.#noted.map((sequence) => ({ key: pendingKey(sequence), value: undefined })) : [];
      await this.#store.write([...changes, ...done]);
    }
    this.#pending.clear();
    this.#noted.length = 0;
  }

  /**
   * Works out the trie's changes for entries that are new to it, to be written together with them before anything else.
   * @throws CodecError on a damaged page
   */
  additions(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<readonly StateChange[]> {
    return this.#trie.update(entries.map(([key, value]) => {
      const keyHash = sha256Hash(key);
      return { keyHash, leafHash: leafHash(keyHash, sha256Hash(value)) };
    }));
  }

  /** @throws StorageError; CodecError on a damaged page */
  async root(): Promise<Hash> {
    await this.update();
    return this.#trie.root();
  }

  /** @param key as in the StateStore */
  async prove(key: Uint8Array): Promise<StateProof | undefined> {
    await this.update();
    return this.#trie.prove(sha256Hash(key));
  }

  #takeNote(sequence: Sequence, note: Uint8Array): void {
    const reader = new ByteReader(note);
    while (reader.remaining > 0) {
      const keyHash = reader.hash('keyHash');
      const hash = reader.hash('leafHash');
      this.#pending.set(keyHash, hash === EMPTY_HASH ? undefined : hash);
    }
    this.#noted.push(sequence);
  }
}
