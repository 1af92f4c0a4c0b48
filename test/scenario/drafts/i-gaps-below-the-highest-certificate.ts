import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const gapsBelowTheHighestCertificate: Scenario = {
  name: 'draft-i-gaps-below-the-highest-certificate',
  source: 'draft (i) of this protocol',
  rules: ['section 4, re-sending'],
  story: 'In slot 0 Byzantine member 0 shows block x to 1, to 2 when it has given the slot up, and x\' to 3. With the vote of 0, which 3 never gets, x is certified; 1 COMMITs '
    + 'it and 2 may not, so that 3, bound to x\', lacks a vote for either certificate. 1 and 2 skip slots 1 to 3 with votes of 0, and 3 is shown the certificate of slot 3. '
    + 'Were it given only what is above that, it would stay in slot 0 for ever, and 1 and 2 in slot 4 without its vote.',
  weaknesses: [{ mutant: 'answers-above-highest-certificate', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society, world } = stage;
    const [x, other] = ['x', 'x\''].map((label) => stage.block({ slot: 0, label }));
    assert.ok(x && other);
    const slots = (): number[] => stage.honest.map(({ replica }) => replica.snapshot().currentSlot);
    world.partition([1], [2], [3]);
    // A proposal of theirs would bring 3 the certificate of x in its justification.
    for (const platform of stage.honest) platform.proposesNothing = true;
    const pending = stage.submit('pending');
    await stage.deliver(0, [1], society.prePrepare(x));
    await stage.deliver(0, [3], society.prePrepare(other));
    await stage.runTo(1010);
    world.partition([1, 2], [3]);
    await stage.deliver(0, [2], society.prePrepare(x));
    await stage.deliver(0, [1, 2], society.prepare(0, 0, x.hash));
    await stage.until(() => stage.voted(1, 0).includes('COMMIT'), 2000, 'x is certified');
    assert.deepEqual([1, 2, 3].map((index) => stage.voted(index, 0)), [['PREPARE1', 'COMMIT'], ['VIEW-CHANGE1', 'PREPARE0'], ['PREPARE1']]);
    for (const slot of [1, 2, 3]) {
      await stage.deliver(0, [1, 2], society.viewChange(slot, 0));
      await stage.until(() => slots().slice(0, 2).every((current) => current > slot), 10_000, 'the slot is skipped');
    }
    await stage.deliver(0, [3], { type: 'CERTIFICATE', certificate: society.skip(3, [0, 1, 2]) });
    assert.deepEqual(slots(), [4, 4, 0]);
    for (const platform of stage.honest) platform.proposesNothing = false;
    world.heal();
    await stage.untilFinal(pending, 30_000, 'the gap below is filled');
  },
};
