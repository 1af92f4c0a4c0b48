import assert from 'node:assert/strict';
import { skippedByTwo } from '../../simulation/skipped-slots.js';
import type { Scenario } from '../scenario.js';

export const longSkipGap: Scenario = {
  name: 'long-skip-gap',
  source: 'SPEC section 13: skip gaps of more than 64',
  rules: ['section 2, justification', 'section 7', 'section 8'],
  story: 'Two platforms and Byzantine member 0 skip seventy slots while the fourth is cut off: more than a justification carries, and more than the window of slots '
    + 'that it keeps. It pulls what it lacks.',
  weaknesses: [{ mutant: 'window-above-final', fails: /^Error: not over the first 70 slots/ }],
  async play(watch) {
    const world = await skippedByTwo(70);
    watch?.(world);
    const fourth = world.platforms[3] ?? assert.fail();
    assert.equal(fourth.replica.snapshot().currentSlot, 0);
    world.heal();
    await world.until(() => world.platforms.slice(1).every(({ chain }) => chain.length > 0), 15_000, 'the fourth pulls what it lacks');
    assert.ok(fourth.replica.finalTip.slot >= 70);
  },
};
