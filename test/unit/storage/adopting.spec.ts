import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DurableRecord } from '../../../src/consensus/records.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { openMemoryStore, openPlatformStore } from '../../../src/storage/platform-store.js';
import { SnapshotDirectory } from '../../../src/storage/snapshot-archive.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import type { Block } from '../../../src/types/block.js';
import { toSequence } from '../../../src/types/ids.js';
import { CHAIN, chainOf, commit, finalRecord, prepare, proposalRecord, slowCertificate, voteRecord } from './chain-fixture.js';

const adoptedRecord = (block: Block): DurableRecord => ({ ...finalRecord(block), type: 'adopted' } as DurableRecord);
const at = <T>(items: readonly T[], index: number): T => {
  const item = items[index];
  assert.ok(item !== undefined);
  return item;
};
const open = async (disk: MemoryDisk): Promise<PlatformStore> => {
  const store = await openMemoryStore(disk, CHAIN);
  await store.consensus.load();
  return store;
};
const held = async (store: PlatformStore): Promise<number[]> => {
  const found: number[] = [];
  for (let sequence = 0; sequence <= store.blocks.finalSequence() + 1; sequence += 1) {
    if (await store.blocks.bySequence(toSequence(sequence)) !== undefined) found.push(sequence);
  }
  return found;
};

