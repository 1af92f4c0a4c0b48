import assert from 'node:assert/strict';
import { World } from './world.js';

describe('a federation on virtual time', () => {
  for (const members of [1, 2, 3, 4, 5, 6, 7, 10, 13]) {
    it(`${members} platforms make a transaction final, in the two delays of the fast path (section 11)`, async () => {
      const world = new World({ members, delayMs: 10 });
      await world.startAll();
      await world.runFor(100);
      const startMs = world.clock.nowMs;
      const transaction = world.submit('first');
      await world.until(() => world.everywhere(transaction), 1000, 'the transaction is final everywhere');
      assert.equal(world.clock.nowMs - startMs, members === 1 ? 0 : 20);
      await world.runFor(5000);
      assert.ok(world.platforms.every(({ chain }) => chain.length === 1), 'idle: no further blocks (section 4)');
      assert.ok(world.platforms.every(({ notices }) => notices.every(({ type }) => type !== 'timer-expired')), 'idle: no view changes (section 4)');
    });
  }
});
