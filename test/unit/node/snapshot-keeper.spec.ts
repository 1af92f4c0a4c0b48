import assert from 'node:assert/strict';
import { wireLimits } from '../../../src/codec/limits.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { StateExport } from '../../../src/ledger/ledger.js';
import type { StateEntry } from '../../../src/ledger/state-chunks.js';
import { SnapshotKeeper, type SnapshotKeeperOptions } from '../../../src/node/snapshot-keeper.js';
import { toMemberIndex, toSequence, type Hash } from '../../../src/types/ids.js';
import type { Checkpoint } from '../../../src/types/messages.js';
import type { SnapshotManifest } from '../../../src/types/snapshot.js';
import { MemorySnapshotArchive } from '../../simulation/memory-archive.js';
import { chainOf, EPOCH, hashOf, MemoryBlockStore } from '../sync/fake-chain.js';

const INTERVAL = 10;
const rootAt = (sequence: number): Hash => hashOf(`root ${sequence}`);
const proofOf = (sequence: number): Checkpoint[] => [0, 1, 2].map((signer) => ({
  type: 'CHECKPOINT', epoch: EPOCH, sequence: toSequence(sequence), signer: toMemberIndex(signer), stateRoot: rootAt(sequence), signature: new Uint8Array(64).fill(signer),
}));

class Keeping {
  readonly archive = new MemorySnapshotArchive();
  readonly blocks = new MemoryBlockStore(chainOf(0));
  readonly made: SnapshotManifest[] = [];
  readonly failures: Error[] = [];
  readonly pruned: number[] = [];
  keeper!: SnapshotKeeper;
  #executed = -1;

