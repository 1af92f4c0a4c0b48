import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const lockDeadlock: Scenario = {
  name: 'lock-deadlock',
  source: 'Saltini and Hyland-Wood 2019, "Correctness analysis of IBFT": platforms locked on different blocks wait for each other for ever',
  rules: ['R2', 'R5', 'section 3: no lock crosses slots'],
  story: 'Byzantine member 0 shows a PREPARE certificate of its block b in slot 0 to platform 3 alone, which COMMITs b; slot 0 is skipped. Platforms 1 and 2 '
    + 'COMMIT block e in slot 1, and member 0 falls silent. If 3 were locked on b, and 1 and 2 on e, no block would ever get three votes again.',
  weaknesses: [{ mutant: 'locks-across-slots', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], fastPath: 'off', watch });
    const { society, world } = stage;
    // Of 3 nothing is heard, and it hears nothing but the PREPARE of 2 in slot 0, of which 1 knows nothing.
    world.cut.add('3>1').add('3>2').add('1>3');
    stage.hold((message, from, to) => from === 2 && (ofType(message, 'PREPARE', 0) || ofType(message, 'PRE-PREPARE', 0) ? to === 1 : to === 3));
    const b = stage.block({ slot: 0, label: 'b' });
    await stage.deliver(0, [2, 3], society.prePrepare(b));
    await stage.deliver(0, [3], society.prepare(0, 0, b.hash));
    const pending = stage.submit('pending', [1, 2]);
    await stage.runTo(1010);
    assert.ok(stage.voted(3, 0).includes('COMMIT') && !stage.voted(2, 0).includes('COMMIT'), 'the setting: 3 alone COMMITs b');
    await stage.deliver(0, [1, 2], society.viewChange(0, 0));
    await stage.until(() => [1, 2].every((index) => stage.voted(index, 1).includes('PREPARE1')), 100, 'block e in slot 1');
    const e = stage.votes(1, 1).find((vote) => vote.type === 'PREPARE');
    await stage.deliver(0, [1, 2], society.prepare(1, 0, e?.blockHash ?? assert.fail()));
    await stage.until(() => [1, 2].every((index) => stage.voted(index, 1).includes('COMMIT')), 100, '1 and 2 COMMIT e');
    stage.hold();
    world.heal();
    await stage.untilFinal(pending, 15_000, '1, 2 and 3 agree although 0 is silent');
  },
};
