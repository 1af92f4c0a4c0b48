import assert from 'node:assert/strict';
import { FairQueue } from '../../../src/node/fair-queue.js';

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
        maxBytesPerSource, itemsPerTurn: 2, soon,
        handle: (item) => { handled.push(item); },
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

  it('handles nothing any more once stopped', async () => {
    const handled: string[] = [];
    const queue = new FairQueue<string, string>({ maxBytesPerSource: 100, itemsPerTurn: 1, soon, handle: (item) => { handled.push(item); }, turnDone: () => undefined });
    queue.add('a', '1', 1);
    queue.stop();
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.deepEqual(handled, []);
  });
});
