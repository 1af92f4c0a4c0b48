import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK, STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const leaderWithTwoFaces: Scenario = {
  name: 'leader-with-two-faces',
  source: 'Twins (Bano et al. 2020): two copies of a leader with one key, each honest to one side; MISSION D2',
  rules: ['R4b', 'R4c', 'section 1, Te', 'R9'],
  story: 'One copy of Byzantine leader 0 proposes A to platform 1, the other B to platform 2; 3 hears of neither in time. Each block has too few votes, and so have the '
    + 'proofs against it, but for the two headers: with these 1 and 2 may give slot 0 up.',
  weaknesses: [{ mutant: 'equivocation-threshold-plus-one', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society, world } = stage;
    const [A, B] = ['A', 'B'].map((label) => stage.block({ slot: 0, label }));
    assert.ok(A && B);
    world.partition([1], [2], [3]);
    await stage.deliver(0, [1], society.prePrepare(A));
    await stage.deliver(0, [2], society.prePrepare(B));
    const pending = stage.submit('pending');
    await stage.runTo(1010);
    assert.deepEqual([1, 2, 3].map((index) => stage.voted(index, 0)[0]), ['PREPARE1', 'PREPARE1', 'VIEW-CHANGE1']);
    world.heal();
    await stage.untilFinal(pending, 30_000, 'the slot is skipped');
  },
};

export const twinsAgainstOneFinal: Scenario = {
  name: 'twins-against-one-final',
  source: 'Twins (Bano et al. 2020): two copies of a leader with one key, and a partition of one slot',
  rules: ['R4c', 'section 1, Te'],
  story: 'One copy of Byzantine leader 0 proposes A to platforms 1 and 2 and votes for it, the other proposes B to 3 and gives slot 0 up. A is final at 1 on first votes, '
    + 'and 1 is cut off. If 2 and 3, knowing of two headers, gave slot 0 up on the strength of one other vote, A would be replaced.',
  weaknesses: [{ mutant: 'equivocation-threshold-minus-one', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society, world } = stage;
    const [A, B] = ['A', 'B'].map((label) => stage.block({ slot: 0, label }));
    assert.ok(A && B);
    world.cut.add('1>2').add('1>3').add('3>1').add('2>3').add('3>2');
    await stage.deliver(0, [1, 2], society.prePrepare(A));
    await stage.deliver(0, [1], society.prepare(0, 0, A.hash));
    await stage.deliver(0, [3], society.prePrepare(B));
    await stage.until(() => stage.at(1).chain.length > 0, 100, 'A is fast-final at platform 1');
    world.partition([1], [2, 3]);
    const pending = stage.submit('pending', [2, 3]);
    await stage.runFor(1010);
    assert.deepEqual([2, 3].map((index) => stage.voted(index, 0)[0]), ['PREPARE1', 'PREPARE1']);
    // The other copy gives every slot up but the one in which it helps platform 2 to its block.
    for (const slot of [0, 1]) await stage.deliver(0, [2, 3], society.viewChange(slot, 0));
    await stage.runFor(4000);
    for (const vote of stage.votes(2, 2)) if (vote.type === 'PREPARE') await stage.deliver(0, [2, 3], society.prepare(2, 0, vote.blockHash));
    await stage.runFor(100);
    assert.deepEqual([2, 3].map((index) => stage.at(index).chain.length), [0, 0], 'while 1 is away nothing is final');
    world.heal();
    await stage.untilFinal(pending, 20_000, 'work goes on when platform 1 is back');
    for (const { chain } of stage.honest) assert.equal(chain[0]?.block.hash, A.hash);
  },
};
