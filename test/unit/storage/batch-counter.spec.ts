import assert from 'node:assert/strict';
import type { CounterFile } from '../../../src/storage/batch-counter.js';
import { BatchCounter, MAX_UNCOUNTED_BATCHES } from '../../../src/storage/batch-counter.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import { SPACES } from '../../../src/storage/key-spaces.js';
import { SealedStore } from '../../../src/storage/sealed-store.js';
import { CHAIN, commit, hashOf, voteRecord } from './chain-fixture.js';

const STORE_ID = 'ab'.repeat(16);
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

/** A disk on which writes to the counter's file wait until they are let through. */
function slowFile(disk: MemoryDisk) {
  const file = disk.openCounter();
  const waiting: (() => void)[] = [];
  const state = { isSlow: false, failure: undefined as Error | undefined };
  const slow: CounterFile = {
    read: () => file.read(), sync: () => file.sync(), close: () => file.close(),
    write: async (bytes, offset) => {
      if (state.failure !== undefined) throw state.failure;
      if (state.isSlow) await new Promise<void>((resolve) => { waiting.push(resolve); });
      await file.write(bytes, offset);
    },
  };
  return { slow, state, letThrough: () => { waiting.splice(0).forEach((resume) => { resume(); }); } };
}

describe('the count of the vote store\'s batches (R10)', () => {
  it('is told after each batch, and outlives a power loss as far as it was synced', async () => {
    const disk = new MemoryDisk();
    const counter = new BatchCounter(disk.openCounter());
    assert.equal(await counter.read(), undefined);
    await counter.begin(STORE_ID, 7);
    for (let count = 8; count <= 20; count += 1) {
      assert.equal(counter.told(count), undefined);
      await settled();
      assert.deepEqual(await counter.read(), { storeId: STORE_ID, count });
    }
    disk.crash();
    assert.deepEqual(await new BatchCounter(disk.openCounter()).read(), { storeId: STORE_ID, count: 7 });
  });

  it('a batch waits while more than so many before it are not counted on the disk', async () => {
    const disk = new MemoryDisk();
    const { slow, state, letThrough } = slowFile(disk);
    const counter = new BatchCounter(slow);
    await counter.begin(STORE_ID, 0);
    state.isSlow = true;
    for (let count = 1; count < MAX_UNCOUNTED_BATCHES; count += 1) assert.equal(counter.told(count), undefined, `batch ${count}`);
    let waited = false;
    const waiting = counter.told(MAX_UNCOUNTED_BATCHES)?.then(() => { waited = true; }) ?? assert.fail('waits for nothing');
    await settled();
    assert.equal(waited, false);
    state.isSlow = false;
    letThrough();
    await waiting;
    disk.crash();
    const found = await new BatchCounter(disk.openCounter()).read();
    assert.ok(found !== undefined && found !== 'damaged' && found.count === MAX_UNCOUNTED_BATCHES, 'and what it waited for is durable');
  });

  it('where it cannot be written, nothing more is', async () => {
    const { slow, state } = slowFile(new MemoryDisk());
    const counter = new BatchCounter(slow);
    await counter.begin(STORE_ID, 0);
    state.failure = new Error('input/output error');
    void counter.told(1);
    await settled();
    assert.throws(() => counter.told(2), { code: 'write-failed', message: /count of batches could not be written: input\/output error/ });
  });

  it('a write that is torn leaves the count before it', async () => {
    const disk = new MemoryDisk();
    const counter = new BatchCounter(disk.openCounter());
    await counter.begin(STORE_ID, 5);
    void counter.told(6);
    await settled();
    const bytes = disk.counter;
    assert.ok(bytes);
    for (const place of [0, 4_096]) {
      disk.counter = bytes.map((byte, index) => (index >= place && index < place + 40 ? 0 : byte));
      const found = await new BatchCounter(disk.openCounter()).read();
      assert.ok(found !== undefined && found !== 'damaged' && [5, 6].includes(found.count));
      const next = new BatchCounter(disk.openCounter());
      await next.begin(STORE_ID, 9);
      disk.counter = disk.counter.map((byte, index) => (Math.floor(index / 4_096) === place / 4_096 ? 0 : byte));
      assert.deepEqual(await next.read(), found, 'begun in the place that was torn, not over the other');
    }
  });
});

describe('R10: a vote store cut or rolled back', () => {
  it('what is not synced is not counted: a power loss may undo it', async () => {
    const disk = new MemoryDisk();
    const store = await SealedStore.open(disk.open());
    const counter = new BatchCounter(disk.openCounter());
    await counter.begin(STORE_ID, store.durableCount);
    store.countWith(counter);
    const write = (stream: 'consensus' | 'state', sync: boolean): Promise<void> => store.write(stream, { sync }, () => [{ key: Uint8Array.of(SPACES.META), value: Uint8Array.of(1) }]);
    const expected = [[true, 1], [false, 1], [false, 1], [true, 4]] as const;
    for (const [sync, durable] of expected) {
      await write('consensus', sync);
      await write('state', sync);
      await settled();
      assert.deepEqual([store.durableCount, await counter.read()], [durable, { storeId: STORE_ID, count: durable }]);
    }
  });

  it('is noticed by the count alone, in whatever session', async () => {
    const disk = new MemoryDisk();
    const first = await openMemoryStore(disk, CHAIN);
    await first.consensus.commit([voteRecord(commit(1, hashOf('a')))]);
    await first.close();
    const store = await openMemoryStore(disk, CHAIN);
    assert.equal(store.voteStore, 'matches');
    const older = disk.snapshot();
    await store.consensus.commit([voteRecord(commit(9, hashOf('a')))]);
    await settled();
    [older.file, older.counter] = [disk.file, disk.counter];
    const cut = await openMemoryStore(older, CHAIN);
    assert.deepEqual([cut.voteStore, cut.voteStoreLoss], ['lost', 'the database has 4 batches of the vote store, and had 5']);
  });

  it('stays lost when it has as many batches again, and when the marker is deleted', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    const older = disk.snapshot();
    for (let slot = 0; slot < 3; slot += 1) await store.consensus.commit([voteRecord(commit(slot, hashOf('a')))]);
    await store.close();
    [older.file, older.counter] = [disk.file, disk.counter];
    for (let start = 0; start < 3; start += 1) {
      const again = await openMemoryStore(older, CHAIN);
      assert.equal(again.voteStore, 'lost', `start ${start}`);
      for (let slot = 0; slot < 5; slot += 1) await again.consensus.commit([voteRecord(commit(100 * start + slot, hashOf('b')))]);
      await again.close();
      if (start === 1) [older.file, older.counter] = [undefined, undefined];
    }
    const recovered = await openMemoryStore(older, CHAIN);
    await recovered.markVoteStoreRecovered();
    await recovered.close();
    assert.equal((await openMemoryStore(older, CHAIN)).voteStore, 'matches');
  });
});
