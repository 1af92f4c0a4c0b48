import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { assertSameState, openPruning, prunedBelow, untilPruned } from './pruned.js';

export const everybodyPruned: Scenario = {
  name: 'everybody-pruned-what-it-lacks',
  source: 'SPEC section 7, Snapshots',
  rules: ['section 7, Snapshots: all that are ahead have pruned what it needs next'],
  story: 'Platform 3 was cut off with all its blocks and its state. When it is back, no platform has the block that it needs next. Nobody writes any more. It takes a snapshot, and '
    + 'serves from there on.',
  weaknesses: [{ mutant: 'pruned-blocks-waited-for', fails: STUCK }],
  async play(watch) {
    const stage = await openPruning(watch);
    await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
    stage.world.partition([0, 1, 2], [3]);
    await untilPruned(stage, 3, [0, 1, 2]);
    const height = stage.at(0).chain.length;
    stage.world.heal();
    await stage.until(() => stage.at(3).chain.length === height, 60_000, 'it is back, though all are idle');
    assert.ok(await prunedBelow(stage, 3) > 3);
    await stage.runFor(1000);
    await assertSameState(stage);
  },
};
