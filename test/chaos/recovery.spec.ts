import assert from 'node:assert/strict';
import { Recoveries, recoveryTable } from '../../scripts/chaos/recovery.js';

describe('chaos: recovery times', () => {
  it('median and worst, by kind of fault', () => {
    const recoveries = new Recoveries();
    for (const federationMs of [300, 100, 200.4]) recoveries.add('kill one', { federationMs, platformMs: [federationMs * 2] });
    recoveries.add('lie', { federationMs: 1000, platformMs: [] });
    assert.equal(recoveries.count, 4);
    assert.deepEqual(recoveries.summary(), {
      'kill one': { count: 3, finalAgain: { medianMs: 200, worstMs: 300 }, votingAgain: { medianMs: 401, worstMs: 600 } },
      lie: { count: 1, finalAgain: { medianMs: 1000, worstMs: 1000 }, votingAgain: null },
    });
    assert.deepEqual(recoveryTable(recoveries.summary()).split('\n').slice(2).map((line) => line.split(/\s{2,}/)), [
      ['kill one', '3', '0.20', '0.30', '0.40', '0.60'], ['lie', '1', '1.00', '1.00', '-', '-'],
    ]);
  });
});
