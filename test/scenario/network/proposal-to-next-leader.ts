import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const proposalToNextLeader: Scenario = {
  name: 'proposal-to-next-leader',
  source: 'SPEC section 13; "an equivocator gets no quorum" of the original design',
  rules: ['R1 optimistic', 'R4a', 'section 4, re-sending'],
  story: 'The Byzantine leader of slot 0 sends its block to the leader of slot 1 only, which votes for it and builds on it at once; then it is silent. The others '
    + 'have given slot 0 up when the block reaches them. They help it on second thoughts, as too few first votes are against it to skip the slot.',
  weaknesses: [{ mutant: 'no-second-thoughts', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    stage.world.partition([1], [2, 3]);
    const pending = stage.submit('pending');
    await stage.deliver(0, [1], stage.society.prePrepare(stage.block({ slot: 0 })));
    await stage.runTo(1010);
    assert.ok(stage.at(1).sent.some((message) => ofType(message, 'PRE-PREPARE', 1)), 'it builds on it at once');
    assert.deepEqual([1, 2, 3].map((index) => stage.voted(index, 0)[0]), ['PREPARE1', 'VIEW-CHANGE1', 'VIEW-CHANGE1']);
    stage.world.heal();
    await stage.untilFinal(pending, 10_000, 'voters pass the block on, and it is certified');
  },
};
