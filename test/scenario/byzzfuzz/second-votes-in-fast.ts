import assert from 'node:assert/strict';
import type { Prepare } from '../../../src/types/messages.js';
import type { Scenario } from '../scenario.js';
import { FORK, preparedTooLate, skippedAndReplaced } from '../settings.js';
import { Stage } from '../stage.js';

/** What platforms 0, 2 and 3 PREPAREd in slot 0. */
function prepares(stage: Stage): Prepare[] {
  return [0, 2, 3].map((index) => stage.votes(index, 0).find((vote) => vote.type === 'PREPARE') ?? assert.fail(`platform ${index} has not PREPAREd`));
}

export const secondVotesInFast: Scenario = {
  name: 'second-votes-in-fast',
  source: 'ByzzFuzz (Winter et al. 2023): first = 0 in a FAST certificate',
  rules: ['section 2, FAST', 'R6'],
  story: 'Block b has a PREPARE certificate of one first vote and two of platforms that had given its slot up. Byzantine member 1 shows platform 0 the three as a '
    + 'FAST certificate. Then slot 0 is skipped, and another block is decided.',
  weaknesses: [{ mutant: 'fast-certificate-first-not-checked', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const setting = await preparedTooLate(stage);
    const signatures = prepares(stage).map(({ signer, first, basisHash, signature }) => ({ signer, first, basisHash, signature }));
    assert.deepEqual(signatures.map(({ first }) => first), [true, false, false]);
    await stage.deliver(1, [0], { type: 'CERTIFICATE', certificate: { ...stage.society.fastCertificate(0, setting.block.hash, [0]), signatures } });
    await skippedAndReplaced(stage, setting);
  },
};

export const flippedFirst: Scenario = {
  name: 'flipped-first',
  source: 'ByzzFuzz (Winter et al. 2023): flipped `first`',
  rules: ['section 2, what is signed', 'R6'],
  story: 'The same, but Byzantine member 1 sends on to platform 0 the PREPAREs that 2 and 3 gave on second thoughts with `first` flipped.',
  weaknesses: [{ mutant: 'first-not-signed', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const setting = await preparedTooLate(stage);
    const flipped = prepares(stage).map((vote) => ({ ...vote, first: true }));
    await stage.deliver(1, [0], ...flipped);
    await skippedAndReplaced(stage, setting);
  },
};
