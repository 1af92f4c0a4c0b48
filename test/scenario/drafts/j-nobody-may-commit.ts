import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const nobodyMayCommit: Scenario = {
  name: 'draft-j-nobody-may-commit',
  source: 'draft (j) of this protocol',
  rules: ['R5', 'section 4, empty blocks'],
  story: 'The only block there is reaches platforms 2 and 3 when they have given its slot up: they PREPARE it on second thoughts, and may not COMMIT it. With two '
    + 'first votes and two COMMITs it is certified, and becomes final through an empty block on top of it; then there are no more empty blocks.',
  weaknesses: [{ mutant: 'certified-blocks-left-alone', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    stage.world.partition([0, 1], [2, 3]);
    const only = stage.submit('only');
    await stage.runTo(1010);
    assert.deepEqual([0, 1, 2, 3].map((index) => stage.voted(index, 0)[0]), ['PREPARE1', 'PREPARE1', 'VIEW-CHANGE1', 'VIEW-CHANGE1']);
    stage.world.heal();
    await stage.untilFinal(only, 10_000, 'the block is final through a descendant');
    await stage.runFor(5000);
    for (const { chain } of stage.honest) {
      assert.equal(chain[0]?.block.transactions[0]?.id, only.id);
      assert.ok(chain[0].certificate === undefined, 'it has no certificate of finality of its own');
      assert.ok(chain.length <= 3 && chain.slice(1).every(({ block: { transactions } }) => transactions.length === 0), 'and then there are no more empty blocks');
    }
  },
};