  async open(options: Partial<SnapshotKeeperOptions> = {}): Promise<this> {
    this.blocks.prune = (below) => {
      this.pruned.push(below);
      return Promise.resolve(false);
    };
    this.keeper = await SnapshotKeeper.open({
      archive: this.archive, blocks: this.blocks, keepBlocks: undefined, intervalBlocks: INTERVAL, limits: wireLimits({ maxBlockBytes: 1_000_000, maxBlockTransactions: 1_000, maxTransactionBytes: 10_000 }, 4),
      ledger: { export: () => Promise.resolve(this.#export()) },
      made: (manifest) => { this.made.push(manifest); },
      failed: (error) => { this.failures.push(error); },
      ...options,
    });
    return this;
  }

  #export(): StateExport {
    const sequence = toSequence(this.#executed);
    async function* entries(): AsyncGenerator<StateEntry> {
      yield await Promise.resolve([Uint8Array.of(1), Buffer.from(`state ${sequence}`)] as const);
    }
    return { sequence, stateRoot: rootAt(sequence), entries: entries() };
  }

  /** Executes up to a block, the chain being `ahead` blocks further. */
  async executeTo(sequence: number, ahead = 0): Promise<void> {
    for (this.#executed += 1; ; this.#executed += 1) {
      const { chain } = this.blocks;
      if (chain.length <= this.#executed + ahead) this.blocks.chain.push(...chainOf(sequence + ahead + 1).slice(chain.length));
      this.keeper.executed(toSequence(this.#executed));
      await this.settle();
      if (this.#executed === sequence) return;
    }
  }

  stable(sequence: number, stateRoot = rootAt(sequence)): Promise<void> {
    this.keeper.checkpointStable(toSequence(sequence), stateRoot, proofOf(sequence));
    return this.settle();
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('snapshots of a platform (section 7, Snapshots)', () => {
  it('are made at the interval, and offered only once a quorum certifies the same root', async () => {
    const keeping = await new Keeping().open();
    await keeping.executeTo(12);
    assert.deepEqual([keeping.keeper.sequence, await keeping.keeper.offer(), keeping.made], [undefined, undefined, []]);
    await keeping.stable(10, rootAt(99));
    assert.equal(keeping.keeper.sequence, undefined, 'another root');
    await keeping.stable(10);
    const offer = await keeping.keeper.offer();
    assert.deepEqual([keeping.keeper.sequence, offer?.manifest.sequence, offer?.manifest.stateRoot, offer?.manifest.entryCount], [10, 10, rootAt(10), 1]);
    assert.deepEqual(offer?.checkpoints, proofOf(10));
    assert.deepEqual(offer.blocks.map(({ block }) => block.header.sequence), [10], 'up to the first that is certified');
    const chunk = await keeping.keeper.chunk(toSequence(10), 0);
    assert.ok(chunk !== undefined);
    assert.deepEqual(offer.manifest.chunkHashes, [sha256Hash(chunk)]);
    assert.equal(offer.manifest.sizeBytes, chunk.byteLength);
  });

  it('the certificate may come before the state is written, or before it is executed', async () => {
    const keeping = await new Keeping().open();
    await keeping.executeTo(9, 5);
    await keeping.stable(10);
    await keeping.executeTo(10, 5);
    assert.equal(keeping.keeper.sequence, 10);
  });

  it('the newest is offered, also after a restart, and of older ones one stays for whoever is fetching it', async () => {
    const keeping = await new Keeping().open();
    for (const sequence of [10, 20, 30]) {
      await keeping.executeTo(sequence);
      await keeping.stable(sequence);
    }
    assert.deepEqual([keeping.keeper.sequence, await keeping.archive.list()], [30, [20, 30]]);
    await keeping.open();
    assert.deepEqual([keeping.keeper.sequence, (await keeping.keeper.offer())?.checkpoints], [30, proofOf(30)]);
  });

  it('an older one stays for as long as somebody goes on fetching it, and no more than two of them', async () => {
    const keeping = await new Keeping().open();
    const next = async (sequence: number, ...asked: readonly number[]): Promise<readonly number[]> => {
      await keeping.executeTo(sequence);
      await keeping.stable(sequence);
      for (const each of asked) await keeping.keeper.chunk(toSequence(each), 0);
      assert.equal(await keeping.keeper.chunk(toSequence(sequence + 1), 0), undefined);
      return keeping.archive.list();
    };
    await next(10, 10);
    await next(20, 10);
    assert.deepEqual(await next(30, 10, 20), [10, 20, 30]);
    assert.deepEqual(await next(40, 10, 20, 30), [10, 20, 30, 40]);
    assert.deepEqual(await next(50, 20), [20, 30, 40, 50]);
    assert.deepEqual(await next(60), [20, 50, 60]);
    assert.deepEqual(await next(70), [60, 70]);
  });

  it('one that is being published is whole before the next one is begun', async () => {
    const keeping = await new Keeping().open();
    const publish = keeping.archive.publish.bind(keeping.archive);
    let isOnDisk = (): void => undefined;
    keeping.archive.publish = async (...parts) => {
      await new Promise<void>((resolve) => { isOnDisk = resolve; });
      await publish(...parts);
    };
    await keeping.executeTo(10);
    await keeping.stable(10);
    await keeping.executeTo(20);
    isOnDisk();
    await keeping.settle();
    await keeping.stable(20);
    isOnDisk();
    await keeping.settle();
    assert.deepEqual([keeping.failures, await keeping.archive.list()], [[], [10, 20]]);
  });

  it('one that is certified only while the next one is written has given way to it', async () => {
    const keeping = await new Keeping().open();
    const writeChunk = keeping.archive.writeChunk.bind(keeping.archive);
    let isOnDisk = (): void => undefined;
    await keeping.executeTo(19);
    keeping.archive.writeChunk = async (...parts) => {
      await new Promise<void>((resolve) => { isOnDisk = resolve; });
      await writeChunk(...parts);
    };
    await keeping.executeTo(20);
    await keeping.stable(10);
    assert.deepEqual([keeping.failures, await keeping.archive.list()], [[], []]);
    isOnDisk();
    await keeping.stable(20);
    assert.deepEqual([keeping.failures, await keeping.archive.list()], [[], [20]]);
  });

  it('none while catching up, at genesis, or where there is to be none', async () => {
    const far = await new Keeping().open();
    await far.executeTo(20, 25);
    await far.stable(20);
    assert.deepEqual(await far.archive.list(), []);
    const never = await new Keeping().open({ intervalBlocks: 0 });
    await never.executeTo(10);
    await never.stable(10);
    assert.deepEqual([await never.archive.list(), never.failures], [[], []]);
  });

  it('prunes only below the snapshot, and only what is not to be kept', async () => {
    const all = await new Keeping().open();
    await all.executeTo(20);
    await all.stable(20);
    assert.ok(all.pruned.every((below) => below === 0));
    for (const [keepBlocks, below] of [[5, 16], [0, 20], [100, 0]] as const) {
      const keeping = await new Keeping().open({ keepBlocks });
      await keeping.executeTo(20);
      assert.deepEqual(keeping.pruned, [], 'nothing without a certified snapshot');
      await keeping.stable(20);
      assert.deepEqual(keeping.pruned, [below], `keeping ${keepBlocks}`);
    }
  });

  it('offers none where the blocks that prove it are not there', async () => {
    const keeping = await new Keeping().open();
    await keeping.executeTo(10);
    await keeping.stable(10);
    keeping.blocks.first = 11;
    assert.equal(await keeping.keeper.offer(), undefined);
  });

  it('a failure is told, and the next one is made', async () => {
    const keeping = await new Keeping().open();
    keeping.archive.failure = new Error('disk full');
    await keeping.executeTo(10);
    await keeping.stable(10);
    assert.deepEqual([keeping.failures.map(({ message }) => message), keeping.keeper.sequence], [['disk full'], undefined]);
    keeping.archive.failure = undefined;
    await keeping.executeTo(20);
    await keeping.stable(20);
    assert.equal(keeping.keeper.sequence, 20);
  });

  it('an archive that cannot be read counts as none', async () => {
    const keeping = await new Keeping().open();
    await keeping.archive.begin('made', toSequence(10));
    await keeping.archive.publish('made', toSequence(10), '{"sequence": "ten"}');
    await keeping.open();
    assert.equal(keeping.keeper.sequence, undefined);
  });

  it('one that was fetched and proven is offered to others in its turn; an older one is not', async () => {
    const keeping = await new Keeping().open();
    keeping.blocks.chain.push(...chainOf(40));
    const fetched = async (sequence: number): Promise<void> => {
      const chunk = Uint8Array.of(sequence);
      await keeping.keeper.beginFetched(toSequence(sequence));
      await keeping.keeper.keepFetched(toSequence(sequence), 0, chunk);
      const manifest = { sequence: toSequence(sequence), stateRoot: rootAt(sequence), entryCount: 1, sizeBytes: 1, chunkHashes: [sha256Hash(chunk)] };
      await keeping.keeper.publishFetched({ manifest, checkpoints: proofOf(sequence), blocks: [] });
    };
    await fetched(30);
    assert.deepEqual([keeping.keeper.sequence, await keeping.keeper.chunk(toSequence(30), 0)], [30, Uint8Array.of(30)]);
    assert.deepEqual((await keeping.keeper.offer())?.checkpoints, proofOf(30));
    await fetched(20);
    assert.equal(keeping.keeper.sequence, 30);
  });
});
