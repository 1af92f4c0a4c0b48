import assert from 'node:assert/strict';
import { randomRun } from './random-faults.js';

const SEEDS = 300;

describe('random faults on virtual time (section 13, invariants 1 to 5, 7, 9)', () => {
  it(`${SEEDS} runs of loss, partitions, crashes, power losses and Byzantine platforms: no fork, nothing stuck`, async function () {
    this.timeout(120_000);
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const { failure } = await randomRun(seed);
      assert.equal(failure, undefined, `seed ${seed}: ${failure?.message ?? ''}`);
    }
  });

  it('the same seed gives the same run', async () => {
    for (const seed of [3, 9, 10]) assert.deepEqual(await randomRun(seed), await randomRun(seed));
    assert.notEqual((await randomRun(3)).trace, (await randomRun(14)).trace);
  });
});
