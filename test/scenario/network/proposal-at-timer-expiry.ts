import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const proposalAtTimerExpiry: Scenario = {
  name: 'proposal-at-timer-expiry',
  source: 'SPEC section 13; ByzzFuzz (Winter et al. 2023), delays around the round timer',
  rules: ['R2 before R3', 'R4a'],
  story: 'The Byzantine leader\'s block arrives at the very instant at which all timers expire: at platform 1 a tenth of a millisecond before, at 2 in that instant, at 3 after it. '
    + 'The one first vote cannot be taken back; the others must be able to join it.',
  weaknesses: [{ mutant: 'no-second-thoughts', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { world, society } = stage;
    const proposal = society.prePrepare(stage.block({ slot: 0 }));
    const pending = stage.submit('pending');
    world.inject(0, 1, proposal, 999.9);
    world.inject(0, 2, proposal, 1000);
    world.inject(0, 3, proposal, 1002);
    await stage.runTo(1003);
    assert.deepEqual([1, 2, 3].map((index) => stage.voted(index, 0)[0]), ['PREPARE1', 'VIEW-CHANGE1', 'VIEW-CHANGE1']);
    await stage.untilFinal(pending, 10_000, 'certified');
  },
};
