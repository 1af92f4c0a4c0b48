import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const justificationLost: Scenario = {
  name: 'draft-a-justification-lost',
  source: 'draft (a) of this protocol',
  rules: ['section 5, PREPARE', 'J'],
  story: 'A VIEW-CHANGE certificate of slot 0, with the vote of Byzantine member 0 that nobody else got, is given to platform 1 alone. It proposes on it in '
    + 'slot 1, first-votes its block, and restarts. Then member 0\'s block of slot 0 turns up and is certified. Had platform 1 lost the certificate, its block '
    + 'would be unjustified for ever, and so few first votes are against it that slot 1 could not be skipped.',
  weaknesses: [{ mutant: 'certificates-not-reloaded', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society, world } = stage;
    world.partition([1], [2, 3]);
    stage.submit('others', [2, 3]);
    const x = stage.block({ slot: 0, label: 'x' });
    await stage.runTo(1010);
    for (const index of [2, 3]) assert.deepEqual(stage.voted(index, 0), ['VIEW-CHANGE1']);
    await stage.deliver(0, [1], { type: 'CERTIFICATE', certificate: society.skip(0, [0, 2, 3]) });
    const pending = stage.submit('one', [1]);
    await stage.until(() => stage.voted(1, 1).includes('PREPARE1'), 50, 'platform 1 first-votes its own block on the certificate');
    await stage.restart(1);
    await stage.deliver(0, [1], society.prePrepare(x));
    await stage.until(() => stage.voted(1, 0).includes('PREPARE1'), 1200, 'and member 0\'s block in slot 0, a late first vote');
    world.heal();
    await stage.untilFinal(pending, 30_000, 'slot 1 is decided or skipped');
  },
};
