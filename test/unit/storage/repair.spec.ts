import assert from 'node:assert/strict';
import { SPACES } from '../../../src/storage/key-spaces.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore, type PlatformStore } from '../../../src/storage/platform-store.js';
import type { BlockDamage } from '../../../src/storage/repairing-chain.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { toSequence } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { CHAIN, chainOf, finalRecord, slowCertificate } from './chain-fixture.js';

const COUNT = 6;
const DAMAGED = 3;

describe('storage: damaged final blocks are repaired, and nothing else', () => {
  const blocks = chainOf(COUNT);
  let disk: MemoryDisk;
  let store: PlatformStore;
  let asked: number[];
  let damages: BlockDamage[];

  beforeEach(async () => {
    disk = new MemoryDisk();
    store = await openMemoryStore(disk, CHAIN);
    for (const block of blocks) await store.consensus.commit([finalRecord(block)]);
    asked = [];
    damages = [];
  });

  /** The entry of block 3 in a key space; entries are in the order of the chain. */
  function damage(space: keyof typeof SPACES, how: 'flipped' | 'lost', sequence = DAMAGED): void {
    const entries = [...disk.entries].filter(([key]) => key.charCodeAt(0) === SPACES[space]).sort(([a], [b]) => (a < b ? -1 : 1));
    const [key, value] = entries[sequence] ?? assert.fail('no entry');
    disk.damage(key, how === 'lost' ? undefined : value.with(0, (value[0] ?? 0) ^ 1));
  }

  function repairFrom(copy: (sequence: number) => CommittedBlock | undefined): void {
    store.repairBlocksWith({
      source: (sequence) => {
        asked.push(sequence);
        return Promise.resolve(copy(sequence));
      },
      onDamage: (each) => damages.push(each),
    });
  }

  const original = (sequence: number): CommittedBlock | undefined => {
    const block = blocks[sequence];
    return block === undefined ? undefined : { block, certificate: slowCertificate(block) };
  };

  const readAll = () => store.blocks.range(toSequence(0), COUNT, Number.POSITIVE_INFINITY);
  const isCorrupt = (error: unknown): boolean => error instanceof StorageError && error.code === 'corrupt';

  for (const [space, how] of [['BLOCK', 'flipped'], ['BLOCK', 'lost'], ['SEQUENCE', 'flipped'], ['SEQUENCE', 'lost'], ['FINALITY', 'flipped']] as const) {
    it(`a ${how} entry of ${space} is fetched again, rewritten, and told of; the next read finds it whole`, async () => {
      damage(space, how);
      await assert.rejects(readAll(), isCorrupt, 'without a source it is only reported');
      repairFrom(original);
      assert.deepEqual((await readAll()).map(({ block }) => block), blocks);
      assert.deepEqual(asked, [DAMAGED]);
      assert.deepEqual(damages.map(({ sequence, repaired }) => ({ sequence, repaired })), [{ sequence: DAMAGED, repaired: true }]);
      const again = await openMemoryStore(disk, CHAIN);
      assert.deepEqual(await again.blocks.bySequence(toSequence(DAMAGED)), original(DAMAGED));
    });
  }

  it('several readers at once ask once', async () => {
    damage('BLOCK', 'flipped');
    repairFrom(original);
    await Promise.all([1, 2, 3].map(() => store.blocks.bySequence(toSequence(DAMAGED))));
    assert.deepEqual(asked, [DAMAGED]);
  });

  it('a copy of another block is not taken, and nobody having one is an error that says what to do', async () => {
    damage('BLOCK', 'flipped');
    for (const copy of [() => original(DAMAGED + 1), () => undefined]) {
      repairFrom(copy);
      await assert.rejects(readAll(), (error) => isCorrupt(error) && /key space BLOCK.*start again/.test(String(error)));
    }
    assert.deepEqual(damages.map(({ repaired }) => repaired), [false, false]);
    const again = await openMemoryStore(disk, CHAIN);
    await assert.rejects(again.blocks.bySequence(toSequence(DAMAGED)), isCorrupt);
  });

  it('two damaged neighbours are repaired where their index entries tell their hashes, not where these are gone, too', async () => {
    damage('BLOCK', 'lost', DAMAGED + 1);
    damage('BLOCK', 'lost', DAMAGED);
    repairFrom(original);
    assert.deepEqual((await readAll()).map(({ block }) => block), blocks);
    damage('SEQUENCE', 'flipped');
    damage('SEQUENCE', 'flipped', DAMAGED + 1);
    asked = [];
    await assert.rejects(store.blocks.bySequence(toSequence(DAMAGED)), isCorrupt);
    assert.deepEqual(asked, [], 'nobody is asked for a block of unknown hash');
  });

  it('damage of the state is not repaired but told', async () => {
    await store.state.write([{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
    repairFrom(original);
    damage('STATE', 'flipped', 0);
    await assert.rejects(store.state.get(Uint8Array.of(1)), isCorrupt);
    assert.deepEqual(asked, []);
  });
});
