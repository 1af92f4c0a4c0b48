import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const threeOneSplit: Scenario = {
  name: 'three-one-split',
  source: 'SPEC section 13, MISSION D3',
  rules: ['section 7', 'R7'],
  story: 'One of four platforms is cut off while the others decide twenty blocks. It rejoins and has them all.',
  weaknesses: [{ mutant: 'final-blocks-not-served', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    stage.world.partition([0, 1, 2], [3]);
    for (let count = 0; count < 20; count += 1) {
      stage.submit(`t${count}`, [0, 1, 2]);
      await stage.runFor(100);
    }
    const last = stage.submit('last', [0, 1, 2]);
    await stage.untilFinal(last, 10_000, 'three of four go on', [0, 1, 2]);
    assert.equal(stage.at(3).chain.length, 0);
    stage.world.heal();
    await stage.untilFinal(last, 12_000, 'the fourth has everything');
    assert.equal(stage.at(3).chain.length, stage.at(0).chain.length);
  },
};
