import type { Scenario } from '../scenario.js';
import { FORK, preparedTooLate, skippedAndReplaced, STOPPED_BY_GUARD } from '../settings.js';
import { Stage } from '../stage.js';

export const finalByCommitsThenCutOff: Scenario = {
  name: 'final-by-commits-then-cut-off',
  source: 'SPEC section 14: what PBFT carries prepared certificates in VIEW-CHANGE for; with a Byzantine helper',
  rules: ['R5'],
  story: 'Platforms 2 and 3 give slot 0 up, then help its late block b to a PREPARE certificate. Platform 0 would be final with their COMMITs, and is cut '
    + 'off. With the VIEW-CHANGE of Byzantine member 1 slot 0 is skipped, and another block is decided in its place.',
  weaknesses: [{ mutant: 'commit-not-exclusive', fails: STOPPED_BY_GUARD, failsUnguarded: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    await skippedAndReplaced(stage, await preparedTooLate(stage));
  },
};
