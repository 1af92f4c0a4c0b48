import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { proposedBy, STUCK } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const leaderAheadOfItsParent: Scenario = {
  name: 'draft-b-leader-ahead-of-its-parent',
  source: 'draft (b) of this protocol',
  rules: ['R1: a proposal is not a vote', 'J'],
  story: 'Platform 1 gets a block of slot 0 that Byzantine member 0 shows to nobody else, first-votes it, and proposes its child in slot 1 at once. The others '
    + 'PREPARE another block of member 0 and skip slot 0, so that neither is ever certified. Had 1 first-voted its child before the parent was certified, '
    + 'too few first votes would be against it to skip slot 1.',
  weaknesses: [{ mutant: 'leader-votes-unjustified', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society } = stage;
    stage.world.partition([1], [2, 3]);
    const pending = stage.submit('pending');
    const [shown, other] = ['shown to 1', 'shown to the others'].map((label) => stage.block({ slot: 0, label }));
    assert.ok(shown && other);
    await stage.deliver(0, [1], society.prePrepare(shown));
    await stage.until(() => stage.at(1).sent.some((message) => ofType(message, 'PRE-PREPARE', 1)), 50, 'platform 1 proposes optimistically');
    await stage.runTo(1010);
    await stage.deliver(0, [2, 3], society.prePrepare(other));
    await stage.runFor(20);
    for (const index of [2, 3]) assert.deepEqual(stage.voted(index, 0), ['VIEW-CHANGE1', 'PREPARE0']);
    await stage.deliver(0, [2, 3], society.viewChange(0, 0));
    stage.world.heal();
    await stage.untilFinal(pending, 20_000, 'work goes on after the skipped parent');
    const child = proposedBy(stage, 1, 1).hash;
    assert.ok(stage.votes(1, 1).every(({ blockHash }) => blockHash !== child), 'its author never voted for the child');
  },
};
