import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import type { MutatedCopy } from '../../test/mutation/mutated-copy.js';
import { mutatedCopy } from '../../test/mutation/mutated-copy.js';
import { attempt, nameOf } from './attempt.js';
import { inParallel } from './parallel.js';

const TIMEOUT_MS = 600_000;

/** The specified code does not pass, so nothing could be told of a weakened one. */
export class BaselineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BaselineError';
  }
}

/** How catchers fare on an unchanged copy of the project: each is run there once, before it may judge a mutant. */
export class Baseline {
  readonly #copy: MutatedCopy;
  readonly #signal: AbortSignal;
  readonly #durations = new Map<string, Promise<number>>();

  private constructor(copy: MutatedCopy, signal: AbortSignal) {
    this.#copy = copy;
    this.#signal = signal;
  }

  /** Whoever opens it must close it. */
  static async open(signal: AbortSignal): Promise<Baseline> {
    return new Baseline(await mutatedCopy('none', []), signal);
  }

  close(): Promise<void> {
    return this.#copy.remove();
  }

  /**
   * Runs what each mutant is tried with first.
   * @returns how many catchers these are
   * @throws BaselineError
   */
  async requireFirst(mutants: readonly Mutant[], workers: number): Promise<number> {
    const first = new Map(mutants.flatMap(({ catchers }) => catchers.slice(0, 1)).map((catcher) => [nameOf(catcher), catcher]));
    await inParallel([...first.values()], workers, async (catcher) => { await this.durationMs(catcher); });
    return first.size;
  }

  /**
   * How long the catcher takes without a mutant.
   * @throws BaselineError where it does not pass
   */
  durationMs(catcher: Catcher): Promise<number> {
    const name = nameOf(catcher);
    const known = this.#durations.get(name) ?? this.#run(catcher);
    this.#durations.set(name, known);
    return known;
  }

  async #run(catcher: Catcher): Promise<number> {
    const startMs = performance.now();
    const outcome = await attempt(this.#copy.directory, { catcher, patchedFiles: [] }, { timeoutMs: TIMEOUT_MS, signal: this.#signal });
    if (outcome.type !== 'passed') throw new BaselineError(`${nameOf(catcher)} does not pass without any mutant: ${outcome.what}`);
    return performance.now() - startMs;
  }
}
