import { societyOf } from '../../simulation/society.js';
import { FORK, fastFinalAtOne, nothingElseIsDecided, proposeBeside } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const foreignChain: Scenario = {
  name: 'foreign-chain',
  source: 'ByzzFuzz (Winter et al. 2023), swapped chainId; the original design took votes of society X in society Y',
  rules: ['section 2, what is signed'],
  story: 'The same four platforms also form another society, where slot 0 was skipped. Here block b is final in slot 0 at platform 0 alone. Byzantine '
    + 'member 1 shows platforms 2 and 3 the certificate of the other society, by 0, 1 and 3, and proposes another block on it.',
  weaknesses: [{ mutant: 'chain-id-not-signed', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const elsewhere = societyOf({ members: 4, checkpointInterval: 7 });
    if (elsewhere.chainId === stage.society.chainId) throw new Error('the two societies must differ');
    const setting = await fastFinalAtOne(stage);
    await stage.deliver(1, [2, 3], { type: 'CERTIFICATE', certificate: elsewhere.skip(0, [0, 1, 3]) });
    await proposeBeside(stage, setting, []);
    await nothingElseIsDecided(stage, setting);
  },
};
