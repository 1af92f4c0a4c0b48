import { ByteReader, ByteWriter } from '../codec/bytes.js';
import type { StateChange, StateStore } from '../storage/stores.js';
import type { Block } from '../types/block.js';
import type { Hash, PublicKeyHex, Sequence } from '../types/ids.js';
import { GENESIS_SEQUENCE, toSequence } from '../types/ids.js';
import type { SnapshotManifest } from '../types/snapshot.js';
import { Accounts } from './accounts.js';
import type { Application, Verdict } from './application.js';
import { executeBlocks } from './block-execution.js';
import { LedgerError } from './ledger-error.js';
import type { NonceVerdict } from './nonce-window.js';
import type { Receipt } from './receipt.js';
import { decodeReceipt, encodeReceipt } from './receipt.js';
import type { StateEntry } from './state-chunks.js';
import { decodeChunk } from './state-chunks.js';
import { AUTHENTICATED_RANGE, EXECUTED_KEY, RESTORING_KEY, WHOLE_RANGE, applicationKey, applicationRange, ofApplication, receiptKey } from './state-keys.js';
import { StateRoot } from './state-root.js';
import type { StateProof } from './state-trie/proof.js';
import { WriteBehind } from './write-behind.js';

/** Keys deleted in one batch. */
const MAX_DELETIONS = 1_024;

/** The trie is brought up to date early once this many leaves wait, so that no checkpoint has to wait for all of them. */
const MAX_PENDING_LEAVES = 4_096;
/**
 * While blocks wait to be executed more leaves may, since a page then takes in many at once, and the pages of a large
 * state are more bytes to write than all else. Their notes take 8 MB of memory.
 */
const MAX_PENDING_LEAVES_IN_HASTE = 131_072;

export interface Account {
  /** A nonce that is free, as of the last executed block. */
  readonly nextNonce: number;
  /** Whether a nonce could be used in the next block. */
  check(nonce: number): NonceVerdict;
}

/** The authenticated state after a block, as it stays whatever is executed meanwhile. */
export interface StateExport {
  readonly sequence: Sequence;
  readonly stateRoot: Hash;
  /** In order of their keys; to be gone through once, soon, and to the end. */
  readonly entries: AsyncIterable<StateEntry>;
}

/** Which of the application's entries are asked for. */
export interface EntryQuery {
  /** What their keys begin with; empty for all. */
  readonly prefix: Uint8Array;
  /** The key after which to go on. */
  readonly after: Uint8Array | undefined;
  readonly maxCount: number;
  /** Of keys and values together; the first entry is given whatever its size. */
  readonly maxBytes: number;
}

/** Some of the application's entries, in the order of their keys. */
export interface EntryPage {
  readonly entries: readonly StateEntry[];
  /** There are more after the last of these. */
  readonly hasMore: boolean;
}

interface LedgerParts {
  readonly store: WriteBehind;
  readonly application: Application;
  readonly maxCachedPages: number | undefined;
}

/** A value of the application with the proof of it; `key` is what the proof's leaf hashes. */
export interface ProvenValue {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly stateRoot: Hash;
  readonly sequence: Sequence;
  readonly proof: StateProof;
}

/** What a snapshot's manifest says of its state: nothing of it is believed before the chunks were counted and have the root. */
export type ClaimedState = Pick<SnapshotManifest, 'sequence' | 'stateRoot' | 'entryCount'>;

/**
 * Executes final blocks in order, deterministically, and answers queries (SPEC section 6). State, receipts and
 * executed height go into one batch (section 5), so a crash leaves either all of the blocks of a batch or nothing of them.
 * Calls that change something wait for one another.
 */
export class Ledger {
  readonly #store: WriteBehind;
  readonly #application: Application;
  readonly #maxCachedPages: number | undefined;
  readonly #accounts: Accounts;
  #root: StateRoot;
  #executed: Sequence;
  #restoring = false;
  #tail: Promise<unknown> = Promise.resolve();

  private constructor({ store, application, maxCachedPages }: LedgerParts, root: StateRoot, executed: Sequence) {
    this.#store = store;
    this.#application = application;
    this.#maxCachedPages = maxCachedPages;
    this.#accounts = new Accounts(store);
    this.#root = root;
    this.#executed = executed;
  }

