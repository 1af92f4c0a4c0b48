import assert from 'node:assert/strict';
import { LargeReads } from '../../../src/api/large-reads.js';
import { WorkShare } from '../../../src/api/work-share.js';

describe('HTTP API: the time of all requests together', () => {
  let nowMs: number;
  let slices: (() => void)[];
  let share: WorkShare;
  let done: string[];

  beforeEach(() => {
    nowMs = 0;
    slices = [];
    done = [];
    share = new WorkShare({ sliceMs: 2, nowMs: () => nowMs, soon: (run) => { slices.push(run); } });
  });

  /** So many steps of half a millisecond. */
  function job(name: string, steps: number): () => boolean {
    let left = steps;
    return () => {
      nowMs += 0.5;
      done.push(name);
      left -= 1;
      return left === 0;
    };
  }

  function slice(): string {
    done = [];
    assert.equal(slices.length, 1, 'one slice is planned at a time');
    slices.shift()?.();
    return done.join('');
  }

  it('a slice ends with its time, whatever the number of clients and requests', () => {
    for (let request = 0; request < 100; request += 1) void share.run(`client ${request % 10}`, job('x', 3));
    for (let count = 0; count < 75; count += 1) assert.equal(slice(), 'xxxx');
    assert.equal(slices.length, 0, 'nothing is planned without work');
  });

  it('clients take turns, and the requests of each: who asks for much waits for itself', () => {
    void share.run('one', job('a', 6));
    void share.run('one', job('b', 6));
    void share.run('two', job('z', 3));
    assert.deepEqual([slice(), slice(), slice()], ['azbz', 'azba', 'baba']);
  });

  it('a step that takes long is the last of its slice', () => {
    void share.run('one', () => { nowMs += 50; done.push('long'); return true; });
    void share.run('two', job('z', 1));
    assert.deepEqual([slice(), slice()], ['long', 'z']);
  });

  it('what a step throws goes to its request alone', async () => {
    const failing = share.run('one', () => { throw new Error('this one'); });
    const once = share.once('one', () => 7);
    slice();
    await assert.rejects(failing, /this one/);
    assert.equal(await once, 7);
  });

  it('large reads: so many at once, the others in the order of asking, and a failure gives its place on', async () => {
    const reads = new LargeReads(2);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const all = [0, 1, 2, 3].map((index) => reads.run(() => new Promise<number>((resolve, reject) => {
      begun.push(index);
      ends[index] = () => { if (index === 1) reject(new Error('unreadable')); else resolve(index); };
    })));
    const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
    await turn();
    assert.deepEqual(begun, [0, 1]);
    ends[1]?.();
    await assert.rejects(all[1] ?? Promise.resolve(), /unreadable/);
    await turn();
    assert.deepEqual(begun, [0, 1, 2]);
    ends[0]?.();
    ends[2]?.();
    await turn();
    ends[3]?.();
    assert.deepEqual(await Promise.all([all[0], all[2], all[3]]), [0, 2, 3]);
  });
});
