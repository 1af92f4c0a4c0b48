import assert from 'node:assert/strict';
import { FORK, restartBetweenTwoBlocks } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const restoredSnapshot: Scenario = {
  name: 'restored-snapshot',
  source: 'CometBFT issue #6031 (sign state rolled back: a rename without a directory sync); restored VM snapshots',
  rules: ['R10', 'section 5'],
  story: 'Platform 3 helped to skip slot 0 and first-voted block c in slot 1. Its machine is restored to a snapshot from before, marker and all. Platform 2 '
    + 'shows it its own votes during the comparison; if it signed on nevertheless, block b in slot 0 would be final beside c.',
  weaknesses: [{ mutant: 'lost-votes-not-noticed', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const voter = stage.at(3);
    const snapshot = voter.snapshotDisk();
    await restartBetweenTwoBlocks(stage, { whileDown: () => { voter.restoreDisk(snapshot); }, witnessed: true, observes: true });
    assert.equal(voter.replica.snapshot().mode, 'observing');
  },
};
