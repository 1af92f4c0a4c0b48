import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const lateCopy: Scenario = {
  name: 'late-copy',
  source: 'npm run chaos: a platform that had slept proposed eight final transactions once more',
  rules: ['section 4, work is pending', 'section 6, execution behind finality'],
  story: 'Platform 3 is cut off while a transaction becomes final. Once it is back it has the block, but has not executed it yet, when a copy of the transaction that was under way for long '
    + 'arrives by gossip. The transaction is final: it must not be work again, nor be proposed when platform 3 leads.',
  weaknesses: [{ mutant: 'unread-final-blocks-ignored', fails: /^AssertionError: the late copy is work again/ }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
    stage.world.partition([0, 1, 2], [3]);
    const missed = stage.submit('missed', [0]);
    await stage.untilFinal(missed, 10_000, 'three of four go on', [0, 1, 2]);
    const { participant } = stage.at(3);
    assert.ok(participant !== undefined);
    let release = (): void => undefined;
    const held = participant.execution.whilePaused(() => new Promise((resolve) => { release = resolve; }));
    await stage.world.settle();
    stage.world.heal();
    await stage.untilFinal(missed, 15_000, 'it has the block');
    assert.ok(participant.execution.executedSequence < stage.at(3).chain.length - 1, 'the setting: it is not executed');
    participant.intake.onPeerTransactions([missed.bytes], stage.at(0).key);
    await stage.runFor(1);
    assert.equal(stage.at(3).pendingCount, 0, 'the late copy is work again');
    release();
    await held;
    // Each leads at least once.
    for (const label of ['a', 'b', 'c', 'd']) await stage.untilFinal(stage.submit(label), 10_000, 'all go on');
    for (const { chain } of stage.honest) {
      assert.equal(chain.filter(({ block }) => block.transactions.some(({ id }) => id === missed.id)).length, 1, 'it is final once');
    }
  },
};
