import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const slowDisk: Scenario = {
  name: 'slow-disk',
  source: 'SPEC section 13; CometBFT issue #6031: what was signed is not yet on the disk when the power goes',
  rules: ['section 5: durable, signed, counted, sent'],
  story: 'A sync takes half a second on the disk of platform 3, and its power goes now and then. The others do not wait for it, nothing leaves it before its record is '
    + 'durable, and once it is left in peace it has all that they have.',
  weaknesses: [{ mutant: 'send-before-persist', fails: /^SafetyViolation: invariant 4: platform \d sent .* was durable/ }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, syncMs: 2, watch });
    const slow = stage.at(3);
    slow.disk.syncMs = 500;
    for (let count = 0; count < 12; count += 1) {
      await stage.untilFinal(stage.submit(`t${count}`), 2500, 'three of four suffice', [0, 1, 2]);
      if (count % 4 === 1) await stage.restart(3);
    }
    await stage.untilFinal(stage.submit('last'), 20_000, 'the slow one follows');
    assert.equal(slow.chain.length, stage.at(0).chain.length);
  },
};
