import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK } from '../settings.js';
import { Stage } from '../stage.js';

export const disjointQuorums: Scenario = {
  name: 'disjoint-quorums',
  source: 'SPEC section 14, the original design: a quorum of 2f+1 for every n, so that six platforms fork by 3|3, and each of two decides alone',
  rules: ['section 1, Q'],
  story: 'Two and six platforms are split in halves, each with work. No half decides anything until they are one again.',
  weaknesses: [{ mutant: 'quorum-two-f-plus-one', fails: FORK }],
  async play(watch) {
    for (const [left, right] of [[[0], [1]], [[0, 1, 2], [3, 4, 5]]] as const) {
      const stage = await Stage.open({ members: left.length + right.length, fastPath: 'off', watch });
      stage.world.partition(left, right);
      const transactions = [stage.submit('left', left), stage.submit('right', right)];
      await stage.runFor(8000);
      assert.ok(stage.honest.every(({ chain }) => chain.length === 0));
      stage.world.heal();
      for (const transaction of transactions) await stage.untilFinal(transaction, 15_000, 'together they go on');
    }
  },
};
