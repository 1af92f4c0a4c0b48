import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/**
 * Alone, this weakness no longer leads to a standstill: whoever voted in slot 1 holds the certificate of slot 0 durably
 * (J, section 5), passes it on in justifications, and answers with all above the asker's final slot (section 4). Where a
 * draft lacked any of these, slot 0 stayed open for ever. So what must not happen is asserted: leaving slot 0 without its
 * certificate and without a vote in it, which the others may need.
 */
export const enteringByALaterCertificate: Scenario = {
  name: 'draft-c-entering-by-a-later-certificate',
  source: 'draft (c) of this protocol',
  rules: ['R7'],
  story: 'Platforms 1 and 3 skipped slots 0 and 1 with votes of Byzantine member 0 that nobody else got. Platform 2 is shown the certificate of slot 1 only. It '
    + 'must stay in slot 0, where its VIEW-CHANGE with those of 1 and 3 makes a certificate, and not leave it without a vote.',
  weaknesses: [{ mutant: 'entering-by-a-later-certificate', fails: /^AssertionError.*platform 2 left slot 0/s }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { society, world } = stage;
    world.partition([1, 3], [2]);
    // They propose nothing, so that slot 1 is skipped, too.
    const pending = stage.submit('pending', [1, 3]);
    for (const index of [1, 3]) stage.at(index).proposesNothing = true;
    await stage.runTo(1010);
    await stage.deliver(0, [1, 3], society.viewChange(0, 0));
    await stage.runTo(2600);
    await stage.deliver(0, [1, 3], society.viewChange(1, 0));
    await stage.runFor(20);
    for (const index of [1, 3]) assert.equal(stage.at(index).replica.snapshot().currentSlot, 2, 'the setting: slots 0 and 1 are skipped');
    await stage.deliver(0, [2], { type: 'CERTIFICATE', certificate: society.skip(1, [0, 1, 3]) });
    assert.equal(stage.at(2).replica.snapshot().currentSlot, 0, 'platform 2 left slot 0 on a later slot\'s certificate');
    // Certificates are lost from here on; votes are not.
    stage.hold((message) => message.type === 'CERTIFICATE');
    for (const index of [1, 3]) stage.at(index).proposesNothing = false;
    stage.at(2).submit(pending);
    world.heal();
    await stage.until(() => stage.voted(2, 0).includes('VIEW-CHANGE1'), 1500, 'its vote in slot 0');
    stage.hold();
    await stage.untilFinal(pending, 20_000, 'all go on together');
  },
};