  /**
   * @param maxCachedPages pages of the state trie kept in memory, about 2 KB each
   * @throws LedgerError `damaged`; StorageError
   */
  static async open(stateStore: StateStore, application: Application, maxCachedPages?: number): Promise<Ledger> {
    const store = new WriteBehind(stateStore);
    // The last process ended before a snapshot was whole: what is there of it is nothing.
    if (await store.get(RESTORING_KEY) !== undefined) await eraseRestored(store);
    const executed = await store.get(EXECUTED_KEY);
    const root = await StateRoot.open(store, maxCachedPages);
    return new Ledger({ store, application, maxCachedPages }, root, executed === undefined ? GENESIS_SEQUENCE : decodeExecuted(executed));
  }

  /** Sequence of the last executed block; −1 before the first. */
  executedSequence(): Sequence {
    return this.#executed;
  }

  /** Whether a payload is well-formed: part of a block's validity (SPEC section 6). */
  validateTransaction(payload: Uint8Array): Verdict {
    return this.#application.validateTransaction(payload);
  }

  /** `executeAll` for one block. */
  async execute(block: Block): Promise<readonly Receipt[]> {
    const [receipts = []] = await this.executeAll([block]);
    return receipts;
  }

  /**
   * Executes the next final blocks, all of them or, after a crash, none. Those that were executed already change
   * nothing, so blocks may be given again. The receipts are of each block, one per transaction: for a transaction that
   * an earlier block holds too, the stored receipt is another.
   * @param inHaste more blocks wait: what can be put off is, and the batch may still be on its way to the disk when the
   *   promise resolves. Should it not arrive, the next call fails
   * @throws LedgerError `out-of-order` where a block in between is missing; StorageError
   */
  executeAll(blocks: readonly Block[], inHaste = false): Promise<readonly (readonly Receipt[])[]> {
    return this.#inTurn(async () => {
      const executed = blocks.filter(({ header }) => header.sequence <= this.#executed);
      const earlier = await Promise.all(executed.map((block) => this.#receiptsOf(block)));
      const fresh = blocks.slice(executed.length);
      return fresh.length === 0 ? earlier : [...earlier, ...await this.#execute(fresh, inHaste)];
    });
  }

  /** The state root after `executedSequence()`, which CHECKPOINTs carry. @throws StorageError */
  stateRoot(): Promise<Hash> {
    return this.#inTurn(() => this.#root.root());
  }

  /** The application's answer. @throws LedgerError `not-ready`; StorageError */
  async query(key: Uint8Array): Promise<Uint8Array | undefined> {
    this.#requireState();
    return this.#application.query(key, { get: (own) => this.#store.get(applicationKey(own)) });
  }

  /** A page of the application's entries, as of the last executed block. @throws LedgerError `not-ready`; StorageError */
  async entries({ prefix, after, maxCount, maxBytes }: EntryQuery): Promise<EntryPage> {
    this.#requireState();
    const entries: StateEntry[] = [];
    let sizeBytes = 0;
    for await (const [stored, value] of this.#store.iterate({ ...applicationRange(prefix, after), limit: maxCount + 1 })) {
      const key = ofApplication(stored);
      sizeBytes += key.byteLength + value.byteLength;
      const isFull = entries.length === maxCount || (entries.length > 0 && sizeBytes > maxBytes);
      if (isFull) return { entries, hasMore: true };
      entries.push([key, value]);
    }
    return { entries, hasMore: false };
  }

  /** @throws LedgerError `damaged`, `not-ready`; StorageError */
  async account(publicKey: PublicKeyHex): Promise<Account> {
    this.#requireState();
    return this.#accounts.get(publicKey);
  }

  /** Whether an account can still use a nonce, without reading anything: undefined where it is not in memory. */
  checkNonce(publicKey: PublicKeyHex, nonce: number): NonceVerdict | undefined {
    return this.#restoring ? undefined : this.#accounts.check(publicKey, nonce);
  }

  /**
   * How a final transaction fared: the receipt of its success where it succeeded, else of its first failure.
   * @throws LedgerError `damaged`; StorageError
   */
  async receipt(transactionId: Hash): Promise<Receipt | undefined> {
    const value = await this.#store.get(receiptKey(transactionId));
    return value === undefined ? undefined : storedReceipt(transactionId, value);
  }

  /** A value of the application's state with its proof under the present root, for a light client. @throws StorageError */
  prove(key: Uint8Array): Promise<ProvenValue | undefined> {
    return this.#inTurn(async () => {
      const full = applicationKey(key);
      const value = await this.#store.get(full);
      const proof = value === undefined ? undefined : await this.#root.prove(full);
      if (value === undefined || proof === undefined) return undefined;
      return { key: full, value, stateRoot: await this.#root.root(), sequence: this.#executed, proof };
    });
  }

  /** What a snapshot is made of. @throws StorageError */
  export(): Promise<StateExport> {
    return this.#inTurn(async () => {
      const stateRoot = await this.#root.root();
      const entries = this.#store.iterate({ ...AUTHENTICATED_RANGE, limit: -1 })[Symbol.asyncIterator]();
      // The store fixes what is gone through at the first step, so it is taken before the next block is executed.
      const first = await entries.next();
      return { sequence: this.#executed, stateRoot, entries: continued(first, entries) };
    });
  }

