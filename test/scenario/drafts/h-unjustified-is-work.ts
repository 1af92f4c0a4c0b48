import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const unjustifiedIsWork: Scenario = {
  name: 'draft-h-unjustified-is-work',
  source: 'draft (h) of this protocol; the original design ran its timer always',
  rules: ['section 4, pending work'],
  story: 'Byzantine member 3 signs proposals on a parent that does not exist. If that were work, an idle society would change views for ever.',
  weaknesses: [
    { mutant: 'unjustified-is-work', fails: /^AssertionError.*an idle society changed views/s },
    { mutant: 'timer-runs-while-idle', fails: /^AssertionError.*an idle society changed views/s },
  ],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [3], watch });
    const absent = stage.block({ slot: 2, label: 'nobody has it' });
    for (const slot of [3, 7]) await stage.deliver(3, [0, 1, 2], stage.society.prePrepare(stage.block({ slot, label: 'unjustified', parent: absent })));
    await stage.runFor(60_000);
    for (const { replica, notices } of stage.honest) {
      assert.ok(replica.snapshot().currentSlot === 0 && !replica.workPending && !notices.some(({ type }) => type === 'timer-expired'), 'an idle society changed views');
    }
  },
};
