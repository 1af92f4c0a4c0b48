import assert from 'node:assert/strict';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Block } from '../../src/types/block.js';
import { toMemberIndex, toSequence, toSlot } from '../../src/types/ids.js';
import { skippedByTwo } from '../simulation/skipped-slots.js';
import { World } from '../simulation/world.js';
import { Bench, block, chainOf, commit, hashOf, prePrepare, prepareCertificate, skip, slowCertificate } from '../unit/consensus/fixtures.js';

/** Blocks as a Byzantine leader could make them on a simulated society's genesis. */
function forged(world: World, slot: number, label: string, parent: Block | World['society']['genesisTip'] = world.society.genesisTip): Block {
  return world.society.block({ slot, label, parent });
}

const isProposalOf = (slot: number, message: ConsensusMessage): boolean => message.type === 'PRE-PREPARE' && message.slot === slot;

function votesOf(world: World, platform: number, slot: number): string[] {
  const votes = (world.platforms[platform]?.sent ?? []).flatMap((message) => {
    if (message.type === 'PREPARE' && message.slot === slot) return [`PREPARE${Number(message.first)} ${message.blockHash}`];
    if (message.type === 'VIEW-CHANGE' && message.slot === slot) return [`VIEW-CHANGE${Number(message.first)}`];
    return [];
  });
  return [...new Set(votes)];
}

function platformOf(world: World, index: number): World['platforms'][number] {
  const platform = world.platforms[index];
  if (platform === undefined) throw new Error(`no platform ${index}`);
  return platform;
}

