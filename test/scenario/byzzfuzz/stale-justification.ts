import { FORK, fastFinalAtOne, nothingElseIsDecided, proposeBeside } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const staleJustification: Scenario = {
  name: 'stale-justification',
  source: 'ByzzFuzz (Winter et al. 2023), a proposal on an old block',
  rules: ['J'],
  story: 'Block b is final at platform 0 alone. Byzantine member 1 proposes in the next slot on genesis, as if slot 0 had been skipped, without a '
    + 'certificate of that. Whoever first-votes it helps to replace b.',
  weaknesses: [{ mutant: 'justified-without-skips', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const setting = await fastFinalAtOne(stage);
    await proposeBeside(stage, setting, []);
    await nothingElseIsDecided(stage, setting);
  },
};
