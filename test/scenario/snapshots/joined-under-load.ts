import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { assertSameState, openPruning, prunedBelow, untilPruned } from './pruned.js';

export const joinedUnderLoad: Scenario = {
  name: 'snapshot-joined-under-load',
  source: 'SPEC section 7, Snapshots',
  rules: ['section 7, Snapshots', 'R10'],
  story: 'Platform 3 lost its database, and the others have pruned the first blocks. It joins by a snapshot while they go on making blocks, snapshots and pruning, so that what it '
    + 'fetched is old when it has it. In the end it has the same state, and votes again: with platform 0 down its vote is needed.',
  weaknesses: [{ mutant: 'pruned-blocks-waited-for', fails: STUCK }],
  async play(watch) {
    const stage = await openPruning(watch);
    const first = stage.submit('first');
    await stage.untilFinal(first, 5000, 'all begin');
    stage.at(3).loseStore();
    await untilPruned(stage, 0, [0, 1, 2]);
    stage.at(3).start();
    for (let count = 0; count < 60; count += 1) {
      stage.submit(`under load ${count}`, [0, 1, 2]);
      await stage.runFor(50);
    }
    const last = stage.submit('last');
    await stage.untilFinal(last, 60_000, 'the one that joined has everything');
    assert.ok(await prunedBelow(stage, 3) > 0, 'by a snapshot');
    await assertSameState(stage);
    for (let count = 0; stage.at(3).replica.snapshot().mode !== 'voting'; count += 1) {
      assert.ok(count < 40, 'it votes again');
      await stage.untilFinal(stage.submit(`after ${count}`), 10_000, 'work goes on');
    }
    stage.at(0).crash();
    const needed = stage.submit('with its vote', [1, 2, 3]);
    await stage.untilFinal(needed, 20_000, 'its vote counts', [1, 2, 3]);
  },
};