describe('drafts of the protocol that got stuck or forked (section 13)', () => {
  it('(a) a VIEW-CHANGE certificate given to one platform only, which proposes on it, first-votes and restarts', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    platformOf(world, 0).crash();
    const one = platformOf(world, 1);
    // Platforms 2 and 3 give up slot 0; with the Byzantine leader's own VIEW-CHANGE that makes a certificate for platform 1.
    world.partition([0, 2, 3], [1]);
    const transaction = world.transaction('a');
    for (const index of [2, 3]) platformOf(world, index).submit(transaction);
    await world.runFor(1500);
    one.deliver({ type: 'CERTIFICATE', certificate: world.society.skip(0, [0, 2, 3]) });
    one.submit(transaction);
    await world.runFor(100);
    assert.match(votesOf(world, 1, 1)[0] ?? '', /^PREPARE1/, 'it has first-voted on the strength of the certificate');
    one.crash();
    one.start();
    world.heal();
    await world.until(() => world.everywhere(transaction, world.platforms.slice(1)), 10_000, 'the others get over slot 0, which only that certificate skips');
    assert.deepEqual(votesOf(world, 1, 0), [], 'platform 1 could not help in slot 0 itself');
  });

  it('(b) a leader\'s optimistic proposal whose parent is skipped is not first-voted by its leader', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    platformOf(world, 0).crash();
    world.intercept = (_from, _to, message) => (isProposalOf(0, message) ? undefined : message);
    const transaction = world.submit('b');
    platformOf(world, 1).deliver(world.society.prePrepare(forged(world, 0, 'shown to one')));
    for (const platform of world.platforms.slice(1)) platform.deliver(world.society.viewChange(0, 0));
    await world.runFor(100);
    const optimistic = platformOf(world, 1).sent.find((message) => isProposalOf(1, message));
    assert.equal(optimistic?.type, 'PRE-PREPARE');
    await world.until(() => world.everywhere(transaction, world.platforms.slice(1)), 10_000, 'work goes on after the skipped parent');
    assert.ok(!votesOf(world, 1, 1).some((vote) => vote.includes(optimistic.block.hash)));
    assert.deepEqual(votesOf(world, 1, 1), ['VIEW-CHANGE1']);
  });

  it('(c) a later slot\'s certificate does not move a platform past an earlier open one (R7)', () => {
    const bench = new Bench();
    bench.certificate(skip(1), prepareCertificate(2, hashOf('x')));
    assert.equal(bench.slot, 0);
    bench.certificate(skip(0));
    assert.equal(bench.slot, 3, 'all three at once when the gap is filled');
  });

  it('(d) a parent that is final justifies its child without a PREPARE certificate (J)', () => {
    const bench = new Bench();
    const [parent, child] = chainOf(2);
    assert.ok(parent && child);
    bench.take(prePrepare(parent), commit(0, 0, parent.hash), commit(0, 1, parent.hash), commit(0, 2, parent.hash));
    assert.equal(bench.replica.finalTip.hash, parent.hash);
    bench.take(prePrepare(child));
    assert.ok(bench.votes().includes('PREPARE1 slot 1'));

    const behind = new Bench();
    const [first, second, third, fourth] = chainOf(4);
    assert.ok(first && second && third && fourth);
    behind.certificate(slowCertificate(2, third.hash));
    behind.take(prePrepare(third), prePrepare(fourth, { parent: slowCertificate(2, third.hash) }), prePrepare(first));
    assert.equal(behind.replica.finalTip.slot, -1, 'its chain is not held');
  });

  for (const [members, split] of [[7, [5, 0, 0]], [7, [4, 1, 0]], [7, [3, 2, 0]], [7, [3, 1, 1]], [7, [2, 2, 1]], [7, [1, 1, 1]], [10, [3, 2, 2]], [10, [5, 1, 1]], [10, [3, 3, 1]], [10, [4, 2, 1]]] as const) {
    it(`(e) n=${members}: three headers of one leader, first voted by ${split.join(', ')} platforms`, async () => {
      const world = new World({ members });
      await world.startAll();
      const faulty = world.quorum.faultTolerance;
      for (let index = 0; index < faulty; index += 1) platformOf(world, index).crash();
      const honest = world.platforms.slice(faulty);
      const headers = ['A', 'B', 'C'].map((label) => forged(world, 0, label));
      const shown = split.flatMap((count, which) => Array.from({ length: count }, () => which));
      honest.forEach((platform, index) => {
        const header = headers[shown[index] ?? -1];
        if (header !== undefined) platform.deliver(world.society.prePrepare(header));
      });
      const transaction = world.submit('e');
      await world.until(() => world.everywhere(transaction, honest), 20_000, 'some header is certified or the slot is skipped');
    });
  }

  it('(f) after losing its votes a platform stays silent until a block is final more than 8 slots above every certificate (R10)', () => {
    const bench = new Bench({ voteStoreLost: true });
    for (const member of [0, 1, 2]) bench.step({ type: 'peer-status', member: toMemberIndex(member), highestSlot: toSlot(4), observing: false });
    const blocks = chainOf(15);
    for (const each of blocks.slice(0, 13)) bench.synced({ block: each, certificate: slowCertificate(each.header.slot, each.hash) });
    assert.equal(bench.replica.finalTip.slot, 12);
    bench.take(prePrepare(blocks[13] ?? assert.fail()));
    assert.deepEqual(bench.votes(), [], 'S + 8 is not enough');
    for (const each of blocks.slice(13, 14)) bench.synced({ block: each, certificate: slowCertificate(each.header.slot, each.hash) });
    bench.take(prePrepare(blocks[14] ?? assert.fail()));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 14']);
  });

  it('(g) a header does not depend on executing unfinal ancestors: it holds no state root, CHECKPOINT does', () => {
    assert.deepEqual(Object.keys(block({ slot: 0 }).header).sort(), [
      'chainId', 'epoch', 'merkleRoot', 'nextMembersHash', 'parentHash', 'parentSlot', 'proposer', 'sequence', 'slot', 'timestampMs', 'transactionCount', 'view',
    ]);
  });

  it('(h) an unjustified proposal is no pending work: an idle society stays where it is', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const absent = forged(world, 2, 'nobody has it');
    for (const platform of world.platforms) {
      platform.deliver(world.society.prePrepare(forged(world, 3, 'unjustified', absent)));
      platform.deliver(world.society.prePrepare(forged(world, 6, 'unjustified', absent)));
    }
    await world.runFor(60_000);
    for (const { replica, notices } of world.platforms) {
      assert.equal(replica.snapshot().currentSlot, 0);
      assert.equal(replica.workPending, false);
      assert.ok(!notices.some(({ type }) => type === 'timer-expired'));
    }
  });

  it('(i) a platform that holds a high certificate gets the ones below it that it lacks', async () => {
    const world = await skippedByTwo(6);
    const [, one, , three] = world.platforms;
    assert.ok(one && three);
    const highest = one.replica.slotStateAbove(toSlot(-1)).find((message) => message.type === 'CERTIFICATE' && message.certificate.slot === 5);
    assert.ok(highest);
    three.deliver(highest);
    assert.equal(three.replica.snapshot().currentSlot, 0);
    world.heal();
    await world.until(() => world.platforms.slice(1).every(({ chain }) => chain.length > 0), 15_000, 'the gap below is filled');
  });

  it('(j) a certified block that nobody may COMMIT becomes final through an empty block (R5, section 4)', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const transaction = world.submit('j');
    // The proposal comes when all but its leader have given up: they PREPARE it by R4a, and may not COMMIT it.
    world.intercept = (_from, _to, message) => (isProposalOf(0, message) && world.clock.nowMs < 1100 ? undefined : message);
    await world.until(() => world.everywhere(transaction), 10_000, 'the block is final through a descendant');
    await world.runFor(5000);
    const { chain } = platformOf(world, 1);
    assert.equal(chain[0]?.block.transactions[0]?.id, transaction.id);
    assert.ok(chain.length <= 3 && chain.slice(1).every(({ block: { transactions } }) => transactions.length === 0), 'and then there are no more empty blocks');
  });

  it('(o) an idle platform that missed the last block gets it without anyone writing', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    world.partition([0, 1, 2], [3]);
    const transaction = world.transaction('o');
    for (const platform of world.platforms.slice(0, 3)) platform.submit(transaction);
    await world.until(() => world.everywhere(transaction, world.platforms.slice(0, 3)), 5000, 'three of four go on');
    assert.equal(platformOf(world, 3).replica.workPending, false);
    world.heal();
    await world.until(() => world.everywhere(transaction), 11_000, 'the fourth catches up while all are idle');
    assert.equal(platformOf(world, 3).replica.status().finalSequence, toSequence(0));
  });
});
