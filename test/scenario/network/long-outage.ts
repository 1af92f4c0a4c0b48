import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const longOutage: Scenario = {
  name: 'long-outage',
  source: 'Besu issue #7642: timeouts that double without a cap strand validators for hours',
  rules: ['section 4, timers'],
  story: 'For a hundred timers no proposal arrives anywhere, so that slots are skipped one after another with ever longer timers. Then the network heals, just as the turn '
    + 'is Byzantine member 0\'s, which is alive and proposes nothing. Nobody waits longer for it than the longest timer.',
  weaknesses: [{ mutant: 'timer-cap-removed', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], slotTimeoutMs: 100, maxSlotTimeoutMs: 1000, watch });
    const { society, world } = stage;
    stage.hold((message) => ofType(message, 'PRE-PREPARE'));
    const pending = stage.submit('pending');
    const slotOf = (): number => stage.at(1).replica.snapshot().currentSlot;
    // Signs of life of member 0, so that it is not presumed dead: votes of no use.
    for (let slot = 0; world.clock.nowMs < 10_000 || slot % 4 !== 0; slot = slotOf()) {
      await stage.deliver(0, [1, 2, 3], society.viewChange(slot + 1, 0));
      await stage.until(() => slotOf() > slot, 60_000, 'the slot is skipped');
      if (slot > 200) assert.fail('too many slots');
    }
    await stage.deliver(0, [1, 2, 3], society.viewChange(slotOf() + 1, 0));
    stage.hold();
    await stage.untilFinal(pending, 1000 + 1000, 'within the longest timer and a re-sending');
  },
};
