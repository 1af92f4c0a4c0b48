import { FORK, STOPPED_BY_GUARD, restartBetweenTwoBlocks } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const amnesiaAfterRestart: Scenario = {
  name: 'amnesia-after-restart',
  source: 'Tendermint ADR-056 (amnesia); the original design kept votes in memory only: vote A, restart, vote B',
  rules: ['section 5', 'R2'],
  story: 'Platform 3 helped to skip slot 0, first-voted block c in slot 1, and restarts. Then it hears for the first time of block b in slot 0. If it '
    + 'forgot that it gave that slot up, its first vote makes b final at platform 0, while its earlier one makes c final at platform 2.',
  weaknesses: [{ mutant: 'votes-in-memory-only', fails: STOPPED_BY_GUARD, failsUnguarded: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    await restartBetweenTwoBlocks(stage, { whileDown: () => undefined, witnessed: false, observes: false });
  },
};
