import assert from 'node:assert/strict';
import type { SimPlatform } from './world.js';
import { World } from './world.js';

async function federation(options: { readonly members?: number; readonly syncMs?: number } = {}): Promise<{ world: World; at: (index: number) => SimPlatform }> {
  const world = new World({ members: 4, delayMs: 10, ...options });
  await world.startAll();
  return { world, at: (index) => world.platforms[index] ?? assert.fail() };
}

function votesOf({ sent }: SimPlatform): string[] {
  return sent.flatMap((message) => (message.type === 'PREPARE' || message.type === 'COMMIT' || message.type === 'VIEW-CHANGE' ? [`${message.type} ${message.slot} ${message.blockHash}`] : []));
}

describe('disks of simulated platforms (section 5)', () => {
  it('a power failure between persist and send: the vote is remembered, and is sent after the restart', async () => {
    const { world, at } = await federation();
    at(2).crashesWhenDurable = true;
    const transaction = world.submit('t');
    await world.until(() => !at(2).up, 100, 'power fails with the first commit');
    assert.deepEqual(votesOf(at(2)), [], 'nothing was sent');
    assert.ok(at(2).disk.records.some(({ type }) => type === 'vote'), 'but it is durable');
    at(2).crashesWhenDurable = false;
    at(2).start();
    await world.until(() => world.everywhere(transaction), 3000, 'all goes on');
    assert.match(votesOf(at(2))[0] ?? '', /^PREPARE 0 /);
  });

  it('a batch that was being synced when power failed is there as a whole, or not at all', async () => {
    for (const torn of ['lost', 'kept'] as const) {
      const { world, at } = await federation({ syncMs: 20 });
      const transaction = world.submit('t');
      await world.runFor(40);
      at(2).crash(torn);
      assert.equal(at(2).disk.records.some(({ type }) => type === 'vote'), torn === 'kept');
      at(2).start();
      await world.until(() => world.everywhere(transaction), 3000, 'all goes on');
    }
  });

  it('a batch that a disk without atomic writes left damaged is noticed; without its store the platform observes (R10)', async () => {
    const { world, at } = await federation({ syncMs: 20 });
    world.submit('t');
    await world.runFor(40);
    at(2).crash('damaged');
    at(2).start();
    await world.runFor(100);
    assert.equal(at(2).up, false, 'it does not start on a damaged database');
    at(2).loseStore();
    at(2).start();
    await world.runFor(100);
    assert.equal(at(2).replica.snapshot().mode, 'observing');
  });

  it('on a full disk a platform stops, sends nothing more, and goes on when there is room', async () => {
    const { world, at } = await federation();
    at(3).disk.fill();
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction, world.platforms.slice(0, 3)), 3000, 'three go on');
    assert.equal(at(3).up, false);
    assert.deepEqual(votesOf(at(3)), []);
    at(3).disk.fill(false);
    at(3).start();
    await world.until(() => world.everywhere(transaction), 3000, 'the fourth is back');
  });

  it('a slow disk slows its own platform, not the others', async () => {
    const { world, at } = await federation();
    at(1).disk.syncMs = 700;
    const startMs = world.clock.nowMs;
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction, [at(0), at(2), at(3)]), 1000, 'three go on');
    assert.equal(world.clock.nowMs - startMs, 20, 'two delays, as if nothing were the matter');
    await world.until(() => world.everywhere(transaction), 3000, 'the slow one follows');
  });

  it('a lost store is noticed by the marker beside the key; a whole disk lost is not (R10)', async () => {
    const { world, at } = await federation();
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction), 1000, 'final');
    at(2).loseStore();
    at(3).loseDisk();
    for (const index of [2, 3]) at(index).start();
    await world.settle();
    assert.deepEqual([2, 3].map((index) => at(index).replica.snapshot().mode), ['observing', 'comparing']);
    await world.until(() => world.everywhere(transaction), 3000, 'both fetch the chain');
  });

  it('what is executed and not synced is executed again after a power failure, to the same state (invariant 6)', async () => {
    const { world, at } = await federation();
    const roots = new Map<number, Set<string>>();
    world.observe = (event) => {
      if (event.type === 'executed') roots.set(event.sequence, (roots.get(event.sequence) ?? new Set()).add(event.stateRoot));
    };
    for (const label of ['a', 'b', 'c']) {
      const transaction = world.submit(label);
      await world.until(() => world.everywhere(transaction), 3000, 'final');
      at(1).crash();
      at(1).start();
      await world.runFor(100);
    }
    assert.ok(roots.size >= 3 && [...roots.values()].every(({ size }) => size === 1), 'one root for each sequence');
    assert.equal(at(1).participant?.execution.executedSequence, 2);
  });
});
