import assert from 'node:assert/strict';
import { createTransaction } from '../../../src/codec/transaction.js';
import { encodePut } from '../../../src/ledger/key-value.js';
import type { Transaction } from '../../../src/types/block.js';
import type { SimPlatform } from '../../simulation/sim-platform.js';
import { simKey, simSigner } from '../../simulation/signatures.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** More than a simulated platform remembers the ids of. */
const OTHERS = 220;
const SETTLE_MS = 30_000;

/** Of one account, whatever the nonce. */
function written(stage: Stage, nonce: number, value: string): Transaction {
  const account = simSigner(simKey('account of two transactions'));
  const unsigned = { chainId: stage.society.chainId, sender: account.publicKey, nonce, payload: encodePut('k', value) };
  return createTransaction(unsigned, (bytes) => account.sign(bytes));
}

async function expectRest(stage: Stage, what: string): Promise<void> {
  await stage.runFor(SETTLE_MS);
  for (const platform of stage.honest) {
    assert.ok(platform.pendingCount === 0 && !platform.replica.workPending, `work is pending for ever at platform ${platform.index} alone: ${what}`);
  }
}

/** One platform has a transaction with nonce 0; meanwhile the others make one final that leaves it without effect. */
async function overtaken(stage: Stage, knower: number, nonce: number): Promise<void> {
  const others = stage.honest.filter(({ index }) => index !== knower);
  await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
  stage.world.partition([knower], others.map(({ index }) => index));
  stage.at(knower).submit(written(stage, 0, 'mine'));
  const theirs = written(stage, nonce, 'theirs');
  for (const other of others) other.submit(theirs);
  await stage.untilFinal(theirs, 20_000, 'three of four go on', others.map(({ index }) => index));
  stage.world.heal();
}

/** A platform that has forgotten everything about an old transaction, its account included, is given it once more. */
async function broughtBack(stage: Stage, knower: number): Promise<SimPlatform> {
  const early = stage.submit('early');
  await stage.untilFinal(early, 5000, 'all begin');
  for (let count = 0; count < OTHERS; count += 1) stage.submit(`other ${count}`);
  await stage.untilFinal(stage.submit('last of many'), 20_000, 'many more are final');
  const platform = stage.at(knower);
  platform.crash();
  await stage.runFor(1000);
  platform.start();
  await stage.runFor(5000);
  platform.participant?.intake.submit(early.bytes);
  return platform;
}

export const spentAtOne: Scenario = {
  name: 'spent-at-one',
  source: 'review: since late copies are known by their nonces, what one platform alone held as pending nobody else took any more',
  rules: ['section 4, work is pending', 'invariant 9'],
  story: 'A transaction is pending at one platform alone that can have no effect any more: another with its nonce is final, or its nonce is too old by now, or it has been final for '
    + 'long and the platform does not know it since its restart. The others do not take it. It must not be work for ever at the one, which would change views alone.',
  weaknesses: [{ mutant: 'spent-review-after-snapshots-only', fails: /^AssertionError: work is pending for ever at platform \d alone: final long ago/ }],
  async play(watch) {
    for (const knower of [0, 2]) {
      const conflicting = await Stage.open({ members: 4, watch });
      await overtaken(conflicting, knower, 0);
      await expectRest(conflicting, 'another transaction of its nonce is final');
      const older = await Stage.open({ members: 4, watch });
      await overtaken(older, knower, 1500);
      await expectRest(older, 'its nonce is too old');
    }
    const restarted = await Stage.open({ members: 4, watch });
    await broughtBack(restarted, 1);
    await expectRest(restarted, 'final long ago');
  },
};
