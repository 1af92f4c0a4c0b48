import assert from 'node:assert/strict';
import { SPACES } from '../../../src/storage/key-spaces.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore, type PlatformStore } from '../../../src/storage/platform-store.js';
import type { BlockDamage } from '../../../src/storage/repairing-chain.js';
import { SealedStore } from '../../../src/storage/sealed-store.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { toSequence } from '../../../src/types/ids.js';
import { CHAIN, blockAt, chainOf, commit, finalRecord, prepare, proposalRecord, slowCertificate, voteRecord } from './chain-fixture.js';

const COUNT = 6;
const NEWEST = COUNT - 1;
type Space = keyof typeof SPACES;

describe('storage: a damaged newest final block (sections 5 and 7)', () => {
  const blocks = chainOf(COUNT + 2);
  const [next, afterNext] = [blocks[COUNT]!, blocks[COUNT + 1]!];
  let disk: MemoryDisk;

  /** Blocks 0 to 5 are final; own votes in their slots and one above. `uncertified` ones are final through the next. */
  async function fill(uncertified: readonly number[] = []): Promise<void> {
    disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    for (const block of blocks.slice(0, COUNT)) {
      const { slot } = block.header;
      await store.consensus.commit([proposalRecord(block), voteRecord(prepare(slot, block.hash))]);
    }
    await store.consensus.commit([proposalRecord(next), voteRecord(prepare(COUNT, next.hash)), voteRecord(commit(NEWEST, blocks[NEWEST]!.hash))]);
    await store.consensus.commit(blocks.slice(0, COUNT).map((block, sequence) => finalRecord(block, { certified: !uncertified.includes(sequence) })));
    await store.close();
  }

  function entriesOf(space: Space): (readonly [string, Uint8Array])[] {
    return [...disk.entries].filter(([key]) => key.charCodeAt(0) === SPACES[space]).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  function damage(space: Space, how: 'flipped' | 'lost', sequence = NEWEST): void {
    const [key, value] = entriesOf(space)[sequence] ?? assert.fail('no entry');
    disk.damage(key, how === 'lost' ? undefined : value.with(0, (value[0] ?? 0) ^ 1));
  }

  const open = (): Promise<PlatformStore> => openMemoryStore(disk, CHAIN);
  const isCorrupt = (error: unknown): boolean => error instanceof StorageError && error.code === 'corrupt';
  const isConflict = (error: unknown): boolean => error instanceof StorageError && error.code === 'conflict';

  beforeEach(() => fill());

  for (const [space, how] of [['BLOCK', 'flipped'], ['BLOCK', 'lost'], ['SEQUENCE', 'flipped'], ['SEQUENCE', 'lost'], ['FINALITY', 'flipped'], ['FINALITY', 'lost']] as const) {
    it(`a ${how} entry of ${space}: starts from the block before, signs nothing up to the damaged one, and has it again once it comes`, async () => {
      damage(space, how);
      const store = await open();
      const told: BlockDamage[] = [];
      store.repairBlocksWith({ source: () => assert.fail('it comes with catching up'), onDamage: (each) => told.push(each) });
      assert.deepEqual([store.newestDamage?.sequence, store.newestDamage?.wholeSequence], [NEWEST, NEWEST - 1]);
      assert.match(store.newestDamage?.detail ?? '', new RegExp(`^[^.]*${space}[^.]*$`), 'what is damaged, without the advice for what cannot be repaired');
      const state = await store.consensus.load();
      assert.deepEqual([state.finalTip.sequence, state.finalTip.hash, state.floorSlot], [NEWEST - 1, blocks[NEWEST - 1]!.hash, NEWEST]);
      assert.equal(store.blocks.finalSequence(), NEWEST - 1);
      assert.equal(await store.blocks.bySequence(toSequence(NEWEST)), undefined);
      assert.deepEqual(state.votes, [prepare(NEWEST, blocks[NEWEST]!.hash), commit(NEWEST, blocks[NEWEST]!.hash), prepare(COUNT, next.hash)], 'own votes are all known, those to be repeated included');

      await store.consensus.commit([voteRecord(commit(COUNT, next.hash))]);
      assert.equal(store.blocks.finalSequence(), NEWEST - 1, 'another write does not make it readable');
      await store.consensus.commit([finalRecord(blocks[NEWEST]!)]);
      assert.equal(store.blocks.finalSequence(), NEWEST);
      assert.deepEqual(told.map(({ sequence, repaired }) => ({ sequence, repaired })), [{ sequence: NEWEST, repaired: true }]);
      assert.equal(store.newestDamage, undefined);
      await store.consensus.commit([finalRecord(next), finalRecord(afterNext)]);
      await store.close();

      const again = await open();
      assert.equal(again.newestDamage, undefined);
      assert.equal((await again.consensus.load()).finalTip.hash, afterNext.hash);
      for (const block of blocks) assert.deepEqual(await again.blocks.byHash(block.hash), { block, certificate: slowCertificate(block) });
    });
  }

  for (const how of ['flipped', 'lost'] as const) {
    it(`a ${how} index by hash neither keeps it from starting nor makes its body one that lost its slot`, async () => {
      disk = new MemoryDisk();
      let store = await open();
      const first = blocks[0]!;
      const losers = Array.from({ length: 70 }, (_, index) => proposalRecord(blockAt({ sequence: 1, slot: 1 + index, parent: first.hash, salt: 1 })));
      const last = blockAt({ sequence: 1, slot: 80, parent: first.hash });
      await store.consensus.commit([...losers, proposalRecord(last), finalRecord(first), finalRecord(last)]);
      assert.ok(entriesOf('PROPOSAL').length > 0, 'not all is deleted yet');
      await store.close();
      for (const [key, value] of entriesOf('HASH')) disk.damage(key, how === 'lost' ? undefined : value.with(0, 1));
      store = await open();
      for (let slot = 100; slot < 103; slot += 1) await store.consensus.commit([voteRecord(commit(slot, next.hash))]);
      assert.equal(entriesOf('PROPOSAL').length, 0);
      assert.deepEqual((await store.blocks.bySequence(toSequence(1)))?.block, last);
    });
  }

  it('another block in its place is a fork, and nothing of it is written', async () => {
    for (const other of [blockAt({ sequence: NEWEST, slot: NEWEST, parent: blocks[NEWEST - 1]!.hash, salt: 3 }), blockAt({ sequence: NEWEST, slot: NEWEST, parent: blocks[0]!.hash })]) {
      await fill();
      damage('BLOCK', 'flipped');
      const before = new Map(disk.entries);
      const store = await open();
      await assert.rejects(store.consensus.commit([finalRecord(other)]), isConflict);
      assert.deepEqual(new Map([...disk.entries].filter(([key]) => key.charCodeAt(0) === SPACES.BLOCK)), new Map([...before].filter(([key]) => key.charCodeAt(0) === SPACES.BLOCK)));
    }
  });

  it('starts from one with its own certificate, and blocks between come again with the newest', async () => {
    await fill([2, 3, 4]);
    damage('BLOCK', 'flipped');
    let store = await open();
    assert.deepEqual([store.newestDamage?.sequence, store.newestDamage?.wholeSequence], [NEWEST, 1]);
    damage('BLOCK', 'lost', 3);
    await store.consensus.commit([finalRecord(blocks[2]!)]);
    await store.close();
    store = await open();
    assert.equal(store.newestDamage?.wholeSequence, 2, 'a crash half-way keeps what has come');
    await store.consensus.commit([3, 4, 5, 6].map((sequence) => finalRecord(blocks[sequence]!)));
    assert.equal(store.blocks.finalSequence(), COUNT);
    assert.deepEqual((await store.blocks.range(toSequence(0), 10, 1e9)).map(({ block }) => block), blocks.slice(0, COUNT + 1));
  });

  it('all of a short chain damaged: starts from genesis', async () => {
    for (let sequence = 0; sequence < COUNT; sequence += 1) damage('BLOCK', 'flipped', sequence);
    const store = await open();
    const { finalTip, floorSlot } = await store.consensus.load();
    assert.deepEqual([finalTip, floorSlot], [CHAIN.genesisTip, NEWEST]);
    await store.consensus.commit(blocks.map((block) => finalRecord(block)));
    assert.equal(store.blocks.finalSequence(), COUNT + 1);
  });

  it('where others have pruned it, a snapshot takes its place', async () => {
    damage('BLOCK', 'flipped');
    damage('BLOCK', 'flipped', NEWEST - 1);
    for (const sequence of [NEWEST - 1, NEWEST, NEWEST + 1]) {
      const copy = disk.snapshot();
      const store = await openMemoryStore(copy, CHAIN);
      assert.equal(store.newestDamage?.wholeSequence, NEWEST - 2);
      const block = blocks[sequence]!;
      const { epoch, slot, sequence: number } = block.header;
      await store.consensus.commit([{ type: 'adopted', epoch, slot, sequence: number, block, certificate: slowCertificate(block) }]);
      await store.consensus.commit(blocks.slice(sequence + 1).map((each) => finalRecord(each)));
      await store.close();
      const again = await openMemoryStore(copy, CHAIN);
      assert.deepEqual([again.blocks.firstSequence(), again.blocks.finalSequence(), again.newestDamage], [sequence, COUNT + 1, undefined]);
    }
  });

  it('what decides how far it has voted is not repaired: META, votes, own proposals and their bodies', async () => {
    for (const space of ['META', 'VOTE'] as const) {
      await fill();
      const [key, value] = entriesOf(space).find(([each]) => space === 'VOTE' || each.endsWith('final-tip')) ?? assert.fail('no entry');
      disk.damage(key, value.with(0, (value[0] ?? 0) ^ 1));
      await assert.rejects(open(), isCorrupt);
    }
    await fill();
    damage('BLOCK', 'lost', COUNT);
    await assert.rejects(open(), isCorrupt, 'the body of a proposal above final that it has voted for');
  });

  it('an index that names another block as the newest is a contradiction, not damage', async () => {
    const [key] = entriesOf('SEQUENCE')[NEWEST]!;
    const store = await SealedStore.open(disk.open());
    const other = await store.get(Uint8Array.from(Buffer.from(entriesOf('SEQUENCE')[NEWEST - 1]![0], 'latin1')));
    await store.write('state', { sync: true }, () => [{ key: Uint8Array.from(Buffer.from(key, 'latin1')), value: other }]);
    await assert.rejects(open(), (error) => isCorrupt(error) && /disagree/.test(String(error)));
  });

  it('while running, the newest of which the index entry is damaged is fetched by the hash that META tells', async () => {
    const store = await open();
    damage('SEQUENCE', 'flipped');
    store.repairBlocksWith({ source: (sequence, hash) => Promise.resolve(blocks[sequence]?.hash === hash ? { block: blocks[sequence], certificate: undefined } : undefined), onDamage: () => undefined });
    assert.deepEqual((await store.blocks.bySequence(toSequence(NEWEST)))?.block, blocks[NEWEST]);
  });
});
