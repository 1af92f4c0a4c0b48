import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK, proposedBy, STOPPED_BY_GUARD } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const timeoutAfterCommit: Scenario = {
  name: 'timeout-after-commit',
  source: 'Besu issue #1734: a queued timeout fires after the local COMMIT, and two blocks have one height',
  rules: ['R4c', 'R5'],
  story: 'Six platforms. The timers of 0, 2 and 3 expire in slot 0, for whose block b they voted; then its PREPARE certificate comes and they COMMIT, and '
    + 'b is final at 0, which is cut off. Now 2 and 3 learn that enough first votes were not for b to give it up, on a timer that has long expired.',
  weaknesses: [{ mutant: 'view-change-after-commit', fails: STOPPED_BY_GUARD, failsUnguarded: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 6, byzantine: [1], watch });
    const { society, world } = stage;
    // 4 and 5 see nothing of slot 0; what is final at 0 by COMMITs no other sees.
    const few = [0, 2, 3];
    stage.hold((message, from, to) => (
      (few.includes(from) !== few.includes(to)) || (ofType(message, 'PREPARE', 0) && world.clock.nowMs < 1003) || (ofType(message, 'COMMIT') && to !== 0)
    ));
    for (const index of few) for (const other of [4, 5]) world.cut.add(`${index}>${other}`).add(`${other}>${index}`);
    stage.submit('b', [0]);
    const pending = stage.submit('pending', [2, 3, 4, 5]);
    await stage.runTo(1010);
    const block = proposedBy(stage, 0, 0);
    await stage.deliver(1, few, society.prepare(0, 1, block.hash));
    await stage.until(() => few.every((index) => stage.voted(index, 0).includes('COMMIT')), 1200, 'they COMMIT b after their timers expired');
    await stage.deliver(1, [0], society.commit(0, 1, block.hash));
    await stage.until(() => stage.at(0).chain.length > 0, 100, 'b is final at platform 0');
    assert.equal(stage.at(0).chain[0]?.certificate?.kind, 'SLOW');
    world.heal();
    world.partition([0], [1, 2, 3, 4, 5]);
    for (const index of [4, 5]) assert.deepEqual(stage.voted(index, 0), ['VIEW-CHANGE1']);
    // What is left of slot 0 is VIEW-CHANGEs: those of 4 and 5, and of Byzantine 1.
    stage.hold((message) => message.type === 'CERTIFICATE' || ofType(message, 'PREPARE', 0) || ofType(message, 'PRE-PREPARE', 0) || ofType(message, 'COMMIT'));
    await stage.deliver(1, [2, 3], society.viewChange(0, 1), ...stage.votes(4, 0), ...stage.votes(5, 0));
    await stage.deliver(1, [4, 5], society.viewChange(0, 1));
    await stage.runFor(30);
    const rival = stage.block({ slot: 1, label: 'rival' });
    await stage.deliver(1, [2, 3, 4, 5], society.prePrepare(rival), society.prepare(1, 1, rival.hash));
    await stage.runFor(1500);
    stage.hold();
    world.heal();
    await stage.untilFinal(pending, 20_000, 'work goes on');
    for (const { chain } of stage.honest) assert.equal(chain[0]?.block.hash, block.hash);
  },
};
