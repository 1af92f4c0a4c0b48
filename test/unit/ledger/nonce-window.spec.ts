import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NONCE_WINDOW, NonceWindow } from '../../../src/ledger/nonce-window.js';

const withNonce = (window: NonceWindow, nonce: number): NonceWindow => {
  const changed = window.copy();
  changed.use(nonce);
  return changed;
};
const using = (nonces: readonly number[]): NonceWindow => nonces.reduce(withNonce, NonceWindow.unused());

describe('nonce window (section 6: replays have no effect)', () => {
  it('takes each nonce once, in any order, unless it is too old', () => {
    const window = using([5, 2_000]);
    assert.deepEqual([5, 976, 977, 1_999, 2_000, 2_001].map((nonce) => window.check(nonce)), ['nonce-too-old', 'nonce-too-old', 'free', 'free', 'nonce-used', 'free']);
    assert.deepEqual([0, 4, 5, 6].map((nonce) => using([5]).check(nonce)), ['free', 'free', 'nonce-used', 'free']);
  });

  it('agrees with a set of used nonces, through its encoding too', () => {
    const steps = fc.array(fc.oneof(fc.nat(20), fc.integer({ min: 900, max: 1_200 }), fc.integer({ min: 2_000, max: 4_000 })), { maxLength: 60 });
    fc.assert(fc.property(steps, (nonces) => {
      let window = NonceWindow.unused();
      const used = new Set<number>();
      let highest = -1;
      for (const nonce of nonces) {
        const expected = nonce <= highest - NONCE_WINDOW ? 'nonce-too-old' : used.has(nonce) ? 'nonce-used' : 'free';
        assert.equal(window.check(nonce), expected);
        if (expected !== 'free') continue;
        window = NonceWindow.decode(withNonce(window, nonce).encode());
        used.add(nonce);
        highest = Math.max(highest, nonce);
        assert.equal(window.check(nonce), 'nonce-used');
        assert.equal(window.nextNonce, highest + 1);
      }
      for (let nonce = Math.max(0, highest - NONCE_WINDOW + 1); nonce <= highest; nonce += 1) {
        assert.equal(window.check(nonce), used.has(nonce) ? 'nonce-used' : 'free');
      }
    }));
  });

  it('the same nonces used in another order give the same bytes', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(NONCE_WINDOW - 1), { minLength: 1, maxLength: 40 }), (nonces) => {
      assert.deepEqual(using(nonces).encode(), using([...nonces].sort((left, right) => left - right)).encode());
    }));
  });

  it('golden: an account that used 3 and 11', () => {
    assert.equal(Buffer.from(using([3, 11]).encode()).toString('hex'), '000000000000000b0101');
  });

  it('an account at the largest nonce still has the window below', () => {
    const window = using([Number.MAX_SAFE_INTEGER]);
    assert.equal(window.nextNonce, Number.MAX_SAFE_INTEGER - 1);
    assert.equal(withNonce(window, window.nextNonce).check(Number.MAX_SAFE_INTEGER - 1), 'nonce-used');
  });

  it('refuses anything but a canonical encoding', () => {
    for (const hex of ['', '00', '0000000000000001', '000000000000000100', '000000000000000102', '00000000000000010100', `0000000000000001${'01'.repeat(129)}`]) {
      assert.throws(() => NonceWindow.decode(Buffer.from(hex, 'hex')), { name: 'CodecError' }, hex);
    }
  });
});
