import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/**
 * The model of the drafts that forked with S+4 took another S than the highest slot with a certificate. With the S of R10
 * no old vote lies above S+2: it was cast in a slot k whose predecessor k−1 had a certificate, of whose signers at least
 * one honest one is among the Q that answer, and that one held a certificate of k−2. So with a margin of four there is no
 * fork to be scripted, and what is asserted is the margin itself. A platform that does not wait at all does fork:
 * `restored-snapshot`.
 */
export const votingAgainTooEarly: Scenario = {
  name: 'draft-f-voting-again-too-early',
  source: 'draft (f) of this protocol',
  rules: ['R10'],
  story: 'Platform 3 lost its votes, and the others show it no certificate above slot S. It stays silent until a block is final by its own certificate in a '
    + 'slot above S + 8, and votes above that block only.',
  weaknesses: [{ mutant: 'recovery-margin-of-four', fails: /^AssertionError.*voted again/s }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    const voter = stage.at(3);
    await stage.untilFinal(stage.submit('before'), 1000, 'the first block');
    voter.loseStore();
    const sentBefore = voter.sent.length;
    await stage.restart(3);
    await stage.until(() => voter.replica.snapshot().mode === 'observing', 2000, 'it knows that it lost its votes');
    await stage.runFor(3000);
    const highest = Math.max(...[0, 1, 2].map((index) => Number(stage.at(index).replica.finalTip.slot)));
    for (let round = 0; voter.replica.snapshot().mode === 'observing'; round += 1) {
      if (round > 30) assert.fail('it never votes again');
      await stage.untilFinal(stage.submit(`round ${round}`), 6000, 'the others go on, and 3 follows');
      await stage.runFor(50);
    }
    const firstSlot = Math.min(...voter.sent.slice(sentBefore).flatMap((message) => (message.type === 'PREPARE' || message.type === 'VIEW-CHANGE' ? [Number(message.slot)] : [])));
    assert.ok(Number(voter.replica.finalTip.slot) > highest + 8 && firstSlot > highest + 9, `voted again in slot ${firstSlot}, while certificates were shown up to ${highest}`);
  },
};
