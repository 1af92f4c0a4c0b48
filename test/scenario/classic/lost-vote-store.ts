import assert from 'node:assert/strict';
import { FORK, restartBetweenTwoBlocks } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const lostVoteStore: Scenario = {
  name: 'lost-vote-store',
  source: 'Tendermint ADR-056 (amnesia)',
  rules: ['R10, the sealed marker'],
  story: 'Platform 3 helped to skip slot 0, first-voted block c in slot 1, and lost its database. No peer that it can reach knows of its votes: only the marker '
    + 'beside its key tells. If it voted on nevertheless, block b in slot 0 would be final beside c.',
  weaknesses: [{ mutant: 'sealed-marker-ignored', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    await restartBetweenTwoBlocks(stage, { whileDown: (voter) => { voter.loseStore(); }, observes: true, witnessed: false });
    assert.equal(stage.at(3).replica.snapshot().mode, 'observing');
  },
};
