import assert from 'node:assert/strict';
import { assembleBlock } from '../../../src/codec/block.js';
import { SNAPSHOT_CHUNK_BYTES, wireLimits } from '../../../src/codec/limits.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { encodePut, keyValueApplication } from '../../../src/ledger/key-value.js';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { chunksOf, decodeChunk, type StateEntry } from '../../../src/ledger/state-chunks.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import type { Block } from '../../../src/types/block.js';
import type { Hash, Sequence } from '../../../src/types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';

const CHAIN = { chainId: ZERO_HASH, genesisTip: genesisTip(ZERO_HASH, 0), limits: wireLimits({ maxBlockBytes: 1 << 20, maxBlockTransactions: 1_000, maxTransactionBytes: 1 << 16 }, 4) };
const SENDER = toPublicKeyHex('5'.repeat(64));
const VALUE = 'v'.repeat(30_000);

function blockAt(sequence: number, puts: readonly (readonly [key: string, value: string])[]): Block {
  const transactions = puts.map(([key, value], index) => createTransaction(
    { chainId: ZERO_HASH, sender: SENDER, nonce: sequence * 100 + index, payload: encodePut(key, value) }, (message) => Buffer.concat([sha256(message), sha256(message)]),
  ));
  return assembleBlock({
    chainId: ZERO_HASH, epoch: toEpoch(0), view: toView(0), sequence: toSequence(sequence), slot: toSlot(sequence), parentSlot: toSlot(sequence - 1),
    parentHash: ZERO_HASH, timestampMs: sequence, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
  }, transactions);
}

const openOn = async (disk: MemoryDisk): Promise<Ledger> => Ledger.open((await openMemoryStore(disk, CHAIN)).state, keyValueApplication);
const wrongSnapshot = (error: unknown): boolean => error instanceof LedgerError && error.code === 'wrong-snapshot';

async function* given(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield await Promise.resolve(chunk);
}

interface Snapshot {
  readonly sequence: Sequence;
  readonly stateRoot: Hash;
  readonly entryCount: number;
  readonly chunks: readonly Uint8Array[];
}

async function snapshotOf(ledger: Ledger): Promise<Snapshot> {
  const { sequence, stateRoot, entries } = await ledger.export();
  const chunks: Uint8Array[] = [];
  let entryCount = 0;
  for await (const chunk of chunksOf(entries)) {
    chunks.push(chunk.bytes);
    entryCount += chunk.entryCount;
  }
  return { sequence, stateRoot, entryCount, chunks };
}

