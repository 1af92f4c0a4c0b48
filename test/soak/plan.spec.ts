import assert from 'node:assert/strict';
import { planStrikes } from '../../scripts/soak/plan.js';
import type { Strike } from '../../scripts/soak/plan.js';
import { Random } from '../simulation/random.js';

const PLATFORMS = ['Thor', 'Sprout', 'Legion', 'Platform2'];

function firstRows(count: number, seed: number): (readonly Strike[])[] {
  const rows = planStrikes({ platforms: PLATFORMS, random: new Random(seed) });
  return Array.from({ length: count }, () => rows.next().value);
}

describe('soak: plan of kills', () => {
  it('the seed alone decides it', () => {
    assert.deepEqual(firstRows(50, 7), firstRows(50, 7));
    assert.notDeepEqual(firstRows(50, 7), firstRows(50, 8));
  });

  it('one, several and all are killed, with and without power, at every instant', () => {
    const strikes = firstRows(300, 1).flat();
    assert.deepEqual([...new Set(strikes.map(({ victims }) => victims.length))].sort(), [1, 2, 3, 4]);
    assert.deepEqual([...new Set(strikes.map(({ instant }) => instant))].sort(), ['any time', 'proposing', 'returning', 'signing', 'starting', 'writing', 'written']);
    for (const count of [1, 4]) assert.equal(new Set(strikes.filter(({ victims }) => victims.length === count).map(({ powerFails }) => powerFails)).size, 2);
    assert.ok(strikes.every(({ victims }) => new Set(victims).size === victims.length));
  });

  it('those that are killed while they start or return were killed right before', () => {
    for (const row of firstRows(300, 2)) {
      for (const [index, { instant, victims }] of row.entries()) {
        assert.equal(instant === 'starting' || instant === 'returning', index > 0);
        if (index > 0) assert.ok(victims.some((name) => row[index - 1]?.victims.includes(name)), `${victims.join()} after ${row[index - 1]?.victims.join() ?? ''}`);
      }
    }
  });
});
