import assert from 'node:assert/strict';
import { FairQueue } from '../../../src/network/fair-queue.js';

describe('fair queue', () => {
  const soon = (run: () => void): () => void => {
    const immediate = setImmediate(run);
    return () => { clearImmediate(immediate); };
  };

  /** Handles everything; resolves when nothing waits any more. */
  function drained(items: readonly (readonly [string, string])[], maxBytesPerSource = 1_000): Promise<{ handled: string[]; refused: string[]; turns: number }> {
    const handled: string[] = [];
    const refused: string[] = [];
    return new Promise((resolve) => {
      let turns = 0;
      const queue = new FairQueue<string, string>({
        maxBytesPerSource, workPerTurn: 2, soon,
        handle: (item) => {
          handled.push(item);
          return 1;
        },
        turnDone: () => {
          turns += 1;
          if (handled.length + refused.length === items.length) resolve({ handled, refused, turns });
        },
      });
      for (const [source, item] of items) if (!queue.add(source, item, 10)) refused.push(item);
    });
  }

  it('serves sources in turn, so that one with much waits for itself only', async () => {
    const { handled } = await drained([['flooder', 'f1'], ['flooder', 'f2'], ['flooder', 'f3'], ['flooder', 'f4'], ['modest', 'm1']]);
    assert.deepEqual(handled, ['f1', 'm1', 'f2', 'f3', 'f4']);
  });

  it('handles a few items at a time, so that other events get their turn', async () => {
    const { turns } = await drained([['a', '1'], ['a', '2'], ['a', '3'], ['a', '4'], ['a', '5']]);
    assert.equal(turns, 3);
  });

  it('refuses what is above a source\'s limit in bytes, and keeps the rest', async () => {
    const { handled, refused } = await drained([['a', '1'], ['a', '2'], ['a', '3'], ['b', '4']], 20);
    assert.deepEqual(handled, ['1', '4', '2']);
    assert.deepEqual(refused, ['3']);
  });

  it('a turn ends with so much work, whatever the number of items, and what comes behind something that waits, waits, too', async () => {
    const turns: string[] = [];
    await new Promise<void>((resolve) => {
      const queue: FairQueue<string, number> = new FairQueue<string, number>({
        maxBytesPerSource: 1_000, workPerTurn: 10, soon,
        handle: (work) => {
          turns.push(String(work));
          return work;
        },
        turnDone: () => {
          turns.push('|');
          if (!queue.isWaiting('a')) resolve();
        },
      });
      assert.equal(queue.isWaiting('a'), false);
      for (const work of [1, 1, 9, 20, 4, 4]) queue.add('a', work, 1);
      assert.deepEqual([queue.isWaiting('a'), queue.isWaiting('b')], [true, false]);
    });
    assert.equal(turns.join(' '), '1 1 9 | 20 | 4 4 |');
  });

  it('handles nothing any more once stopped', async () => {
    const handled: string[] = [];
    const queue = new FairQueue<string, string>({ maxBytesPerSource: 100, workPerTurn: 1, soon, handle: (item) => handled.push(item), turnDone: () => undefined });
    queue.add('a', '1', 1);
    queue.stop();
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.deepEqual(handled, []);
  });
});
