import { FORK, fastFinalAtOne, nothingElseIsDecided, proposeBeside } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const duplicateSigner: Scenario = {
  name: 'duplicate-signer',
  source: 'ByzzFuzz (Winter et al. 2023); the original design counted list entries: one vote sent three times was a quorum',
  rules: ['section 2, certificates'],
  story: 'Block b is final at platform 0 alone. Byzantine member 1 makes a VIEW-CHANGE certificate of slot 0 from its own vote, twice, and that of '
    + 'platform 3, and proposes another block on it.',
  weaknesses: [{ mutant: 'duplicate-signers-in-certificate', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const setting = await fastFinalAtOne(stage);
    await proposeBeside(stage, setting, [stage.society.skip(0, [1, 1, 3])]);
    await nothingElseIsDecided(stage, setting);
  },
};
