import assert from 'node:assert/strict';
import type { Transaction } from '../../src/types/block.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { skippedByTwo } from '../simulation/skipped-slots.js';
import { World } from '../simulation/world.js';
import { Bench, block, prePrepare, skip, START_WALL_MS } from '../unit/consensus/fixtures.js';
import { Federation } from '../unit/validation/federation.js';

type Platform = World['platforms'][number];

async function federation(members: number): Promise<{ world: World; at: (index: number) => Platform }> {
  const world = new World({ members });
  await world.startAll();
  return { world, at: (index) => world.platforms[index] ?? assert.fail() };
}

const passAll = (_from: unknown, _to: unknown, message: ConsensusMessage): ConsensusMessage => message;

describe('faults that broke other protocols, and what must be survived (section 13)', () => {
  it('fast-final at one platform, which is then isolated: the others can decide nothing else', async () => {
    const { world, at } = await federation(4);
    world.intercept = (_from, to, message) => (to !== 1 && message.type === 'PREPARE' && message.slot === 0 ? undefined : message);
    const first = world.submit('first');
    await world.until(() => at(1).chain.length > 0, 500, 'fast-final at platform 1');
    assert.equal(at(1).chain[0]?.certificate?.kind, 'FAST');
    assert.ok([0, 2, 3].every((index) => at(index).chain.length === 0));
    world.partition([0, 2, 3], [1]);
    world.intercept = passAll;
    const second = world.submit('second');
    await world.until(() => world.everywhere(second, [at(0), at(2), at(3)]), 20_000, 'the other three go on');
    world.heal();
    await world.until(() => world.everywhere(first) && world.everywhere(second), 20_000, 'the isolated one has both');
    assert.equal(at(0).chain[0]?.block.hash, at(1).chain[0]?.block.hash);
  });

  it('prepared at all, final at one by COMMITs, which is then cut off', async () => {
    const { world, at } = await federation(4);
    // No fast path: platform 0 is heard of by nobody after its proposal, so three COMMITs decide, and only platform 1 sees them.
    world.intercept = (from, to, message) => {
      if (message.type === 'COMMIT' && to !== 1) return undefined;
      return from === 0 && message.type === 'PREPARE' && to !== 1 ? undefined : message;
    };
    const first = world.submit('first');
    await world.until(() => at(1).chain.length > 0, 3000, 'final at platform 1');
    world.partition([0, 2, 3], [1]);
    world.intercept = passAll;
    const second = world.submit('second');
    await world.until(() => world.everywhere(second, [at(0), at(2), at(3)]), 20_000, 'the other three go on');
    world.heal();
    await world.until(() => world.everywhere(first) && world.everywhere(second), 20_000, 'all agree');
  });

  it('2|2: no block on either side, and after healing all goes on by itself', async () => {
    const { world, at } = await federation(4);
    world.partition([0, 1], [2, 3]);
    const transaction = world.submit('split');
    await world.runFor(60_000);
    assert.ok(world.platforms.every(({ chain }) => chain.length === 0));
    world.heal();
    // At most one longest timer, then the slot.
    await world.until(() => world.everywhere(transaction), 12_000, 'healed');
    assert.equal(at(0).chain.length, at(3).chain.length);
  });

  it('3|1: the three go on, the one rejoins', async () => {
    const { world, at } = await federation(4);
    world.partition([0, 1, 2], [3]);
    const transactions: Transaction[] = [];
    for (let index = 0; index < 20; index += 1) {
      transactions.push(world.submit(`t${index}`));
      await world.runFor(100);
    }
    await world.until(() => transactions.every((each) => world.everywhere(each, world.platforms.slice(0, 3))), 10_000, 'three of four go on');
    assert.equal(at(3).chain.length, 0);
    world.heal();
    await world.until(() => transactions.every((each) => world.everywhere(each)), 12_000, 'the fourth has everything');
  });

  for (const afterMs of [0, 4, 6, 11, 16, 21, 30]) {
    it(`power loss of all, ${afterMs} ms after a transaction: nothing said is unsaid, and it becomes final`, async () => {
      const { world } = await federation(4);
      world.submit('before');
      await world.runFor(1000);
      const transaction = world.submit('during');
      await world.runFor(afterMs);
      for (const platform of world.platforms) platform.crash();
      await world.runFor(100);
      for (const platform of world.platforms) platform.start();
      for (const platform of world.platforms) if (platform.chain.every(({ block: { transactions } }) => !transactions.some(({ id }) => id === transaction.id))) platform.submit(transaction);
      await world.until(() => world.everywhere(transaction), 10_000, 'goes on after the power loss');
      await world.runFor(1100);
      assert.ok(world.platforms.every(({ replica }) => replica.snapshot().mode === 'voting'), 'nobody takes its own votes for lost ones');
    });
  }

  it('all restarted at once: nobody waits for the others\' comparison for ever (section 5)', async () => {
    const { world } = await federation(7);
    for (const platform of world.platforms) platform.crash();
    for (const platform of world.platforms) platform.start();
    await world.settle();
    assert.ok(world.platforms.every(({ replica }) => replica.snapshot().mode === 'comparing'));
    const transaction = world.submit('after');
    await world.until(() => world.everywhere(transaction), 1100, 'one slot timeout, then a block');
  });

  it('a proposal sent only to the next leader', async () => {
    const { world } = await federation(4);
    world.intercept = (from, to, message) => (from === 0 && message.type === 'PRE-PREPARE' && message.signer === 0 && to !== 1 ? undefined : message);
    const transaction = world.submit('narrow');
    await world.until(() => world.everywhere(transaction), 5000, 'voters pass the block on');
  });

  it('a proposal that arrives exactly at timer expiry', async () => {
    const { world } = await federation(4);
    world.intercept = (_from, _to, message) => (message.type === 'PRE-PREPARE' && message.slot === 0 ? undefined : message);
    const transaction = world.submit('late');
    world.clock.after(1000, () => {
      const proposal = world.platforms[0]?.sent.find((message) => message.type === 'PRE-PREPARE' && message.slot === 0);
      if (proposal !== undefined) for (const platform of world.platforms.slice(1)) platform.deliver(proposal);
    });
    await world.until(() => world.everywhere(transaction), 10_000, 'certified or skipped');
  });

  it('a certificate shown to one platform', async () => {
    const { world } = await federation(4);
    world.intercept = (_from, to, message) => (to !== 2 && (message.type === 'CERTIFICATE' || message.type === 'COMMIT' || message.type === 'PREPARE') && world.clock.nowMs < 3000 ? undefined : message);
    const transaction = world.submit('private');
    await world.until(() => world.everywhere(transaction), 20_000, 'everybody gets there');
  });

  it('two leaders in a row are dead: the rest goes on within their two timers', async () => {
    const { world, at } = await federation(7);
    at(0).crash();
    at(1).crash();
    const transaction = world.submit('dead leaders');
    await world.until(() => world.everywhere(transaction, world.platforms.slice(2)), 1000 + 1500 + 200, 'skipped both');
  });

  it('a leader with two faces: no fork, the proof is kept by all, and work goes on (D2)', async () => {
    const { world } = await federation(4);
    world.intercept = (from, to, message) => {
      if (from !== 0 || message.type !== 'PRE-PREPARE' || message.signer !== 0 || to === 1) return message;
      return world.society.prePrepare(world.society.block({ slot: message.slot, label: 'other face' }));
    };
    const transaction = world.submit('true face');
    const honest = world.platforms.slice(1);
    await world.until(() => world.everywhere(transaction, honest), 20_000, 'work goes on');
    await world.runFor(2000);
    for (const { replica } of honest) assert.deepEqual(replica.snapshot().equivocations.map(({ slot }) => Number(slot)), [0]);
  });

  it('a certificate with a duplicate signer is rejected (section 2)', () => {
    const result = new Federation(4).validator().validate({ type: 'CERTIFICATE', certificate: skip(5, [1, 2, 2]) });
    assert.ok(!result.ok && result.verdict === 'reject' && result.code === 'certificate-signer');
  });

  it('a gap of 100 skipped slots, more than one justification and the window hold (sections 2, 8)', async () => {
    const world = await skippedByTwo(100);
    assert.equal(world.platforms[3]?.replica.snapshot().currentSlot, 0);
    world.heal();
    await world.until(() => world.platforms.slice(1).every(({ chain }) => chain.length > 0), 15_000, 'the third pulls what it lacks');
    assert.ok(Number(world.platforms[3].replica.finalTip.slot) >= 100);
  });

  it('a timestamp at the edge: 500 ms ahead is voted for, 501 ms waits 1 ms (section 6)', () => {
    for (const [aheadMs, waitMs] of [[500, 0], [501, 1]] as const) {
      const bench = new Bench();
      bench.take(prePrepare(block({ slot: 0, header: { timestampMs: START_WALL_MS + aheadMs } })));
      if (waitMs > 0) {
        assert.deepEqual(bench.votes(), []);
        assert.equal(bench.replica.deadlineMs, waitMs);
        bench.passMs(waitMs);
      }
      assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    }
  });

  it('work known to one platform only becomes known (section 4)', async () => {
    for (const knower of [0, 1, 2, 3]) {
      const { world, at } = await federation(4);
      const transaction = world.transaction('lonely');
      at(knower).submit(transaction);
      await world.until(() => world.everywhere(transaction), 6000, `only platform ${knower} knew of it`);
    }
  });

  it('amnesia: a lost disk makes the platform observe, and it votes in no slot (R10)', async () => {
    const { world, at } = await federation(4);
    world.submit('before');
    await world.runFor(500);
    at(3).loseStore();
    const sentBefore = at(3).sent.length;
    at(3).start();
    const transaction = world.submit('after');
    await world.until(() => world.everywhere(transaction, world.platforms), 15_000, 'the three go on, the amnesiac follows');
    assert.equal(at(3).replica.snapshot().mode, 'observing');
    assert.ok(at(3).sent.slice(sentBefore).every(({ type }) => type === 'CERTIFICATE' || type === 'EQUIVOCATION'));
  });

  it('a restored snapshot, marker and all: peers show the platform its own vote, and it observes (R10)', async () => {
    const { world, at } = await federation(4);
    const snapshot = at(3).snapshotDisk();
    // Votes reach everyone, but no quorum: nothing is final when platform 3 is restored.
    at(0).crash();
    at(1).crash();
    const transaction = world.submit('in flight');
    await world.runFor(1500);
    assert.ok(at(3).sent.some(({ type }) => type === 'VIEW-CHANGE'));
    at(3).restoreDisk(snapshot);
    at(3).start();
    at(3).submit(transaction);
    await world.until(() => at(3).replica.snapshot().mode === 'observing', 3000, 'platform 2 shows it its own VIEW-CHANGE');
    assert.deepEqual(at(3).disk.facts.records.filter(({ type }) => type === 'vote'), [], 'it signed nothing before it knew');
  });
});
