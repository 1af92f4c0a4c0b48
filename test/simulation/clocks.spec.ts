import assert from 'node:assert/strict';
import { World } from './world.js';

/** Blocks become final within it where nothing waits for a clock. */
const WITHIN_MS = 1000;

describe('section 6: wall clocks that are set', () => {
  it('a minute back everywhere, as NTP may after a wrong start: blocks go on at once', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const before = world.submit('before');
    await world.until(() => world.everywhere(before), WITHIN_MS, 'a block of before the step');
    for (const platform of world.platforms) platform.wallOffsetMs = -60_000;
    for (const label of ['after', 'and on']) {
      const transaction = world.submit(label);
      await world.until(() => world.everywhere(transaction), WITHIN_MS, `"${label}" is final although chain time is ahead of all clocks`);
    }
    assert.ok(world.platforms.every(({ notices }) => notices.every(({ type }) => type !== 'proposal-early')), 'no block had to wait');
  });

  it('a minute back at one platform: it goes along, and its own blocks are taken', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const before = world.submit('before');
    await world.until(() => world.everywhere(before), WITHIN_MS, 'a block of before the step');
    const [set] = world.platforms;
    assert.ok(set);
    set.wallOffsetMs = -60_000;
    for (let turn = 0; turn < 8; turn += 1) {
      const transaction = world.submit(`turn ${turn}`);
      await world.until(() => world.everywhere(transaction), 10_000, 'final everywhere');
    }
    assert.ok(set.chain.length >= 9);
  });

  it('a genesis dated two minutes ahead: blocks go on, a millisecond apart, until clocks have come there', async () => {
    const world = new World({ members: 4 });
    for (const platform of world.platforms) platform.wallOffsetMs = -world.instant().wallMs - 120_000;
    await world.startAll();
    for (const label of ['first', 'second']) {
      const transaction = world.submit(label);
      await world.until(() => world.everywhere(transaction), WITHIN_MS, `"${label}" is final although genesis is dated ahead`);
    }
    assert.deepEqual(world.platforms[1]?.chain.map(({ block }) => block.header.timestampMs), [1, 2]);
  });

  it('a proposer that is a minute ahead has its blocks wait, and the others go on without it', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const [fast] = world.platforms;
    assert.ok(fast);
    fast.wallOffsetMs = 60_000;
    const transaction = world.submit('not of its time');
    await world.until(() => world.everywhere(transaction), 10_000, 'another proposer\'s block is final');
    const latestMs = world.instant().wallMs + 500;
    for (const { chain } of world.platforms) for (const { block } of chain) assert.ok(block.header.timestampMs <= latestMs, 'chain time is not drawn ahead');
  });
});
