import { ByteReader } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';
import { sha256Hash } from '../crypto/hash.js';
import type { StateChange } from '../storage/stores.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import { LedgerError } from './ledger-error.js';
import { PENDING_RANGE, TRIE_PREFIX, pendingKey } from './state-keys.js';
import { Leaves } from './state-trie/leaves.js';
import type { StateProof } from './state-trie/proof.js';
import { LEAF_BYTES, writeLeaf } from './state-trie/subtree.js';
import { StateTrie } from './state-trie/trie.js';
import type { WriteBehind } from './write-behind.js';

/** What blocks changed, to be written in their batch. */
export interface ChangeNote {
  readonly change: { readonly key: Uint8Array; readonly value: Uint8Array };
  readonly sequence: Sequence;
}

/** Leaves taken into the trie in one batch: bounds the memory that an update takes. */
const MAX_UPDATES_PER_BATCH = 4_096;

/**
 * Keeps the root over the authenticated state. Executed blocks only note which leaves they changed; the trie takes
 * them in when a root is asked for, many blocks at once. A note is written in the blocks' own batch and deleted
 * in the batch that brings the trie up to date, so at every moment trie and notes together say what the state is.
 */
export class StateRoot {
  readonly #store: WriteBehind;
  readonly #trie: StateTrie;
  /** As they were written. */
  readonly #notes: ChangeNote[] = [];
  #pendingCount = 0;

  private constructor(store: WriteBehind, maxCachedPages: number | undefined) {
    this.#store = store;
    this.#trie = new StateTrie(store, { prefix: TRIE_PREFIX, ...(maxCachedPages === undefined ? {} : { maxCachedPages }) });
  }

  /** @throws LedgerError `damaged`; StorageError */
  static async open(store: WriteBehind, maxCachedPages?: number): Promise<StateRoot> {
    const root = new StateRoot(store, maxCachedPages);
    for await (const [key, value] of store.iterate({ ...PENDING_RANGE, limit: -1 })) {
      try {
        const sequence = toSequence(new ByteReader(key.subarray(1)).u64('sequence'));
        if (value.byteLength % LEAF_BYTES !== 0) throw new CodecError('bad-length', 'note', `must be a multiple of ${LEAF_BYTES} bytes, got ${value.byteLength}`);
        root.noteWritten({ change: { key, value }, sequence });
      } catch (error) {
        throw new LedgerError('damaged', 'a note of changed state cannot be decoded', error);
      }
    }
    return root;
  }

  /** Leaves that the trie does not show yet, one that changed several times counted as often. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** The note of what blocks up to this one changed since the last note; `noteWritten` follows once it is written. */
  noteOf(sequence: Sequence, changes: readonly StateChange[]): ChangeNote {
    // None of Node's pool: a small note would keep all of the pool's piece that it is in.
    const note = Buffer.allocUnsafeSlow(changes.length * LEAF_BYTES);
    for (const [index, { key, value }] of changes.entries()) writeLeaf(note, index * LEAF_BYTES, key, value);
    return { change: { key: pendingKey(sequence), value: note }, sequence };
  }

  noteWritten(note: ChangeNote): void {
    this.#notes.push(note);
    this.#pendingCount += note.change.value.byteLength / LEAF_BYTES;
  }

  /**
   * Takes all notes into the trie. What that changes may still be on its way to the disk when the promise resolves.
   * @throws StorageError; CodecError on a damaged page
   */
  async update(): Promise<void> {
    if (this.#notes.length === 0) return;
    const leaves = Leaves.latest(this.#notes.map(({ change }) => change.value));
    let start = 0;
    // Once at least: notes of blocks that changed nothing are to be deleted, too.
    do {
      const end = Math.min(start + MAX_UPDATES_PER_BATCH, leaves.count);
      const changes = await this.#trie.update(leaves.slice(start, end));
      // The notes go with the last batch only: after a crash in between all are taken in once more, to the same end.
      const done = end === leaves.count ? this.#notes.map(({ sequence }) => ({ key: pendingKey(sequence), value: undefined })) : [];
      await this.#store.writeBehind([...changes, ...done]);
      start = end;
    } while (start < leaves.count);
    this.#notes.length = 0;
    this.#pendingCount = 0;
  }

  /**
   * Works out the trie's changes for entries that are new to it, to be written together with them before anything else.
   * @throws CodecError on a damaged page
   */
  additions(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): Promise<readonly StateChange[]> {
    return this.#trie.update(Leaves.of(entries));
  }

  /** @throws StorageError; CodecError on a damaged page */
  async root(): Promise<Hash> {
    await this.update();
    await this.#store.settled();
    return this.#trie.root();
  }

  /** @param key as in the StateStore */
  async prove(key: Uint8Array): Promise<StateProof | undefined> {
    await this.update();
    return this.#trie.prove(sha256Hash(key));
  }
}