describe('ledger: snapshots (section 7)', () => {
  let source: Ledger;
  let snapshot: Snapshot;

  before(async () => {
    source = await openOn(new MemoryDisk());
    for (let sequence = 0; sequence < 10; sequence += 1) {
      await source.execute(blockAt(sequence, Array.from({ length: 10 }, (_, index) => [`key ${sequence} ${index}`, VALUE] as const)));
    }
    snapshot = await snapshotOf(source);
  });

  it('restored, the state has the same root, values and next nonces, and the next block leads both to the same', async () => {
    assert.ok(snapshot.chunks.length >= 3, 'there is more than one chunk');
    const ledger = await openOn(new MemoryDisk());
    await ledger.execute(blockAt(0, [['of another past', '1']]));
    await ledger.restore(snapshot, given(snapshot.chunks));
    assert.equal(ledger.executedSequence(), 9);
    assert.equal(await ledger.stateRoot(), snapshot.stateRoot);
    assert.equal((await ledger.account(SENDER)).nextNonce, (await source.account(SENDER)).nextNonce);
    assert.equal(Buffer.from(await ledger.query(Buffer.from('key 3 7')) ?? []).toString(), VALUE);
    assert.equal(await ledger.query(Buffer.from('of another past')), undefined);
    const next = blockAt(10, [['key 3 7', 'changed'], ['new', '1']]);
    await ledger.execute(next);
    const other = await openOn(new MemoryDisk());
    await other.restore(snapshot, given(snapshot.chunks));
    await other.execute(next);
    assert.equal(await ledger.stateRoot(), await other.stateRoot());
    assert.notEqual(await ledger.stateRoot(), snapshot.stateRoot);
    assert.deepEqual((await snapshotOf(ledger)).chunks, (await snapshotOf(other)).chunks, 'the same state gives the same chunks');
  });

  it('survives power loss as soon as it is restored', async () => {
    const disk = new MemoryDisk();
    await (await openOn(disk)).restore(snapshot, given(snapshot.chunks));
    disk.crash();
    const ledger = await openOn(disk);
    assert.equal(ledger.executedSequence(), 9);
    assert.equal(await ledger.stateRoot(), snapshot.stateRoot);
  });

  it('an export is of one block, whatever is executed meanwhile', async () => {
    const ledger = await openOn(new MemoryDisk());
    await ledger.execute(blockAt(0, [['a', '1'], ['b', '1']]));
    const { stateRoot, entries } = await ledger.export();
    await ledger.execute(blockAt(1, [['b', '2'], ['c', '1']]));
    const chunks: Uint8Array[] = [];
    let entryCount = 0;
    for await (const chunk of chunksOf(entries)) {
      chunks.push(chunk.bytes);
      entryCount += chunk.entryCount;
    }
    const copy = await openOn(new MemoryDisk());
    await copy.restore({ sequence: toSequence(0), stateRoot, entryCount }, given(chunks));
    assert.equal(Buffer.from(await copy.query(Buffer.from('b')) ?? []).toString(), '1');
  });

  it('the empty state is one empty chunk', async () => {
    const { chunks, stateRoot, entryCount } = await snapshotOf(await openOn(new MemoryDisk()));
    assert.deepEqual(chunks, [new Uint8Array(0)]);
    const ledger = await openOn(new MemoryDisk());
    await ledger.execute(blockAt(0, [['a', '1']]));
    await ledger.restore({ sequence: toSequence(3), stateRoot, entryCount }, given(chunks));
    assert.deepEqual([ledger.executedSequence(), await ledger.stateRoot(), await ledger.query(Buffer.from('a'))], [3, ZERO_HASH, undefined]);
  });

  const wrong: readonly (readonly [name: string, change: (chunks: readonly Uint8Array[]) => readonly Uint8Array[]])[] = [
    ['one chunk is missing', (chunks) => chunks.slice(1)],
    ['one byte of a value is another', (chunks) => chunks.map((chunk, index) => (index === 1 ? Uint8Array.from([...chunk.slice(0, -1), 0]) : chunk))],
    ['chunks come in another order', (chunks) => [...chunks].reverse()],
    ['a chunk comes twice', (chunks) => [...chunks.slice(0, 1), ...chunks]],
    ['a chunk is cut short', (chunks) => chunks.map((chunk) => chunk.slice(0, -1))],
    ['a key is none of the authenticated state', (chunks) => [...chunks, Uint8Array.of(0, 0, 0, 1, 0x04, 0, 0, 0, 0)]],
  ];
  for (const [name, change] of wrong) {
    it(`refuses it, and is empty, where ${name}`, async () => {
      const disk = new MemoryDisk();
      const ledger = await openOn(disk);
      await ledger.execute(blockAt(0, [['a', '1']]));
      await assert.rejects(ledger.restore(snapshot, given(change(snapshot.chunks))), wrongSnapshot);
      const look = async (empty: Ledger): Promise<void> => {
        assert.deepEqual([empty.executedSequence(), await empty.stateRoot(), await empty.query(Buffer.from('key 3 7'))], [-1, ZERO_HASH, undefined]);
      };
      await look(ledger);
      const reopened = await openOn(disk);
      await look(reopened);
      const block = blockAt(0, [['a', '1']]);
      const fresh = await openOn(new MemoryDisk());
      await Promise.all([reopened.execute(block), fresh.execute(block)]);
      assert.equal(await reopened.stateRoot(), await fresh.stateRoot(), 'nothing of it is left in the trie');
    });
  }

  for (const more of [1, -1]) {
    it(`refuses it, and is empty, where its manifest says ${more > 0 ? 'more' : 'fewer'} entries than its chunks have (B11)`, async () => {
      const ledger = await openOn(new MemoryDisk());
      await assert.rejects(ledger.restore({ ...snapshot, entryCount: snapshot.entryCount + more }, given(snapshot.chunks)), wrongSnapshot);
      assert.deepEqual([ledger.executedSequence(), await ledger.stateRoot()], [-1, ZERO_HASH]);
    });
  }

  it('where the power fails while it is taken in, or while that is cleared away, the state is empty', async () => {
    for (let crashAt = 1; ; crashAt += 1) {
      let syncs = 0;
      const disk = new MemoryDisk({ beforeSync: () => { syncs += 1; return undefined; } });
      const ledger = await openOn(disk);
      await ledger.execute(blockAt(0, [['a', '1']]));
      let writes = 0;
      const cut = async function* (): AsyncGenerator<Uint8Array> {
        for (const chunk of snapshot.chunks) {
          writes += 1;
          if (writes === crashAt) disk.crash('kept');
          yield await Promise.resolve(chunk);
        }
      };
      const restored = await ledger.restore(snapshot, cut()).then(() => true, () => false);
      const again = await openOn(disk);
      assert.ok(syncs > 0);
      if (restored) {
        assert.ok(crashAt > snapshot.chunks.length);
        return;
      }
      assert.deepEqual([again.executedSequence(), await again.stateRoot()], [-1, ZERO_HASH], `cut off at chunk ${crashAt}`);
      await again.execute(blockAt(0, [['a', '1']]));
      const fresh = await openOn(new MemoryDisk());
      await fresh.execute(blockAt(0, [['a', '1']]));
      assert.equal(await again.stateRoot(), await fresh.stateRoot());
    }
  });

  it('a start that is cut off while it clears half a state away is gone on with by the next (the mark goes last)', async () => {
    const disk = new MemoryDisk();
    const ledger = await openOn(disk);
    const stop = new Error('cut off');
    const half = async function* (): AsyncGenerator<Uint8Array> {
      for (const chunk of snapshot.chunks.slice(0, 2)) yield await Promise.resolve(chunk);
      disk.failWrites(stop);
    };
    await assert.rejects(ledger.restore(snapshot, half()));
    disk.failWrites(undefined);
    for (;;) {
      const { state } = await openMemoryStore(disk, CHAIN);
      let left = 1;
      const opened = await Ledger.open({
        get: (key) => state.get(key), getMany: (keys) => state.getMany(keys), iterate: (range) => state.iterate({ ...range, limit: Math.min(range.limit, 3) }),
        write: (changes, options) => {
          if (changes.length === 0) return Promise.resolve();
          if (left === 0) throw stop;
          left -= 1;
          return state.write(changes, options);
        },
      }, keyValueApplication).catch(() => undefined);
      if (opened === undefined) continue;
      assert.equal(await opened.stateRoot(), ZERO_HASH);
      for await (const [key] of state.iterate({ gte: new Uint8Array(0), lt: Uint8Array.of(0xff), limit: -1 })) assert.fail(`${Buffer.from(key).toString('hex')} is left`);
      return;
    }
  });

  it('what asks for state meanwhile is refused: half a state is none', async () => {
    const ledger = await openOn(new MemoryDisk());
    const asked: unknown[] = [];
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      for (const chunk of snapshot.chunks) {
        yield chunk;
        asked.push(await ledger.query(Buffer.from('key 3 7')).catch((error: unknown) => error), await ledger.account(SENDER).catch((error: unknown) => error));
      }
    };
    await ledger.restore(snapshot, watched());
    assert.ok(asked.length >= 2);
    for (const error of asked) assert.ok(error instanceof LedgerError && error.code === 'not-ready');
    assert.notEqual(await ledger.query(Buffer.from('key 3 7')), undefined);
  });

  it('chunks hold whole entries in order, each but the last of at least 1 MiB', () => {
    const entries: StateEntry[] = [];
    for (const [index, chunk] of snapshot.chunks.entries()) {
      if (index < snapshot.chunks.length - 1) assert.ok(chunk.byteLength >= SNAPSHOT_CHUNK_BYTES && chunk.byteLength < SNAPSHOT_CHUNK_BYTES + VALUE.length + 100);
      entries.push(...decodeChunk(chunk));
    }
    assert.equal(entries.length, 101, '100 keys and one account');
    for (const [index, [key]] of entries.entries()) {
      const before = entries[index - 1];
      assert.ok(before === undefined || Buffer.compare(before[0], key) < 0);
    }
  });
});
