import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK, STOPPED_BY_GUARD } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const viewChangeCarriesNoProof: Scenario = {
  name: 'view-change-carries-no-proof',
  source: 'SPEC section 14, the original design: all prepare A, one platform gets three COMMITs and is cut off, the others change views and commit B',
  rules: ['R5', 'J'],
  story: 'Nobody is Byzantine, the fast path is off. All PREPARE block b, but the votes come after everyone gave slot 0 up. Platform 1 sees three '
    + 'COMMITs and is cut off; platform 2 saw nothing but the VIEW-CHANGEs, and proposes another block in place of b.',
  weaknesses: [{ mutant: 'commit-after-second-view-change', fails: STOPPED_BY_GUARD, failsUnguarded: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, fastPath: 'off', watch });
    const { world } = stage;
    // PREPAREs of slot 0 come late, and never to 2, which hears of no certificate of b either; COMMITs reach 1 only, and of
    // 1 nothing is heard but its votes in slot 0.
    stage.hold((message, from, to) => {
      if (from === 1 && !(ofType(message, 'PREPARE', 0) || ofType(message, 'VIEW-CHANGE', 0))) return true;
      if (ofType(message, 'COMMIT', 0)) return to !== 1;
      if (message.type === 'CERTIFICATE' && message.certificate.slot === 0) return message.certificate.kind !== 'VIEW-CHANGE';
      return ofType(message, 'PREPARE', 0) && (to === 2 || world.clock.nowMs < 1003);
    });
    world.interceptResponse = (_from, to, _request, response) => (to === 2 ? undefined : response);
    stage.submit('b', [0]);
    await stage.runFor(3);
    const pending = stage.submit('pending');
    await stage.until(() => [0, 1, 2, 3].every((index) => stage.voted(index, 0).includes('VIEW-CHANGE0')), 1100, 'all give slot 0 up');
    await stage.runFor(60);
    world.partition([1], [0, 2, 3]);
    assert.ok([0, 1, 2, 3].every((index) => stage.voted(index, 0).includes('PREPARE1')), 'the setting: all had prepared b');
    await stage.untilFinal(pending, 8000, 'the three go on', [0, 2, 3]);
    world.interceptResponse = undefined;
    stage.hold();
    world.heal();
    await stage.untilFinal(pending, 15_000, 'and platform 1 with them');
  },
};
