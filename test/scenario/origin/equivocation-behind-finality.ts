import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** The final block comes to platform 3 by sync, without its leader's signature, and block B comes to nobody else in time. */
export const equivocationBehindFinality: Scenario = {
  name: 'equivocation-behind-finality',
  source: 'SPEC section 14, the original design: "an equivocator gets no quorum", but one that sends A to two of three has one with its own vote, and is never found out; MISSION D2',
  rules: ['R9', 'section 10'],
  story: 'The Byzantine leader sends block A and its own vote to platforms 1 and 2, which have it final at once, and block B to 3. What 3 holds is seen late by the others: the three find the proof against the leader all the same.',
  weaknesses: [
    { mutant: 'headers-of-final-slots-forgotten', fails: /^Stall.*all three hold the proof/s },
    { mutant: 'contradicted-proposal-kept-quiet', fails: /^Stall.*all three hold the proof/s },
  ],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society } = stage;
    const [A, B] = ['A', 'B'].map((label) => stage.block({ slot: 0, label }));
    assert.ok(A && B);
    // 3 hears nothing of the slot until A is final at both.
    stage.hold((message, _from, to) => to === 3 && message.type !== 'EQUIVOCATION');
    await stage.deliver(0, [1, 2], society.prePrepare(A), society.prepare(0, 0, A.hash));
    await stage.world.until(() => [1, 2].every((index) => stage.at(index).replica.finalTip.hash === A.hash), 5_000, 'A is final at 1 and 2');
    await stage.deliver(0, [3], society.prePrepare(B));
    stage.hold();
    await stage.untilFinal(stage.submit('pending'), 20_000, 'work goes on');
    const proven = (): boolean => stage.honest.every(({ replica }) => replica.snapshot().equivocations.some(({ slot }) => slot === 0));
    await stage.world.until(proven, 1_000, 'all three hold the proof');
  },
};
