import type { Scenario } from '../scenario.js';
import { FORK, proposedBy } from '../settings.js';
import { Stage } from '../stage.js';

export const voteSentThreeTimes: Scenario = {
  name: 'vote-sent-three-times',
  source: 'SPEC section 14, the original design: vote lists by sequence, in which one PREPARE sent three times is a quorum',
  rules: ['section 2, counting'],
  story: 'Byzantine member 1 sends its first vote for block b to the leader 0 three times. Platforms 2 and 3 saw nothing of b and gave slot 0 up, which is skipped '
    + 'with member 1\'s VIEW-CHANGE, and another block is decided.',
  weaknesses: [{ mutant: 'votes-kept-as-a-list', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const { society, world } = stage;
    world.partition([0], [2, 3]);
    const b = stage.submit('b', [0]);
    const pending = stage.submit('pending', [2, 3]);
    await stage.runFor(10);
    const vote = society.prepare(0, 1, proposedBy(stage, 0, 0).hash);
    await stage.deliver(1, [0], vote, { ...vote }, { ...vote });
    await stage.runTo(1010);
    await stage.deliver(1, [2, 3], society.viewChange(0, 1));
    await stage.runFor(20);
    const rival = stage.block({ slot: 1, label: 'rival' });
    await stage.deliver(1, [2, 3], society.prePrepare(rival), society.prepare(1, 1, rival.hash));
    await stage.runFor(100);
    world.heal();
    await stage.untilFinal(pending, 20_000, 'work goes on');
    await stage.untilFinal(b, 20_000, 'and what platform 0 proposed is not lost');
  },
};
