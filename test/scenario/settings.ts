import assert from 'node:assert/strict';
import type { Block, Transaction } from '../../src/types/block.js';
import type { ViewChangeCertificate } from '../../src/types/certificates.js';
import type { SimPlatform } from '../simulation/world.js';
import { type Hold, ofType, type Stage } from './stage.js';

/** Two blocks were final at one sequence: seen from outside, or by a platform that stopped because of it. */
export const FORK = /^SafetyViolation: .*(fork|conflicting finality)/s;
/** The vote guard stopped a platform that was about to contradict itself. */
export const STOPPED_BY_GUARD = /^SafetyViolation: platform \d stopped: .*\. Nothing was written or may be signed/;
/** Something did not become final that had to. */
export const STUCK = /^Stall: not within/;

/** Four members of which 1 is Byzantine. Block b is final at its leader 0 alone, which nobody can hear any more. */
export interface FinalAtOne {
  readonly block: Block;
  /** Submitted to platforms 2 and 3 only. */
  readonly pending: Transaction;
}

/**
 * The setting of Abraham et al. 2017 against Zyzzyva and FaB: block b is FAST-final at platform 0 by its own first vote,
 * that of 2 and that of Byzantine 1, and then 0 is not heard any more. Platform 3 saw nothing of b in time and has given the
 * slot up; 2 has given b its first vote, its timer has expired, and it has not heard of 3. Member 1 leads the next slot.
 * From then on 2 and 3 hear one another of everything but what `hide` says.
 *
 * @param slot the current one, led by 0
 */
export async function fastFinalAtOne(stage: Stage, hide: Hold = () => false, slot = 0): Promise<FinalAtOne> {
  const { society, world } = stage;
  const startMs = world.clock.nowMs;
  const blocksBefore = stage.at(0).chain.length;
  stage.hold((message, from, to) => {
    if (from === 0) return !(ofType(message, 'PRE-PREPARE', slot) && to === 2);
    return from === 2 && to === 3;
  });
  world.cut.add('0>3').add('3>0');
  stage.submit('b', [0]);
  const pending = stage.submit('pending', [2, 3]);
  await stage.runTo(startMs + 7);
  const block = proposedBy(stage, 0, slot);
  await stage.deliver(1, [0], society.prepare(slot, 1, block.hash));
  await stage.until(() => stage.at(0).chain.length > blocksBefore, 100, 'b is fast-final at platform 0');
  assert.equal(stage.at(0).chain.at(-1)?.certificate?.kind, 'FAST');
  world.partition([0], [2, 3]);
  await stage.runTo(startMs + 1200);
  assert.deepEqual([2, 3].map((index) => stage.at(index).chain.length), [blocksBefore, blocksBefore]);
  assert.deepEqual([2, 3].map((index) => stage.voted(index, slot)[0]), ['PREPARE1', 'VIEW-CHANGE1'], 'the setting: 2 voted for b, 3 gave up');
  stage.hold(hide);
  return { block, pending };
}

/** The block that a platform proposed in a slot. */
export function proposedBy(stage: Stage, platform: number, slot: number): Block {
  const proposal = stage.at(platform).sent.find((message) => ofType(message, 'PRE-PREPARE', slot));
  return proposal?.type === 'PRE-PREPARE' ? proposal.block : assert.fail(`platform ${platform} has not proposed in slot ${slot}`);
}

/** Byzantine member 1 proposes a block in the slot after b's, on b's parent, and first-votes for it itself. */
export async function proposeBeside(stage: Stage, { block }: FinalAtOne, skips: readonly ViewChangeCertificate[]): Promise<void> {
  const slot = block.header.slot + 1;
  const parent = stage.at(2).chain.at(-1);
  const rival = stage.block({ slot, label: 'rival', ...(parent === undefined ? {} : { parent: parent.block }) });
  const justification = { skips, parent: parent?.certificate };
  await stage.deliver(1, [2, 3], stage.society.prePrepare(rival, justification), stage.society.prepare(slot, 1, rival.hash));
}

/** After `fastFinalAtOne`: nothing but b may become final at 2 and 3 while 0 is away, and once it is back everything goes on. */
export async function nothingElseIsDecided(stage: Stage, { pending, block }: FinalAtOne): Promise<void> {
  const { sequence } = block.header;
  await stage.runFor(3000);
  assert.deepEqual([2, 3].map((index) => stage.at(index).chain.length), [sequence, sequence], 'while 0 is away nothing is final');
  stage.hold();
  stage.world.heal();
  await stage.untilFinal(pending, 15_000, 'work goes on when platform 0 is back');
  for (const { chain } of stage.honest) assert.equal(chain[sequence]?.block.hash, block.hash);
}

/**
 * Four members of which 1 is Byzantine. Platforms 2 and 3 have given slot 0 up and then PREPAREd its late block b by R4a, so
 * that b has a PREPARE certificate, but the first vote of its leader 0 only; COMMITs reach nobody but 0, which is not heard
 * any more.
 */
