import assert from 'node:assert/strict';
import { agreedHash } from '../../../scripts/federation/agreement.js';

describe('federation script: agreement of the databases (invariant 1)', () => {
  const chain = (name: string, ...hashes: string[]) => ({ name, hashes });

  it('is the hash of the last block asked for, whatever comes after it', () => {
    assert.equal(agreedHash([chain('Thor', 'a', 'b', 'c'), chain('Sprout', 'a', 'b'), chain('Legion', 'a', 'b', 'x')], 2), 'b');
  });

  it('names the platform that differs from most, and the first block where it does', () => {
    assert.throws(() => agreedHash([chain('Thor', 'a', 'x', 'y'), chain('Sprout', 'a', 'b', 'c'), chain('Legion', 'a', 'b', 'c')], 3), {
      code: 'disagreement', message: 'Thor has block 1 as x in its database, the others as b',
    });
  });

  it('names the platform that has too few', () => {
    assert.throws(() => agreedHash([chain('Thor', 'a', 'b'), chain('Sprout', 'a')], 2), { code: 'disagreement', message: 'Sprout has 1 blocks in its database, not 2' });
  });
});
