import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const noViewSynchronisation: Scenario = {
  name: 'no-view-synchronisation',
  source: 'SPEC section 14, the original design: no view synchronisation and a fixed timeout, so that views 5 and 3 after a partition never meet',
  rules: ['R7', 'R3, joining', 'section 4, timers'],
  story: 'Four platforms are split in halves, and one half has work for eight timers, which do not lengthen here, before the other has any. Were a slot left on one\'s own '
    + 'timer alone, the halves would be slots apart, and each would have given up whatever the other proposes. As it is, all are still in the same slot.',
  weaknesses: [{ mutant: 'slots-left-alone', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, maxSlotTimeoutMs: 1000, watch });
    stage.world.partition([0, 1], [2, 3]);
    const early = stage.submit('early', [0, 1]);
    await stage.runFor(8500);
    const late = stage.submit('late', [2, 3]);
    await stage.runFor(1500);
    stage.world.heal();
    for (const transaction of [early, late]) await stage.untilFinal(transaction, 5000, 'together they go on');
  },
};
