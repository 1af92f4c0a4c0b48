import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** More than a simulated platform remembers the ids of. */
const OTHERS = 220;

export const forgottenCopy: Scenario = {
  name: 'forgotten-copy',
  source: 'npm run bench: one transaction in eight was final twice at full load, where gossip lagged by seconds',
  rules: ['section 4, work is pending', 'section 6, replays have no effect'],
  story: 'A transaction becomes final, and so many others after it that its id is forgotten. Then a copy of it that was under way for long arrives. Its nonce is used, '
    + 'so that it can have no effect any more: it must not be work again, nor be proposed.',
  weaknesses: [{ mutant: 'forgotten-copies-taken', fails: /^AssertionError: the forgotten copy is work again/ }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    const early = stage.submit('early');
    await stage.untilFinal(early, 5000, 'all begin');
    for (let count = 0; count < OTHERS; count += 1) stage.submit(`other ${count}`);
    await stage.untilFinal(stage.submit('last of many'), 10_000, 'many more are final');
    for (const { participant } of stage.honest) participant?.intake.onPeerTransactions([early.bytes], stage.at(0).key);
    await stage.runFor(1);
    for (const { pendingCount } of stage.honest) assert.equal(pendingCount, 0, 'the forgotten copy is work again');
    for (const label of ['a', 'b', 'c', 'd']) await stage.untilFinal(stage.submit(label), 10_000, 'all go on');
    for (const { chain } of stage.honest) {
      assert.equal(chain.filter(({ block }) => block.transactions.some(({ id }) => id === early.id)).length, 1, 'it is final once');
    }
  },
};
