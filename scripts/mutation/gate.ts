import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import { MutationError } from '../../test/mutation/mutant.js';
import { mutatedCopy } from '../../test/mutation/mutated-copy.js';
import { attempt, nameOf } from './attempt.js';
import type { Outcome } from './messages.js';

/** A catcher that noticed a mutant: by what, and after how many seeds, tests or scenarios. */
export interface Catch {
  readonly catcher: Catcher;
  readonly by: string;
  readonly tried: number;
}

export type Verdict =
  /** `missed` did not notice it, and were tried before, or with `every`. */
  | { readonly type: 'caught'; readonly catches: readonly [Catch, ...Catch[]]; readonly missed: readonly Catcher[] }
  | { readonly type: 'survived' }
  /** No weakening but a mistake in the catalogue. */
  | { readonly type: 'broken'; readonly why: string };

export interface Judgement {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly seconds: number;
}

export interface GateOptions {
  readonly workers: number;
  /** Tries every catcher of each mutant, not only until one notices it. */
  readonly every: boolean;
  readonly signal: AbortSignal;
}

/** How long each catcher took without a mutant, by name. */
export type Baseline = ReadonlyMap<string, number>;

/** A catcher that takes this many times what it takes on the specified code does not end. */
const PATIENCE = 15;
const MIN_TIMEOUT_MS = 60_000;
const BASELINE_TIMEOUT_MS = 600_000;

/** The specified code does not pass, so nothing could be told of a weakened one. */
export class BaselineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BaselineError';
  }
}

/**
 * Runs every catcher on an unchanged copy of the project.
 * @throws BaselineError naming the catcher that does not pass
 */
export async function baseline(mutants: readonly Mutant[], { workers, signal }: Omit<GateOptions, 'every'>): Promise<Baseline> {
  const distinct = new Map(mutants.flatMap(({ catchers }) => catchers.map((catcher) => [nameOf(catcher), catcher] as const)));
  const durations = new Map<string, number>();
  const copy = await mutatedCopy('none', []);
  try {
    await inParallel([...distinct], workers, async ([name, catcher]) => {
      if (hasEnded(signal)) return;
      const startMs = performance.now();
      const outcome = await attempt(copy.directory, { catcher, patchedFiles: [] }, { timeoutMs: BASELINE_TIMEOUT_MS, signal });
      if (hasEnded(signal)) return;
      // A scenario that fails in its own way does so here, too: only `passed` is green.
      if (outcome.type !== 'passed') throw new BaselineError(`${name} does not pass without any mutant: ${outcome.what}`);
      durations.set(name, performance.now() - startMs);
    });
  } finally {
    await copy.remove();
  }
  return durations;
}

/** Judges each mutant; told of each as it is judged, in no particular order. */
export async function judgeAll(mutants: readonly Mutant[], durations: Baseline, options: GateOptions, take: (judgement: Judgement) => void): Promise<void> {
  await inParallel(mutants, options.workers, async (mutant) => {
    if (hasEnded(options.signal)) return;
    const startMs = performance.now();
    const verdict = await judge(mutant, durations, options);
    if (!hasEnded(options.signal)) take({ mutant, verdict, seconds: (performance.now() - startMs) / 1000 });
  });
}

async function judge(mutant: Mutant, durations: Baseline, { every, signal }: GateOptions): Promise<Verdict> {
  const { name, patches, catchers } = mutant;
  if (catchers.length === 0) return { type: 'broken', why: 'nothing is said to catch it' };
  let copy;
  try {
    copy = await mutatedCopy(name, patches);
  } catch (error) {
    if (error instanceof MutationError) return { type: 'broken', why: error.message };
    throw error;
  }
  const catches: Catch[] = [];
  const missed: Catcher[] = [];
  try {
    for (const catcher of catchers) {
      const timeoutMs = Math.max(MIN_TIMEOUT_MS, PATIENCE * (durations.get(nameOf(catcher)) ?? 0));
      const outcome: Outcome = await attempt(copy.directory, { catcher, patchedFiles: patches.map(({ file }) => file) }, { timeoutMs, signal });
      if (outcome.type === 'unusable') return { type: 'broken', why: outcome.what };
      if (outcome.type === 'passed') missed.push(catcher);
      else catches.push({ catcher, by: outcome.what, tried: outcome.tried });
      if (catches.length > 0 && !every) break;
    }
    const [first, ...others] = catches;
    return first === undefined ? { type: 'survived' } : { type: 'caught', catches: [first, ...others], missed };
  } finally {
    await copy.remove();
  }
}

/** It changes while something is awaited. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** @throws whatever `run` throws first, once what was under way has ended */
async function inParallel<Item>(items: readonly Item[], workers: number, run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift()) {
      await run(item).catch((error: unknown) => { failures.push(error); });
    }
  }));
  if (failures.length > 0) throw failures[0];
}
