import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK, proposedBy } from '../settings.js';
import { Stage } from '../stage.js';

export const votesToHalves: Scenario = {
  name: 'votes-to-halves',
  source: 'SPEC section 13: first vote and VIEW-CHANGE to different halves',
  rules: ['section 1, F', 'section 2, counting'],
  story: 'Byzantine member 1 sends its first vote for block b to its leader 0, and a VIEW-CHANGE as its first vote to 2 and 3, which have seen nothing and gave slot '
    + '0 up. Were two first votes of four enough, b would be final at 0, while the others skip the slot and decide another block.',
  weaknesses: [{ mutant: 'fast-quorum-minus-one', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const { society, world } = stage;
    world.partition([0], [2, 3]);
    const b = stage.submit('b', [0]);
    const pending = stage.submit('pending', [2, 3]);
    await stage.runFor(10);
    await stage.deliver(1, [0], society.prepare(0, 1, proposedBy(stage, 0, 0).hash));
    await stage.runTo(1010);
    await stage.deliver(1, [2, 3], society.viewChange(0, 1));
    await stage.runFor(20);
    const rival = stage.block({ slot: 1, label: 'rival' });
    await stage.deliver(1, [2, 3], society.prePrepare(rival), society.prepare(1, 1, rival.hash));
    await stage.until(() => [2, 3].every((index) => stage.at(index).chain.length > 0), 100, 'the other block is final');
    assert.equal(stage.at(0).chain.length, 0);
    world.heal();
    await stage.untilFinal(pending, 20_000, 'work goes on');
    await stage.untilFinal(b, 20_000, 'and what platform 0 proposed is not lost');
  },
};
