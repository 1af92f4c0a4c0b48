import { Stall } from './failures.js';

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** More than any real run needs: beyond it something wakes itself again and again without waiting. */
const MAX_EVENTS_AT_ONE_TIME = 50_000;

/**
 * Resolves once every promise that can go on without virtual time has gone on: ticks that a microtask asks for run only
 * after all microtasks, those that microtasks add included. To be called from a microtask.
 */
function drained(): Promise<void> {
  return new Promise((resolve) => { process.nextTick(resolve); });
}

/** Virtual time: events run in order of their time, then of their scheduling; promises settle in between. */
export class VirtualClock {
  #nowMs = 0;
  #order = 0;
  #sameTime = 0;
  #eventsRun = 0;
  /** Binary heap by (atMs, order). */
  readonly #heap: Event[] = [];

  get nowMs(): number {
    return this.#nowMs;
  }

  get eventsRun(): number {
    return this.#eventsRun;
  }

  after(delayMs: number, run: () => void): void {
    this.#push({ atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, run });
    this.#order += 1;
  }

  /** Runs events until `done` holds; false where time `untilMs` came first. */
  async runUntil(done: () => boolean, untilMs: number): Promise<boolean> {
    await Promise.resolve();
    await drained();
    while (!done()) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > untilMs) {
        this.#nowMs = untilMs;
        return done();
      }
      this.#pop();
      this.#sameTime = next.atMs === this.#nowMs ? this.#sameTime + 1 : 0;
      if (this.#sameTime > MAX_EVENTS_AT_ONE_TIME) throw new Stall(`virtual time stands still at ${this.#nowMs} ms`);
      this.#nowMs = next.atMs;
      this.#eventsRun += 1;
      next.run();
      await drained();
    }
    return true;
  }

  #before(a: Event, b: Event): boolean {
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !this.#before(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const [a, b] = [heap[left], heap[left + 1]];
      const childIndex = a !== undefined && b !== undefined && this.#before(b, a) ? left + 1 : left;
      const child = heap[childIndex];
      if (child === undefined || !this.#before(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
