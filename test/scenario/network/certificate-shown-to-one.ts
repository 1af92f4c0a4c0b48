import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const certificateShownToOne: Scenario = {
  name: 'certificate-shown-to-one',
  source: 'SPEC section 13; Simplex (Chan and Pass 2023) relies on everyone\'s passing certificates on',
  rules: ['R7, passing certificates on', 'section 4, re-sending'],
  story: 'Platforms 1 and 2 give slot 0 up. Byzantine member 0 adds its VIEW-CHANGE and shows the certificate to platform 3 alone, which moves on without having '
    + 'voted in slot 0, and cannot do so any more. Unless 3 passes it on, 1 and 2 stay in slot 0 for ever.',
  weaknesses: [{ mutant: 'skips-kept-private', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    stage.world.partition([1, 2], [3]);
    const pending = stage.submit('pending', [1, 2]);
    await stage.runTo(1010);
    await stage.deliver(0, [3], { type: 'CERTIFICATE', certificate: stage.society.skip(0, [0, 1, 2]) });
    assert.deepEqual([1, 2, 3].map((index) => [stage.voted(index, 0).join(), Number(stage.at(index).replica.snapshot().currentSlot)]), [['VIEW-CHANGE1', 0], ['VIEW-CHANGE1', 0], ['', 1]]);
    // The certificate as such is lost when 3 passes it on at once: it must be repeated.
    await stage.runFor(100);
    stage.world.heal();
    await stage.untilFinal(pending, 20_000, 'everybody gets there');
  },
};
