import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK } from '../settings.js';
import { Stage } from '../stage.js';

export const twoTwoSplit: Scenario = {
  name: 'two-two-split',
  source: 'SPEC section 13, MISSION D3',
  rules: ['section 1, Q', 'section 4'],
  story: 'Four platforms are split in halves for a minute. Neither half decides anything; once healed they go on by themselves.',
  weaknesses: [{ mutant: 'quorum-minus-one', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, fastPath: 'off', watch });
    stage.world.partition([0, 1], [2, 3]);
    const transactions = [stage.submit('one half', [0, 1]), stage.submit('other half', [2, 3])];
    await stage.runFor(60_000);
    assert.ok(stage.honest.every(({ chain }) => chain.length === 0));
    stage.world.heal();
    // At most one longest timer, then the slot.
    for (const transaction of transactions) await stage.untilFinal(transaction, 12_000, 'healed');
  },
};
