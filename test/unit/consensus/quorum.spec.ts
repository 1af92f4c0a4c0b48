import assert from 'node:assert/strict';
import { largestFastPath, leaderOf, QuorumError, quorumParameters } from '../../../src/consensus/quorum.js';
import { toSlot } from '../../../src/types/ids.js';

/** n: f, Q, p, F, T, Te */
const TABLE: Readonly<Record<number, readonly [number, number, number, number, number, number]>> = {
  1: [0, 1, 0, 1, 1, 0], 2: [0, 2, 0, 2, 1, 0], 3: [0, 2, 0, 3, 1, 0], 4: [1, 3, 1, 3, 3, 2], 5: [1, 4, 1, 4, 3, 2],
  6: [1, 4, 1, 5, 3, 2], 7: [2, 5, 1, 6, 4, 3], 8: [2, 6, 1, 7, 4, 3], 9: [2, 6, 2, 7, 5, 4], 10: [3, 7, 1, 9, 5, 4],
  11: [3, 8, 1, 10, 5, 4], 12: [3, 8, 2, 10, 6, 5], 13: [4, 9, 1, 12, 6, 5], 14: [4, 10, 1, 13, 6, 5], 15: [4, 10, 2, 13, 7, 6],
  16: [5, 11, 1, 15, 7, 6], 17: [5, 12, 1, 16, 7, 6], 18: [5, 12, 2, 16, 8, 7], 19: [6, 13, 1, 18, 8, 7], 20: [6, 14, 1, 19, 8, 7],
};

describe('section 1: quorum sizes', () => {
  for (const [n, [f, quorum, p, fastQuorum, threshold, equivocation]] of Object.entries(TABLE)) {
    it(`section 1: n=${n} gives f=${f} Q=${quorum} p=${p} F=${fastQuorum} T=${threshold} Te=${equivocation}`, () => {
      assert.deepEqual(quorumParameters(Number(n)), {
        memberCount: Number(n), faultTolerance: f, quorum, fastPath: p, fastQuorum, fallbackThreshold: threshold, equivocationThreshold: equivocation,
      });
    });
  }

  it('section 1: for every n and p, quorums share an honest platform, T excludes a fast quorum, and the honest are a quorum', () => {
    for (let n = 1; n <= 60; n += 1) {
      for (let p = 0; p <= largestFastPath(n); p += 1) {
        const { faultTolerance: f, quorum, fastQuorum, fallbackThreshold, equivocationThreshold } = quorumParameters(n, p);
        assert.ok(2 * quorum - n > f, `n=${n}: two quorums`);
        assert.ok(quorum <= n - f, `n=${n}: the honest make a quorum`);
        assert.ok(fastQuorum >= quorum, `n=${n} p=${p}: a fast quorum certifies, too`);
        assert.ok(fallbackThreshold + fastQuorum > n + f, `n=${n} p=${p}: T votes elsewhere leave no fast quorum, f of them two-faced`);
        assert.equal(equivocationThreshold, fallbackThreshold - 1);
      }
    }
  });

  it('section 1: p has its bounds: 0 is allowed, more than the largest is not, nor what is no whole number', () => {
    assert.deepEqual([quorumParameters(4, 0).fastQuorum, quorumParameters(4, 0).fallbackThreshold], [4, 2]);
    for (const n of Object.keys(TABLE).map(Number)) {
      assert.equal(quorumParameters(n, largestFastPath(n)).fastPath, largestFastPath(n));
      assert.throws(() => quorumParameters(n, largestFastPath(n) + 1), (error) => error instanceof QuorumError && error.message.includes('fastPath'));
    }
    for (const p of [-1, 0.5, Number.NaN]) assert.throws(() => quorumParameters(4, p), QuorumError);
    for (const n of [0, -1, 1.5]) assert.throws(() => quorumParameters(n), QuorumError);
  });

  it('section 1: fastPath "off" has no fast quorum, and thresholds that always hold', () => {
    const { quorum, fastQuorum, fallbackThreshold, equivocationThreshold } = quorumParameters(7, 'off');
    assert.deepEqual([quorum, fastQuorum, fallbackThreshold, equivocationThreshold], [5, Infinity, 0, 0]);
  });

  it('section 1: members lead slots in turn', () => {
    assert.deepEqual([0, 1, 3, 4, 9].map((slot) => leaderOf(toSlot(slot), 4)), [0, 1, 3, 0, 1]);
  });
});
