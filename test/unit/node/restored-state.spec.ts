import assert from 'node:assert/strict';
import { Execution } from '../../../src/node/execution.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { BlockStore } from '../../../src/storage/stores.js';
import { toSequence, ZERO_HASH } from '../../../src/types/ids.js';

describe('a state that a snapshot brought further than the final block (section 7, Snapshots)', () => {
  it('is said in no CHECKPOINT before the chain has come there, and then it is (section 6)', async () => {
    const said: number[] = [];
    let finalSequence = 3;
    const ledger: Pick<Ledger, 'executedSequence' | 'stateRoot'> = { executedSequence: () => toSequence(10), stateRoot: () => Promise.resolve(ZERO_HASH) };
    const blocks: Pick<BlockStore, 'firstSequence' | 'finalSequence'> = { firstSequence: () => toSequence(0), finalSequence: () => toSequence(finalSequence) };
    const execution = new Execution({
      ledger: ledger as Ledger, blocks: blocks as BlockStore, checkpointInterval: 5, workPending: () => false, stableSequence: () => undefined, targetSequence: () => undefined,
      executed: () => { assert.fail('nothing is to be executed'); }, checkpointDue: (sequence) => { said.push(sequence); }, failed: (error) => { assert.fail(error); },
    });
    const resumed = async (): Promise<readonly number[]> => {
      execution.resume();
      await new Promise((resolve) => { setImmediate(resolve); });
      return said;
    };
    assert.deepEqual(await resumed(), []);
    finalSequence = 10;
    assert.deepEqual(await resumed(), [10]);
  });
});
