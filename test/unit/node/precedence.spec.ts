import assert from 'node:assert/strict';
import { Precedence } from '../../../src/node/precedence.js';

/** Turns of an event loop, taken one at a time. */
class Turns {
  #due: (() => void)[] = [];

  soon(run: () => void): () => void {
    this.#due.push(run);
    return () => { this.#due = this.#due.filter((each) => each !== run); };
  }

  next(): void {
    const due = this.#due;
    this.#due = [];
    for (const run of due) run();
  }

  get areIdle(): boolean {
    return this.#due.length === 0;
  }
}

describe('precedence of proposals that are verified', () => {
  it('runs other work in the next turn where nothing is urgent', () => {
    const turns = new Turns();
    let runs = 0;
    new Precedence(turns, () => false).soon(() => { runs += 1; });
    assert.equal(runs, 0);
    turns.next();
    assert.equal(runs, 1);
    assert.ok(turns.areIdle);
  });

  it('lets other work wait while something is urgent, and no longer', () => {
    const turns = new Turns();
    let runs = 0;
    let urgentTurns = 3;
    new Precedence(turns, () => urgentTurns > 0).soon(() => { runs += 1; });
    for (; urgentTurns > 0; urgentTurns -= 1) {
      turns.next();
      assert.equal(runs, 0);
    }
    turns.next();
    assert.equal(runs, 1);
  });

  it('lets it wait for a few turns at most: nobody starves', () => {
    const turns = new Turns();
    const precedence = new Precedence(turns, () => true);
    let runs = 0;
    const run = (): void => {
      runs += 1;
      precedence.soon(run);
    };
    precedence.soon(run);
    for (let turn = 0; turn < 90; turn += 1) turns.next();
    assert.equal(runs, 10);
  });

  it('can be taken back while it waits', () => {
    const turns = new Turns();
    let runs = 0;
    const cancel = new Precedence(turns, () => true).soon(() => { runs += 1; });
    turns.next();
    cancel();
    for (let turn = 0; turn < 20; turn += 1) turns.next();
    assert.equal(runs, 0);
    assert.ok(turns.areIdle);
  });
});