  /**
   * Takes a snapshot's state in place of the own. Durable when it resolves; after a crash in between the state is empty,
   * and so it is where this throws. Receipts of earlier blocks are not part of a snapshot. Until it is over, what asks
   * for state is refused with `not-ready`: half a state is none.
   * @param chunks in order; what it throws comes through
   * @throws LedgerError `wrong-snapshot` where the chunks do not have this root, or not so many entries; StorageError
   */
  restore(claimed: ClaimedState, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    return this.#inTurn(async () => {
      this.#restoring = true;
      try {
        await this.#store.write([{ key: RESTORING_KEY, value: Uint8Array.of(1) }], { sync: true });
        await this.#forgetState();
        await this.#takeChunks(claimed, chunks);
      } catch (error) {
        await this.#forgetState();
        await eraseRestored(this.#store);
        throw error;
      } finally {
        this.#restoring = false;
      }
    });
  }

  async #forgetState(): Promise<void> {
    await eraseAllBut(this.#store, RESTORING_KEY);
    this.#accounts.forget();
    this.#root = await StateRoot.open(this.#store, this.#maxCachedPages);
    this.#executed = GENESIS_SEQUENCE;
  }

  #requireState(): void {
    if (this.#restoring) throw new LedgerError('not-ready', 'the state is being restored from a snapshot: ask again later');
  }

  async #takeChunks({ sequence, stateRoot, entryCount }: ClaimedState, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    let last: Uint8Array | undefined;
    let count = 0;
    for await (const chunk of chunks) {
      const entries = snapshotEntries(chunk, last);
      last = entries.at(-1)?.[0] ?? last;
      count += entries.length;
      if (count > entryCount) throw new LedgerError('wrong-snapshot', `the chunks of snapshot ${sequence} have more than the ${entryCount} entries that its manifest says`);
      await this.#store.write([...entries.map(([key, value]) => ({ key, value })), ...await this.#root.additions(entries)]);
    }
    if (count < entryCount) throw new LedgerError('wrong-snapshot', `the chunks of snapshot ${sequence} have ${count} entries, not the ${entryCount} that its manifest says`);
    const root = await this.#root.root();
    if (root !== stateRoot) throw new LedgerError('wrong-snapshot', `the chunks of snapshot ${sequence} have the root ${root}, not ${stateRoot}`);
    // Batches become durable in their order, so this one brings all before it to the disk.
    await this.#store.write([{ key: EXECUTED_KEY, value: encodeExecuted(sequence) }, { key: RESTORING_KEY, value: undefined }], { sync: true });
    this.#executed = sequence;
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(action);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  async #execute(blocks: readonly Block[], inHaste: boolean): Promise<readonly (readonly Receipt[])[]> {
    for (const [index, { header: { sequence } }] of blocks.entries()) {
      const due = this.#executed + 1 + index;
      if (sequence !== due) throw new LedgerError('out-of-order', `block ${sequence} cannot be executed after block ${due - 1}: give block ${due} first`);
    }
    const { receipts, changes, accounts } = await executeBlocks(blocks, this.#application, this.#store, this.#accounts);
    const last = toSequence(this.#executed + blocks.length);
    const note = this.#root.noteOf(last, changes);
    const batch = [...changes, ...await this.#newReceipts(receipts.flat()), note.change, { key: EXECUTED_KEY, value: encodeExecuted(last) }];
    await (inHaste ? this.#store.writeBehind(batch) : this.#store.write(batch));
    this.#root.noteWritten(note);
    this.#accounts.changed(accounts);
    this.#executed = last;
    if (this.#root.pendingCount >= (inHaste ? MAX_PENDING_LEAVES_IN_HASTE : MAX_PENDING_LEAVES)) await this.#root.update();
    return receipts;
  }

  /** Receipts to store: a failure does not replace what an earlier block (or an earlier place among these) said. */
  async #newReceipts(receipts: readonly Receipt[]): Promise<readonly StateChange[]> {
    const failures = receipts.filter(({ ok }) => !ok);
    // No transaction succeeds twice, as its nonce is used after the first time; one may after a failure that used none.
    if (failures.length === 0) return receipts.map(receiptChange);
    const earlier = await this.#store.getMany(failures.map(({ transactionId }) => receiptKey(transactionId)));
    const settled = new Set(failures.filter((_, index) => earlier[index] !== undefined).map(({ transactionId }) => transactionId));
    const kept = new Map<Hash, Receipt>();
    for (const receipt of receipts) {
      const isFirst = !settled.has(receipt.transactionId) && !kept.has(receipt.transactionId);
      if (receipt.ok || isFirst) kept.set(receipt.transactionId, receipt);
    }
    return [...kept.values()].map(receiptChange);
  }

  /** The stored receipts of an executed block, for transactions whose stored receipt is of this block. */
  async #receiptsOf(block: Block): Promise<readonly Receipt[]> {
    const values = await this.#store.getMany(block.transactions.map(({ id }) => receiptKey(id)));
    return block.transactions.flatMap(({ id }, index) => {
      const value = values[index];
      const receipt = value === undefined ? undefined : storedReceipt(id, value);
      return receipt?.sequence === block.header.sequence ? [receipt] : [];
    });
  }
}

/** What was taken in is nothing without its end; the mark that says so goes last. */
async function eraseRestored(store: StateStore): Promise<void> {
  await eraseAllBut(store, RESTORING_KEY);
  await store.write([{ key: RESTORING_KEY, value: undefined }]);
}

async function eraseAllBut(store: StateStore, kept: Uint8Array): Promise<void> {
  let gte: Uint8Array = WHOLE_RANGE.gte;
  for (;;) {
    const keys: Uint8Array[] = [];
    for await (const [key] of store.iterate({ gte, lt: WHOLE_RANGE.lt, limit: MAX_DELETIONS })) keys.push(key);
    const last = keys.at(-1);
    if (last === undefined) return;
    gte = Uint8Array.of(...last, 0);
    await store.write(keys.filter((key) => Buffer.compare(key, kept) !== 0).map((key) => ({ key, value: undefined })));
  }
}

async function* continued(first: IteratorResult<StateEntry>, rest: AsyncIterator<StateEntry>): AsyncGenerator<StateEntry> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** @throws LedgerError `wrong-snapshot` */
function snapshotEntries(chunk: Uint8Array, above: Uint8Array | undefined): StateEntry[] {
  let entries: StateEntry[];
  try {
    entries = decodeChunk(chunk);
  } catch (error) {
    throw new LedgerError('wrong-snapshot', 'a chunk of the snapshot cannot be decoded', error);
  }
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return entries;
  const isInOrder = above === undefined || Buffer.compare(above, first[0]) < 0;
  const isState = Buffer.compare(first[0], AUTHENTICATED_RANGE.gte) >= 0 && Buffer.compare(last[0], AUTHENTICATED_RANGE.lt) < 0;
  if (!isInOrder || !isState) throw new LedgerError('wrong-snapshot', 'a chunk of the snapshot holds keys that do not belong there');
  return entries;
}

function receiptChange(receipt: Receipt): StateChange {
  return { key: receiptKey(receipt.transactionId), value: encodeReceipt(receipt) };
}

function encodeExecuted(sequence: Sequence): Uint8Array {
  return new ByteWriter(8).u64('executed', sequence).finish();
}

function decodeExecuted(bytes: Uint8Array): Sequence {
  try {
    return toSequence(new ByteReader(bytes).u64('executed'));
  } catch (error) {
    throw new LedgerError('damaged', 'the executed height cannot be decoded', error);
  }
}

function storedReceipt(transactionId: Hash, value: Uint8Array): Receipt {
  try {
    return decodeReceipt(transactionId, value);
  } catch (error) {
    throw new LedgerError('damaged', `the receipt of transaction ${transactionId} cannot be decoded`, error);
  }
}