export async function preparedTooLate(stage: Stage): Promise<{ readonly block: Block; readonly pending: Transaction }> {
  const { world } = stage;
  stage.hold((message, from, to) => (message.type === 'COMMIT' && to !== 0) || (from === 0 && world.clock.nowMs < 1050));
  stage.submit('b', [0]);
  const pending = stage.submit('pending', [2, 3]);
  await stage.runTo(1040);
  for (const index of [2, 3]) assert.deepEqual(stage.voted(index, 0), ['VIEW-CHANGE1']);
  await stage.until(() => [2, 3].every((index) => stage.voted(index, 0).includes('PREPARE0')) && stage.voted(0, 0).includes('COMMIT'), 1500, 'b is prepared by all');
  await stage.runFor(30);
  world.partition([0], [2, 3]);
  return { block: proposedBy(stage, 0, 0), pending };
}

/** After `preparedTooLate`: slot 0 is skipped with the vote of member 1, which leads slot 1, and then all is well. */
export async function skippedAndReplaced(stage: Stage, { block, pending }: { readonly block: Block; readonly pending: Transaction }): Promise<void> {
  const { society, world } = stage;
  await stage.deliver(1, [2, 3], society.viewChange(0, 1));
  const rival = stage.block({ slot: 1, label: 'rival' });
  await stage.deliver(1, [2, 3], society.prePrepare(rival), society.prepare(1, 1, rival.hash));
  await stage.until(() => stage.voted(2, 1).includes('PREPARE1'), 500, 'slot 0 is skipped');
  await stage.runFor(200);
  stage.hold();
  world.heal();
  await stage.untilFinal(pending, 20_000, 'work goes on');
  assert.notEqual(stage.at(0).chain[0]?.block.hash, block.hash, 'b was given up for good');
}

export interface RestartedVoter {
  /** What befalls platform 3's disk while it is down. */
  readonly whileDown: (platform: SimPlatform) => void;
  /** Whether platform 2, which has 3's votes, can be reached by 3 from then on. */
  readonly witnessed: boolean;
  /** Whether 3 must only observe from then on. */
  readonly observes: boolean;
}

/**
 * Four members of which 1 is Byzantine. Slot 0 was skipped by 1, 2 and 3, unknown to its leader 0, whose block b nobody got.
 * Platforms 2 and 3 have first-voted block c in slot 1, and each lacks member 1's vote to make it final. Platform 3
 * restarts, hears of b, and 0 hears from it. Should 3 now first-vote b, then b is final at 0 and c at 2.
 */
export async function restartBetweenTwoBlocks(stage: Stage, { whileDown, witnessed, observes }: RestartedVoter): Promise<void> {
  const { society, world } = stage;
  const voter = stage.at(3);
  world.partition([0], [2, 3]);
  const b = stage.submit('b', [0]);
  const pending = stage.submit('pending', [2, 3]);
  await stage.runTo(1010);
  await stage.deliver(1, [2, 3], society.viewChange(0, 1));
  await stage.runFor(20);
  const c = stage.block({ slot: 1, label: 'c' });
  await stage.deliver(1, [2, 3], society.prePrepare(c, { skips: [society.skip(0, [1, 2, 3])] }));
  await stage.runFor(20);
  for (const index of [2, 3]) {
    assert.deepEqual([stage.voted(index, 0), stage.voted(index, 1)], [['VIEW-CHANGE1'], ['PREPARE1']], `the setting: platform ${index} gave up slot 0 and voted for c`);
  }
  voter.crash();
  whileDown(voter);
  // Platform 0 must not learn that its slot was skipped, or it would show 3 the certificate with 3's own vote in it: it is
  // only heard by way of member 1, and 3's answers to it are its new votes.
  world.partition([0], [2]);
  world.cut.add('0>3');
  if (!witnessed) world.cut.add('2>3').add('3>2');
  stage.hold((message, from) => from === 3 && !ofType(message, 'PREPARE', 0));
  voter.start();
  await world.settle();
  const proposal = stage.at(0).sent.find((message) => ofType(message, 'PRE-PREPARE', 0)) ?? assert.fail();
  await stage.deliver(1, [3], proposal);
  await stage.runFor(2500);
  await stage.deliver(1, [0], society.prepare(0, 1, proposedBy(stage, 0, 0).hash));
  await stage.deliver(1, [2], society.prepare(1, 1, c.hash));
  await stage.runFor(100);
  assert.equal(stage.at(0).chain.length, 0, 'b is not final: platform 3 gave its slot up before');
  stage.hold();
  world.heal();
  if (observes) {
    // Platform 3 only observes, so that with Byzantine 1 there are too few to go on; but what is final stays so.
    await stage.runFor(5000);
    for (const { chain } of stage.honest) assert.equal(chain[0]?.block.hash, c.hash);
    return;
  }
  await stage.untilFinal(pending, 20_000, 'work goes on');
  await stage.untilFinal(b, 20_000, 'what platform 0 had proposed is not lost');
}
