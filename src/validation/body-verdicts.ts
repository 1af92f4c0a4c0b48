import { LRUCache } from 'lru-cache';
import type { Hash } from '../types/ids.js';
import type { CheckSteps } from './examination.js';
import { unreadable } from './unreadable.js';
import type { Rejection } from './verdict.js';

/** Verdicts remembered, about 200 bytes each: of far more blocks than are under way at a time. */
const MAX_REMEMBERED = 4_096;
/** Checks under way that others may join. Of more each goes on by itself. */
const MAX_JOINABLE = 64;

type Verdict = Rejection | 'valid';

/** One check of a body, which everybody who brought that body takes further. */
class Run {
  readonly #steps: CheckSteps;
  #verdict: Verdict | undefined;

  constructor(steps: CheckSteps) {
    this.#steps = steps;
  }

  get verdict(): Verdict | undefined {
    return this.#verdict;
  }

  advance(): void {
    try {
      const next = this.#steps.next();
      if (next.done === true) this.#verdict = next.value ?? 'valid';
    } catch (error) {
      this.#verdict = unreadable(error);
    }
  }
}

/**
 * What the content of bodies was found to be, by block hash: a leader may send one a thousand times, and others pass it
 * on. Only what is known to be the body that the hash commits to may be asked about here: then the verdict holds for the
 * hash, whoever brings it.
 */
export class BodyVerdicts {
  readonly #known = new LRUCache<Hash, Verdict>({ max: MAX_REMEMBERED });
  readonly #running = new Map<Hash, Run>();

  /**
   * The verdict, at once where it is known. A check of the same body that is under way is joined: each of those who wait
   * for it takes it further in its own turns, so that nobody's waits for another's.
   */
  *steps(hash: Hash, begin: () => CheckSteps): CheckSteps {
    const known = this.#known.get(hash);
    if (known !== undefined) return rejectionOf(known);
    const run = this.#join(hash, begin);
    for (;;) {
      if (run.verdict === undefined) run.advance();
      if (run.verdict !== undefined) break;
      yield;
    }
    if (this.#running.get(hash) === run) this.#running.delete(hash);
    this.#known.set(hash, run.verdict);
    return rejectionOf(run.verdict);
  }

  #join(hash: Hash, begin: () => CheckSteps): Run {
    const running = this.#running.get(hash);
    if (running !== undefined) return running;
    const run = new Run(begin());
    this.#running.set(hash, run);
    const [oldest] = this.#running.keys();
    if (this.#running.size > MAX_JOINABLE && oldest !== undefined) this.#running.delete(oldest);
    return run;
  }
}

function rejectionOf(verdict: Verdict): Rejection | undefined {
  return verdict === 'valid' ? undefined : verdict;
}
