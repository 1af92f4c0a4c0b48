import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const finalParentWithoutPrepares: Scenario = {
  name: 'draft-d-final-parent-without-prepares',
  source: 'draft (d) of this protocol',
  rules: ['J'],
  story: 'Platform 3 learns from COMMITs alone that the first block is final, and never gets its PREPARE certificate. Then platform 0 stops, so that no block '
    + 'gets enough votes without that of 3: for it a final parent must be as good as a certified one.',
  weaknesses: [{ mutant: 'final-parent-not-accepted', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    stage.hold((message, _from, to) => to === 3 && (ofType(message, 'PREPARE', 0) || message.type === 'CERTIFICATE'));
    const first = stage.submit('first');
    await stage.untilFinal(first, 500, 'final by COMMITs at 3, too');
    assert.equal(stage.at(3).chain[0]?.certificate?.kind, 'SLOW');
    stage.hold();
    stage.at(0).crash();
    const second = stage.submit('second', [1, 2, 3]);
    await stage.untilFinal(second, 10_000, 'the next block gets the vote of 3', [1, 2, 3]);
  },
};
