import assert from 'node:assert/strict';
import { CatchUpWatch } from '../../../src/node/catch-up-watch.js';
import type { SyncProgress } from '../../../src/sync/events.js';

const progressOf = (changes: Partial<SyncProgress>): SyncProgress => ({
  catchingUp: true, fromSequence: -1, finalSequence: -1, toSequence: -1, remaining: 0, blocksPerSecond: 0, fetchedBytes: 0,
  outstandingRequests: 0, bufferedBytes: 0, connectedPeers: 3, heardPeers: 3, servingPeers: 1, ...changes,
});
const IDLE = progressOf({ catchingUp: false, finalSequence: 99, toSequence: 99 });

describe('how far a platform has caught up (section 7)', () => {
  it('a platform that has executed all there is known to be is in sync', () => {
    assert.equal(new CatchUpWatch(99, 99, 0).state(IDLE, 0), undefined);
  });

  it('one that knows of further final blocks is not, before the first of them was asked for', () => {
    const state = new CatchUpWatch(9, 9, 0).state(progressOf({ finalSequence: 9, toSequence: 49 }), 0);
    assert.deepEqual(state, { from: 10, at: 10, fetched: 10, to: 50, remaining: 40, blocksPerSecond: 0, remainingSeconds: undefined, fetchedBytes: 0 });
  });

  it('tells from where to where, how fast by what is executed, and how long that will take', () => {
    const watch = new CatchUpWatch(9, 9, 0);
    watch.synced({ type: 'catch-up-started', progress: progressOf({ fromSequence: 9, finalSequence: 9, toSequence: 109 }) }, 1_000);
    for (let sequence = 10; sequence < 30; sequence += 1) watch.executed(sequence, 1_000 + (sequence - 9) * 100);
    assert.deepEqual(watch.state(progressOf({ fromSequence: 9, finalSequence: 59, toSequence: 109, fetchedBytes: 5_000 }), 3_000), {
      from: 10, at: 30, fetched: 60, to: 110, remaining: 80, blocksPerSecond: 10, remainingSeconds: 8, fetchedBytes: 5_000,
    });
  });

  it('is not in sync while fetched blocks wait to be executed, and says once when it is', () => {
    const watch = new CatchUpWatch(-1, -1, 0);
    watch.synced({ type: 'catch-up-started', progress: progressOf({ toSequence: 99 }) }, 0);
    watch.executed(49, 500);
    const finished = progressOf({ catchingUp: false, finalSequence: 99, toSequence: 99, fetchedBytes: 7_000 });
    assert.equal(watch.synced({ type: 'catch-up-finished', progress: finished }, 1_000), undefined);
    assert.deepEqual(watch.state(IDLE, 1_000), {
      from: 0, at: 50, fetched: 100, to: 100, remaining: 50, blocksPerSecond: 50, remainingSeconds: 1, fetchedBytes: 7_000,
    });
    assert.equal(watch.executed(98, 1_900), undefined);
    assert.deepEqual(watch.executed(99, 2_000), { blocks: 100, seconds: 2, fetchedBytes: 7_000 });
    assert.equal(watch.state(IDLE, 2_000), undefined);
    assert.equal(watch.executed(100, 2_100), undefined);
    assert.equal(watch.state(IDLE, 2_100), undefined);
  });

  it('is in sync at once where all was executed before the last block was fetched', () => {
    const watch = new CatchUpWatch(-1, -1, 0);
    watch.synced({ type: 'catch-up-started', progress: progressOf({ toSequence: 9 }) }, 0);
    watch.executed(9, 500);
    const finished = progressOf({ catchingUp: false, finalSequence: 9, toSequence: 9, fetchedBytes: 100 });
    assert.deepEqual(watch.synced({ type: 'catch-up-finished', progress: finished }, 1_000), { blocks: 10, seconds: 1, fetchedBytes: 100 });
  });

  it('a restarted platform is not in sync before it has executed what the run before had left', () => {
    const watch = new CatchUpWatch(89, 99, 0);
    assert.equal(watch.state(IDLE, 0)?.remaining, 10);
    assert.deepEqual(watch.executed(99, 100), { blocks: 10, seconds: 0.1, fetchedBytes: 0 });
    assert.equal(watch.state(IDLE, 100), undefined);
  });

  it('begins anew each time: what came before is not counted', () => {
    const watch = new CatchUpWatch(89, 89, 0);
    const round = (from: number, to: number, startMs: number): unknown => {
      watch.synced({ type: 'catch-up-started', progress: progressOf({ fromSequence: from, finalSequence: from, toSequence: to }) }, startMs);
      watch.synced({ type: 'catch-up-finished', progress: progressOf({ catchingUp: false, finalSequence: to, toSequence: to, fetchedBytes: 10 }) }, startMs);
      return watch.executed(to, startMs + 1_000);
    };
    assert.deepEqual(round(89, 99, 0), { blocks: 10, seconds: 1, fetchedBytes: 10 });
    watch.executed(199, 5_000);
    assert.deepEqual(round(199, 204, 10_000), { blocks: 5, seconds: 1, fetchedBytes: 10 });
  });
});
