import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** More than a justification carries, and more than the window of slots that a platform keeps. */
const SKIPPED_SLOTS = 70;

export const longSkipGap: Scenario = {
  name: 'long-skip-gap',
  source: 'SPEC section 13: skip gaps of more than 64',
  rules: ['section 2, justification', 'section 7', 'section 8'],
  story: 'Two platforms, which have nothing to propose, and Byzantine member 0 skip seventy slots while the fourth is cut off: more than a justification carries, and more '
    + 'than the window of slots that it keeps. It pulls what it lacks.',
  weaknesses: [{ mutant: 'window-above-final', fails: /^AssertionError.*the slots are skipped/s }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], maxSlotTimeoutMs: 1000, watch });
    const pair = [stage.at(1), stage.at(2)];
    stage.world.partition([1, 2], [3]);
    for (const platform of pair) platform.proposesNothing = true;
    const pending = stage.submit('pending', [1, 2]);
    const slot = (): number => Math.min(...pair.map(({ replica }) => replica.snapshot().currentSlot));
    for (let round = 0; round < SKIPPED_SLOTS + 10 && slot() < SKIPPED_SLOTS; round += 1) {
      await stage.deliver(0, [1, 2], stage.society.viewChange(slot(), 0));
      await stage.runFor(1010);
    }
    assert.ok(slot() >= SKIPPED_SLOTS, `the slots are skipped, and not ${slot()}`);
    for (const platform of pair) platform.proposesNothing = false;
    assert.equal(stage.at(3).replica.snapshot().currentSlot, 0);
    stage.world.heal();
    await stage.untilFinal(pending, 15_000, 'the fourth pulls what it lacks');
    assert.ok(stage.at(3).replica.finalTip.slot >= SKIPPED_SLOTS);
  },
};
