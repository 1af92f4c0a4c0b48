import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** With the leader's own vote for A in time, A is final at 1 and 2 before they hear of B: see equivocation-behind-finality.ts. */
export const hiddenEquivocation: Scenario = {
  name: 'hidden-equivocation',
  source: 'SPEC section 14, the original design: "an equivocator gets no quorum", but one that sends A to two of three has one and is never found out; MISSION D2',
  rules: ['R9', 'section 10'],
  story: 'The Byzantine leader sends block A to platforms 1 and 2 and block B to 3. While neither is final the platforms pass on both, and all three hold the proof against the leader.',
  weaknesses: [{ mutant: 'two-headers-not-noticed', fails: /^AssertionError.*holds the proof/s }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society } = stage;
    const [A, B] = ['A', 'B'].map((label) => stage.block({ slot: 0, label }));
    assert.ok(A && B);
    await stage.deliver(0, [1, 2], society.prePrepare(A));
    await stage.deliver(0, [3], society.prePrepare(B));
    await stage.untilFinal(stage.submit('pending'), 20_000, 'work goes on');
    for (const { index, replica } of stage.honest) {
      assert.deepEqual(replica.snapshot().equivocations.map(({ slot }) => Number(slot)), [0], `platform ${index} holds the proof`);
    }
  },
};
