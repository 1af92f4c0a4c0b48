import assert from 'node:assert/strict';
import { BlockScrub, type ScrubState } from '../../../src/node/block-scrub.js';
import { corruption } from '../../../src/storage/storage-error.js';
import { toSequence } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { chainOf } from '../sync/fake-chain.js';

class Scrubbing {
  readonly unrepairable = new Set<number>();
  readonly read: number[] = [];
  readonly ended: ScrubState[] = [];
  readonly pausesMs: number[] = [];
  first = 0;
  chain: readonly CommittedBlock[];
  cancelled = 0;
  #due: (() => void) | undefined;
  readonly scrub = new BlockScrub({
    blocks: {
      firstSequence: () => toSequence(this.first),
      finalSequence: () => toSequence(this.chain.length - 1),
      range: (from, maxCount) => {
        const blocks = this.chain.slice(from, from + maxCount);
        const bad = blocks.find(({ block }) => this.unrepairable.has(block.header.sequence));
        if (bad !== undefined) return Promise.reject(corruption('key space BLOCK lacks it'));
        this.read.push(...blocks.map(({ block }) => block.header.sequence));
        return Promise.resolve(blocks);
      },
    },
    passEnded: (state) => this.ended.push(state),
    after: (delayMs, run) => {
      this.pausesMs.push(delayMs);
      this.#due = run;
      return () => { this.cancelled += 1; };
    },
  });

  constructor(count: number) {
    this.chain = chainOf(count);
    this.scrub.start();
  }

  async turn(): Promise<void> {
    const run = this.#due;
    this.#due = undefined;
    run?.();
    await new Promise(setImmediate);
  }

  async pass(): Promise<void> {
    const before = this.ended.length;
    for (let turn = 0; this.ended.length === before; turn += 1) {
      assert.ok(turn < 200, 'a pass ends');
      await this.turn();
    }
  }
}

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, index) => from + index);

describe('node: final blocks are read now and then', () => {
  it('each once in a pass, a few every second; the next pass is a day later', async () => {
    const run = new Scrubbing(40);
    await run.turn();
    assert.deepEqual(run.scrub.state, { checked: 16, unreadable: 0, passes: 0 });
    await run.pass();
    assert.deepEqual(run.read, upTo(40));
    assert.deepEqual(run.ended, [{ checked: 40, unreadable: 0, passes: 1 }]);
    assert.deepEqual(run.pausesMs, [1_000, 1_000, 1_000, 1_000, 86_400_000]);
    await run.pass();
    assert.deepEqual(run.read, [...upTo(40), ...upTo(40)]);
    assert.equal(run.ended[1]?.passes, 2);
  });

  it('one that cannot be read or repaired is counted, and keeps none of the others from being read', async () => {
    const run = new Scrubbing(40);
    for (const sequence of [5, 6, 39]) run.unrepairable.add(sequence);
    await run.pass();
    assert.deepEqual(run.read, upTo(40).filter((sequence) => !run.unrepairable.has(sequence)));
    assert.deepEqual(run.ended, [{ checked: 37, unreadable: 3, passes: 1 }]);
  });

  it('goes on above what is pruned meanwhile, and with what is added', async () => {
    const run = new Scrubbing(20);
    await run.turn();
    run.first = 18;
    run.chain = chainOf(30);
    await run.pass();
    assert.deepEqual(run.read, [...upTo(16), ...upTo(30, 18)]);
  });

  it('without blocks a pass is over at once; once stopped it does nothing more', async () => {
    const run = new Scrubbing(0);
    await run.pass();
    assert.deepEqual(run.ended, [{ checked: 0, unreadable: 0, passes: 1 }]);
    await run.scrub.stop();
    assert.equal(run.cancelled, 1);
    const other = new Scrubbing(40);
    const reading = other.turn();
    await other.scrub.stop();
    await reading;
    assert.equal(other.pausesMs.length, 1);
  });
});
