import assert from 'node:assert/strict';
import { toMemberIndex } from '../../../src/types/ids.js';
import type { Commit } from '../../../src/types/messages.js';
import type { Scenario } from '../scenario.js';
import { FORK, proposedBy } from '../settings.js';
import { ofType, Stage } from '../stage.js';

export const swappedType: Scenario = {
  name: 'swapped-type',
  source: 'ByzzFuzz (Winter et al. 2023): swapped type; SPEC section 14: a PREPARE recast as COMMIT',
  rules: ['section 2, what is signed'],
  story: 'With the fast path off, platform 2 COMMITs block b, while its leader 0 and 3 give slot 0 up. Byzantine member 1 sends platform 2 its own COMMIT and, as a '
    + 'COMMIT of platform 0, the signature of 0\'s proposal, which covers the same hash. Then slot 0 is skipped, and another block is decided.',
  weaknesses: [{ mutant: 'type-not-signed', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], fastPath: 'off', watch });
    const { society, world } = stage;
    // Nothing of 2 reaches 0, so that 0 does not COMMIT; nothing of b reaches 3.
    world.cut.add('2>0').add('2>3').add('3>2');
    stage.hold((message, _from, to) => to === 3 && (ofType(message, 'PREPARE', 0) || ofType(message, 'PRE-PREPARE', 0)));
    stage.submit('b', [0]);
    const pending = stage.submit('pending', [0, 3]);
    await stage.runTo(20);
    const block = proposedBy(stage, 0, 0);
    await stage.deliver(1, [2], society.prepare(0, 1, block.hash));
    await stage.until(() => stage.voted(2, 0).includes('COMMIT'), 50, 'platform 2 COMMITs b');
    await stage.runTo(1010);
    assert.deepEqual([stage.voted(0, 0), stage.voted(3, 0)], [['PREPARE1', 'VIEW-CHANGE0'], ['VIEW-CHANGE1']], 'the setting: 0 and 3 give slot 0 up');
    const proposal = stage.at(0).sent.find((message) => ofType(message, 'PRE-PREPARE', 0));
    assert.equal(proposal?.type, 'PRE-PREPARE');
    const recast: Commit = { ...society.commit(0, 1, block.hash), signer: toMemberIndex(0), signature: proposal.signature };
    world.partition([2], [0, 3]);
    await stage.deliver(1, [2], recast, society.commit(0, 1, block.hash));
    await stage.deliver(1, [0, 3], society.viewChange(0, 1));
    await stage.until(() => [0, 3].every((index) => stage.at(index).replica.snapshot().currentSlot === 1), 1500, 'slot 0 is skipped');
    const rival = stage.block({ slot: 1, label: 'rival' });
    await stage.deliver(1, [0, 3], society.prePrepare(rival), society.prepare(1, 1, rival.hash), society.commit(1, 1, rival.hash));
    await stage.until(() => stage.at(0).chain.length > 0, 500, 'the other block is final');
    world.heal();
    stage.hold();
    await stage.untilFinal(pending, 20_000, 'work goes on');
  },
};
