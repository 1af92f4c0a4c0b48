import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/**
 * The draft's rule is no small patch: it needs another header layout, and a leader and voters that execute unfinal blocks.
 * What stands for it here is that nothing in a header depends on execution, and that platforms vote while none of them has
 * executed anything: optimistic children are voted for before their ancestors are final.
 */
export const stateRootInHeader: Scenario = {
  name: 'draft-g-state-root-in-header',
  source: 'draft (g) of this protocol',
  rules: ['section 2, header', 'section 6, CHECKPOINT'],
  story: 'A header that held the state after its unfinal ancestors could be checked only by whoever has executed all of them. Headers hold none; blocks are '
    + 'voted for while their ancestors are unfinal, and states are compared by CHECKPOINTs afterwards.',
  weaknesses: [],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    assert.deepEqual(Object.keys(stage.block({ slot: 0 }).header).sort(), [
      'chainId', 'epoch', 'merkleRoot', 'nextMembersHash', 'parentHash', 'parentSlot', 'proposer', 'sequence', 'slot', 'timestampMs', 'transactionCount', 'view',
    ]);
    // No COMMIT and no fast quorum for 0.8 s: blocks pile up, certified and unfinal.
    stage.hold((message, from, to) => message.type === 'COMMIT' || (message.type === 'PREPARE' && from === (Number(to) + 1) % 4));
    let last = stage.submit('0');
    for (let count = 1; count < 8; count += 1) {
      await stage.runFor(50);
      last = stage.submit(`${count}`);
    }
    await stage.runFor(100);
    stage.hold();
    await stage.untilFinal(last, 5000, 'all become final');
  },
};
