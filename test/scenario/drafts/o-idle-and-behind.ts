import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const idleAndBehind: Scenario = {
  name: 'draft-o-idle-and-behind',
  source: 'draft (o) of this protocol',
  rules: ['section 7, STATUS every 10 s with one peer in turn'],
  story: 'Platform 3 was cut off when the last block became final, and knows of no work. Nobody writes any more. It must find out by itself.',
  weaknesses: [{ mutant: 'idle-peers-not-asked', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    stage.world.partition([0, 1, 2], [3]);
    const last = stage.submit('last', [0, 1, 2]);
    await stage.untilFinal(last, 5000, 'three of four go on', [0, 1, 2]);
    await stage.runFor(12_000);
    assert.equal(stage.at(3).replica.workPending, false);
    stage.world.heal();
    await stage.untilFinal(last, 31_000, 'the fourth catches up while all are idle');
  },
};
