import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { openPruning, untilPruned } from './pruned.js';

export const finalInSkippedBlocks: Scenario = {
  name: 'final-in-skipped-blocks',
  source: 'random runs with snapshots, of which one in seven stalled',
  rules: ['section 7, Snapshots: pending transactions', 'section 4, work is pending'],
  story: 'A transaction is pending at platform 3, which is cut off, and becomes final among the others, who prune its block. By its snapshot platform 3 cannot see that it is final, and the '
    + 'others, who know, take it no more. It must not be pending at platform 3 for ever, nor become final a second time; nor may a client hand it in there once more.',
  weaknesses: [{ mutant: 'spent-transactions-kept', fails: STUCK }],
  async play(watch) {
    const stage = await openPruning(watch);
    await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
    stage.world.partition([0, 1, 2], [3]);
    const skipped = stage.submit('final in a skipped block');
    await stage.untilFinal(skipped, 10_000, 'three of four go on', [0, 1, 2]);
    await untilPruned(stage, stage.at(0).chain.length, [0, 1, 2]);
    assert.equal(stage.at(3).pendingCount, 1);
    const height = stage.at(0).chain.length;
    stage.world.heal();
    await stage.until(() => stage.at(3).chain.length >= height, 60_000, 'it is back');
    await stage.until(() => stage.at(3).pendingCount === 0, 60_000, 'nothing is pending any more');
    const { participant } = stage.at(3);
    assert.throws(() => participant?.intake.submit(skipped.bytes), /nonce: 0 is used by a final transaction of this sender/);
    await stage.runFor(5000);
    assert.deepEqual(stage.at(0).chain.filter(({ block }) => block.transactions.some(({ id }) => id === skipped.id)).length, 1, 'it is final once');
  },
};
