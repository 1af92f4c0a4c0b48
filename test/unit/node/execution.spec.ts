import assert from 'node:assert/strict';
import { Execution } from '../../../src/node/execution.js';
import { keyValueApplication } from '../../../src/ledger/key-value.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import type { BlockStore } from '../../../src/storage/stores.js';
import type { Block } from '../../../src/types/block.js';
import type { Sequence } from '../../../src/types/ids.js';
import { toSequence } from '../../../src/types/ids.js';
import { CHAIN, chainOf, finalRecord } from '../storage/chain-fixture.js';

interface Run {
  readonly execution: Execution;
  /** First and last block of each batch. */
  readonly batches: (readonly [number, number])[];
  readonly executed: number[];
  readonly checkpoints: number[];
  /** Resolves once this block is executed and its CHECKPOINT considered, or it cannot be. */
  readonly until: (sequence: number) => Promise<void>;
  readonly failures: readonly Error[];
}

interface RunOptions {
  readonly checkpointInterval: number;
  readonly stable?: Sequence;
  readonly target?: number;
  readonly workPending?: boolean;
  /** In place of the store's. */
  readonly range?: (stored: BlockStore['range']) => BlockStore['range'];
}

/** The chain is final and durable; what of it is handed over as it becomes final is up to the test. */
async function runOn(chain: readonly Block[], { checkpointInterval, stable, target, workPending = false, range = (stored) => stored }: RunOptions): Promise<Run> {
  const store = await openMemoryStore(new MemoryDisk(), CHAIN);
  await store.consensus.commit(chain.map((block) => finalRecord(block)));
  store.blocks.range = range(store.blocks.range.bind(store.blocks));
  const ledger = await Ledger.open(store.state, keyValueApplication);
  const run: { batches: [number, number][]; executed: number[]; checkpoints: number[] } = { batches: [], executed: [], checkpoints: [] };
  const executeAll = ledger.executeAll.bind(ledger);
  ledger.executeAll = (batch, inHaste) => {
    run.batches.push([batch[0]?.header.sequence ?? -1, batch.at(-1)?.header.sequence ?? -1]);
    return executeAll(batch, inHaste);
  };
  const failures: Error[] = [];
  const execution = new Execution({
    ledger, blocks: store.blocks, checkpointInterval, workPending: () => workPending, stableSequence: () => stable, targetSequence: () => target,
    executed: ({ block }, receipts) => {
      assert.equal(receipts.length, block.transactions.length);
      run.executed.push(block.header.sequence);
    },
    checkpointDue: (sequence) => { run.checkpoints.push(sequence); },
    failed: (error) => { failures.push(error); },
  });
  const until = async (sequence: number): Promise<void> => {
    while (execution.executedSequence < sequence && failures.length === 0) await new Promise((resolve) => { setImmediate(resolve); });
    await execution.stop();
  };
  return { ...run, execution, until, failures };
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('execution of final blocks (section 6)', () => {
  it('takes what waits in batches, in order, none beyond a block after which a CHECKPOINT or a snapshot may be due', async () => {
    const { execution, batches, executed, checkpoints, until } = await runOn(chainOf(90), { checkpointInterval: 40 });
    execution.resume();
    await until(89);
    assert.deepEqual(executed, numbers(0, 89));
    assert.deepEqual(batches, [[0, 0], [1, 40], [41, 80], [81, 89]]);
    assert.deepEqual(checkpoints, [0, 40, 80, 89]);
  });

  it('leaves out the CHECKPOINT of a block below a stable one, and not that of the stable one itself, which compares the states', async () => {
    const { execution, checkpoints, until } = await runOn(chainOf(90), { checkpointInterval: 20, stable: toSequence(60), workPending: true });
    execution.resume();
    await until(89);
    assert.deepEqual(checkpoints, [60, 80]);
  });

  it('leaves out the CHECKPOINT of a block while the others are known to have passed the next', async () => {
    const { execution, checkpoints, until } = await runOn(chainOf(90), { checkpointInterval: 20, target: 100, workPending: true });
    execution.resume();
    await until(89);
    assert.deepEqual(checkpoints, []);
    const nearer = await runOn(chainOf(90), { checkpointInterval: 20, target: 99, workPending: true });
    nearer.execution.resume();
    await nearer.until(89);
    assert.deepEqual(nearer.checkpoints, [80]);
  });

  it('reads from the store only what was not handed over, or no longer fitted in memory', async () => {
    const chain = chainOf(100);
    const read: [number, number][] = [];
    const { execution, executed, until } = await runOn(chain, {
      checkpointInterval: 1_000,
      range: (stored) => async (from, maxCount, maxBytes) => {
        const found = await stored(from, maxCount, maxBytes);
        read.push([from, from + found.length - 1]);
        return found;
      },
    });
    // As if each were of three megabytes: five fit.
    execution.add(chain.slice(0, 10).map((block) => ({ block: { ...block, sizeBytes: 3 << 20 }, certificate: undefined })));
    await until(99);
    assert.deepEqual(executed, numbers(0, 99));
    assert.deepEqual(read, [[5, 68], [69, 99]]);
  });

  it('what was read from the store behind a block that was not in memory takes no room there any more', async () => {
    const chain = chainOf(200);
    const read: number[] = [];
    // As if each were of three megabytes: five fit.
    const large = (from: number, to: number): void => {
      execution.add(chain.slice(from, to).map((block) => ({ block: { ...block, sizeBytes: 3 << 20 }, certificate: undefined })));
    };
    const { execution, executed, until } = await runOn(chain, {
      checkpointInterval: 1_000,
      range: (stored) => async (from, maxCount, maxBytes) => {
        read.push(from);
        if (from === 65) large(129, 134);
        return stored(from, maxCount, maxBytes);
      },
    });
    large(30, 35);
    await until(199);
    assert.deepEqual(executed, numbers(0, 199));
    assert.deepEqual(read, [0, 1, 65, 134, 198]);
  });

  it('is full with half of what it keeps in memory, so that what comes meanwhile still fits, and no more once that is executed', async () => {
    const { execution, until } = await runOn(chainOf(10), { checkpointInterval: 1_000 });
    const full: boolean[] = [];
    // As if each were of three megabytes, of sixteen.
    for (const block of chainOf(10).slice(0, 4)) {
      execution.add([{ block: { ...block, sizeBytes: 3 << 20 }, certificate: undefined }]);
      full.push(execution.isFull);
    }
    assert.deepEqual(full, [false, false, true, true]);
    await until(9);
    assert.equal(execution.isFull, false);
  });

  it('fails where a final block is missing, rather than skip it', async () => {
    const { execution, executed, failures, until } = await runOn(chainOf(3), { checkpointInterval: 10, range: () => () => Promise.resolve([]) });
    execution.resume();
    await until(0);
    assert.match(failures[0]?.message ?? '', /final block 0 is not in the database/);
    assert.deepEqual(executed, []);
  });
});
