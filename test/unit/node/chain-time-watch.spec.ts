import assert from 'node:assert/strict';
import { chainAheadMs, ChainTimeWatch } from '../../../src/node/chain-time-watch.js';

describe('section 6: chain time ahead of this host\'s clock', () => {
  it('is told above one second, and once a minute', () => {
    const watch = new ChainTimeWatch();
    assert.deepEqual([watch.note(0, 0), watch.note(1_000, 1)], [false, false], 'what two sound clocks may differ by');
    assert.equal(watch.note(1_001, 2), true);
    assert.equal(watch.note(60_000, 60_001), false);
    assert.equal(watch.note(500, 60_002), false);
    assert.equal(watch.note(2_000, 60_002), true);
  });
  it('a clock that is ahead of the chain, as it mostly is, is ahead by nothing', () => {
    assert.deepEqual([chainAheadMs(5_000, 4_000), chainAheadMs(4_000, 5_000)], [1_000, 0]);
  });
});