describe('storage: a chain that begins anew (section 7, Snapshots)', () => {
  const blocks = chainOf(700);

  it('begins at the adopted block, goes on from there, and is so after a restart', async () => {
    const disk = new MemoryDisk();
    let store = await open(disk);
    await store.consensus.commit([0, 1, 2].map((sequence) => finalRecord(at(blocks, sequence))));
    await store.consensus.commit([adoptedRecord(at(blocks, 10)), finalRecord(at(blocks, 11))]);
    await store.consensus.commit([finalRecord(at(blocks, 12))]);
    for (const when of ['now', 'after a restart']) {
      assert.deepEqual([store.blocks.firstSequence(), store.blocks.finalSequence()], [10, 12], when);
      assert.deepEqual(await held(store), [10, 11, 12], `what lies below is not shown ${when}`);
      assert.deepEqual(await store.blocks.range(toSequence(2), 5, 1_000_000), []);
      assert.equal(await store.blocks.byHash(at(blocks, 1).hash), undefined);
      disk.crash();
      store = await openMemoryStore(disk, CHAIN);
      assert.equal((await store.consensus.load()).finalTip.hash, at(blocks, 12).hash);
    }
    while (await store.blocks.prune(toSequence(10))) continue;
    assert.deepEqual(await held(store), [10, 11, 12]);
    for (const sequence of [0, 1, 2]) assert.ok(![...disk.entries.keys()].some((key) => key.includes(Buffer.from(at(blocks, sequence).hash, 'hex').toString('latin1'))), 'and is gone once pruned');
  });

  it('adopts nothing at or below the final block, and nothing that does not follow is taken as final', async () => {
    for (const record of [adoptedRecord(at(blocks, 2)), adoptedRecord(at(blocks, 1)), finalRecord(at(blocks, 5))]) {
      const store = await open(new MemoryDisk());
      await store.consensus.commit([0, 1, 2].map((sequence) => finalRecord(at(blocks, sequence))));
      await assert.rejects(store.consensus.commit([record]), (error: unknown) => error instanceof StorageError && error.code === 'conflict');
    }
  });

  it('section 5: after the jump no vote is added far below; those near it are compared as ever; rubbish goes by and by', async () => {
    const disk = new MemoryDisk();
    let store = await open(disk);
    const votes = Array.from({ length: 400 }, (_, slot) => voteRecord(prepare(slot, at(blocks, slot).hash)));
    await store.consensus.commit([...[1, 2, 3].map((slot) => proposalRecord(at(blocks, slot))), ...votes]);
    const before = disk.entries.size;
    await store.consensus.commit([adoptedRecord(at(blocks, 300))]);
    await assert.rejects(store.consensus.commit([voteRecord(commit(20, at(blocks, 20).hash))]), (error: unknown) => error instanceof StorageError && error.code === 'conflict');
    disk.crash();
    store = await openMemoryStore(disk, CHAIN);
    assert.equal((await store.consensus.load()).votes.length, 99, 'votes above the final slot come back');
    for (let sequence = 301; sequence < 310; sequence += 1) await store.consensus.commit([finalRecord(at(blocks, sequence))]);
    assert.ok(disk.entries.size < before - 100, `${disk.entries.size} of ${before} entries`);
    await assert.rejects(store.consensus.commit([voteRecord(prepare(350, at(blocks, 351).hash))]), 'a second first vote');
  });

  it('deletes a bounded number of blocks at a time, keeps the final one, and does not serve what is gone', async () => {
    const disk = new MemoryDisk();
    let store = await open(disk);
    await store.consensus.commit(blocks.map((block) => finalRecord(block)));
    assert.equal(await store.blocks.prune(toSequence(600)), true);
    assert.equal(store.blocks.firstSequence(), 256);
    disk.crash('kept');
    store = await open(disk);
    let rounds = 0;
    while (await store.blocks.prune(toSequence(600))) rounds += 1;
    assert.ok(rounds >= 1);
    assert.deepEqual([store.blocks.firstSequence(), at(await held(store), 0), (await held(store)).length], [600, 600, 100]);
    while (await store.blocks.prune(toSequence(5_000))) continue;
    assert.deepEqual(await held(store), [699]);
    const entries = disk.entries.size;
    assert.equal(await store.blocks.prune(toSequence(5_000)), false);
    assert.equal(disk.entries.size, entries);
    await store.consensus.commit([]);
    await store.close();
    assert.deepEqual(await held(await open(disk)), [699]);
  });

  it('pruned while it was being read, a range is empty, not damaged', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.consensus.commit(blocks.slice(0, 300).map((block) => finalRecord(block)));
    const reads = Array.from({ length: 20 }, (_, index) => store.blocks.range(toSequence(index * 10), 50, 10_000_000));
    const pruned = store.blocks.prune(toSequence(290));
    for (const found of await Promise.all(reads)) assert.ok(found.length === 0 || found.length === 50);
    await pruned;
    assert.deepEqual(await store.blocks.range(toSequence(0), 50, 10_000_000), []);
  });

  it('pruning and adoption at the same time agree on where the chain begins, on disk as well', async () => {
    const disk = new MemoryDisk();
    const store = await open(disk);
    await store.consensus.commit(blocks.slice(0, 300).map((block) => finalRecord(block)));
    await Promise.all([store.consensus.commit([adoptedRecord(at(blocks, 500))]), store.blocks.prune(toSequence(200))]);
    assert.equal(store.blocks.firstSequence(), 500);
    await store.close();
    assert.equal((await open(disk)).blocks.firstSequence(), 500);
  });

  it('all of it on LevelDB', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fb-pbft-adopt-'));
    try {
      let store = await openPlatformStore(home, CHAIN);
      await store.consensus.load();
      await store.consensus.commit(blocks.slice(0, 300).map((block) => finalRecord(block)));
      await store.blocks.prune(toSequence(100));
      await store.consensus.commit([adoptedRecord(at(blocks, 400)), finalRecord(at(blocks, 401))]);
      await store.close();
      store = await openPlatformStore(home, CHAIN);
      await store.consensus.load();
      assert.deepEqual(await held(store), [400, 401]);
      assert.deepEqual((await store.blocks.bySequence(toSequence(400)))?.certificate, slowCertificate(at(blocks, 400)));
      await store.close();
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

describe('snapshots as files', () => {
  let home: string;
  const archive = (): SnapshotDirectory => new SnapshotDirectory(home);
  const [one, two] = [toSequence(10), toSequence(20)];

  beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'fb-pbft-archive-')); });
  afterEach(() => rm(home, { recursive: true }));

  it('shows a snapshot only once it is published, and it stays', async () => {
    assert.deepEqual(await archive().list(), []);
    await archive().begin('made', one);
    await archive().writeChunk('made', one, 0, Uint8Array.of(1, 2));
    assert.deepEqual([await archive().list(), await archive().chunk(one, 0)], [[], undefined]);
    await archive().publish('made', one, 'manifest');
    assert.deepEqual([await archive().list(), await archive().manifest(one)], [[10], 'manifest']);
    assert.deepEqual(new Uint8Array(await archive().chunk(one, 0) ?? []), Uint8Array.of(1, 2));
    assert.equal(await archive().chunk(one, 1), undefined);
    assert.equal(await archive().chunk(two, 0), undefined);
    await archive().remove(one);
    assert.deepEqual(await archive().list(), []);
  });

  it('of what is made anew nothing of before stays; of what is fetched all does, for the same sequence', async () => {
    for (const draft of ['made', 'fetched'] as const) {
      await archive().begin(draft, one);
      await archive().writeChunk(draft, one, 0, Uint8Array.of(1));
      await archive().begin(draft, one);
    }
    assert.equal(await archive().chunk(one, 0, 'made'), undefined);
    assert.deepEqual(new Uint8Array(await archive().chunk(one, 0, 'fetched') ?? []), Uint8Array.of(1));
    await archive().begin('fetched', two);
    assert.equal(await archive().chunk(one, 0, 'fetched'), undefined);
    assert.deepEqual((await readdir(join(home, 'snapshots'))).sort(), ['10.made', '20.fetched']);
  });

  it('says where it cannot write', async () => {
    await assert.rejects(archive().writeChunk('made', one, 0, new Uint8Array(1)), (error: unknown) => error instanceof StorageError && error.code === 'write-failed');
  });
});
