import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { quorumParameters } from '../../src/consensus/quorum.js';
import { playShares, sharesOf } from './random-campaign.js';
import type { RandomRunResult } from './random-run.js';
import { randomRun } from './random-run.js';

const RUNS = 200_000;
const TIMEOUT_MS = 300_000;
const MOST_PROCESSES = 4;

interface Weakening {
  readonly name: string;
  readonly sizes: (parameters: QuorumParameters) => Partial<QuorumParameters>;
  readonly skipCertificates?: false;
  /** It is found only where runs are let settle. */
  readonly stuck?: true;
  /** Number of members, and how many runs find it out at the most. */
  readonly foundWithin: readonly (readonly [members: number, runs: number])[];
}

const WEAKENINGS: readonly Weakening[] = [
  { name: 'T-1', sizes: ({ fallbackThreshold }) => ({ fallbackThreshold: fallbackThreshold - 1 }), foundWithin: [[4, 100], [7, 2000]] },
  { name: 'Te-1', sizes: ({ equivocationThreshold }) => ({ equivocationThreshold: equivocationThreshold - 1 }), foundWithin: [[4, 100], [7, 2000]] },
  { name: 'F-1', sizes: ({ fastQuorum }) => ({ fastQuorum: fastQuorum - 1 }), foundWithin: [[4, 100], [7, 500]] },
  { name: 'Q-1', sizes: ({ quorum }) => ({ quorum: quorum - 1 }), foundWithin: [[4, 100], [7, 100]] },
  { name: 'J without skip certificates', sizes: () => ({}), skipCertificates: false, foundWithin: [[4, 100], [7, 100]] },
  { name: 'Te+1', sizes: ({ equivocationThreshold }) => ({ equivocationThreshold: equivocationThreshold + 1 }), stuck: true, foundWithin: [[4, 100], [7, 100]] },
];

describe('random runs over several slots (SPEC section 13, invariants 1, 2 and 9)', function () {
  this.timeout(TIMEOUT_MS);

  it(`as specified: ${RUNS} runs of 2 to 10 members without a violation`, async () => {
    const { runs, violations, finalBlocks, slots, restarts } = await playShares(sharesOf(RUNS), Math.min(availableParallelism(), MOST_PROCESSES));
    assert.deepEqual(violations, []);
    assert.ok(runs >= RUNS, `${runs} runs`);
    assert.ok(finalBlocks > runs && slots > 3 * runs && restarts > runs / 4, `too little happened: ${finalBlocks} final blocks, ${slots} slots, ${restarts} restarts`);
  });

  it('the same seed, the same run', () => {
    const rules = { parameters: quorumParameters(7), skipCertificates: true };
    for (let seed = 1; seed <= 50; seed += 1) assert.deepEqual(randomRun(seed, rules), randomRun(seed, rules));
  });

  for (const { name, sizes, skipCertificates = true, stuck = false, foundWithin } of WEAKENINGS) {
    for (const [members, runs] of foundWithin) {
      it(`${name}, n=${members}: a ${stuck ? 'stuck society' : 'fork'} is found within ${runs} runs`, () => {
        const parameters = quorumParameters(members);
        const rules = { parameters: { ...parameters, ...sizes(parameters) }, skipCertificates };
        let found: RandomRunResult | undefined;
        for (let seed = 1; seed <= runs && found?.violation === undefined; seed += 1) found = randomRun(seed, rules, stuck);
        assert.match(found?.violation ?? 'nothing found', stuck ? /invariant 9/ : /invariant [12]/);
      });
    }
  }
});
