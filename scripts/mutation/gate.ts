import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import { MutationError } from '../../test/mutation/mutant.js';
import type { MutatedCopy } from '../../test/mutation/mutated-copy.js';
import { mutatedCopy } from '../../test/mutation/mutated-copy.js';
import { attempt } from './attempt.js';
import type { Baseline } from './baseline.js';
import { inParallel } from './parallel.js';

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

/** A catcher that takes this many times what it takes on the specified code does not end. */
const PATIENCE = 15;
const MIN_TIMEOUT_MS = 60_000;

/**
 * Judges each mutant; told of each as it is judged, in no particular order.
 * @throws BaselineError
 */
export async function judgeAll(mutants: readonly Mutant[], baseline: Baseline, options: GateOptions, take: (judgement: Judgement) => void): Promise<void> {
  await inParallel(mutants, options.workers, async (mutant) => {
    if (hasEnded(options.signal)) return;
    const startMs = performance.now();
    const verdict = await judge(mutant, baseline, options);
    if (!hasEnded(options.signal)) take({ mutant, verdict, seconds: (performance.now() - startMs) / 1000 });
  });
}

/** It changes while something is awaited. */
function hasEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function judge(mutant: Mutant, baseline: Baseline, options: GateOptions): Promise<Verdict> {
  if (mutant.catchers.length === 0) return { type: 'broken', why: 'nothing is said to catch it' };
  let copy: MutatedCopy;
  try {
    copy = await mutatedCopy(mutant.name, mutant.patches);
  } catch (error) {
    if (error instanceof MutationError) return { type: 'broken', why: error.message };
    throw error;
  }
  try {
    return await judgeIn(copy, mutant, baseline, options);
  } finally {
    await copy.remove();
  }
}

async function judgeIn({ directory }: MutatedCopy, { catchers, patches }: Mutant, baseline: Baseline, { every, signal }: GateOptions): Promise<Verdict> {
  const patchedFiles = patches.map(({ file }) => file);
  const catches: Catch[] = [];
  const missed: Catcher[] = [];
  for (const catcher of catchers) {
    const timeoutMs = Math.max(MIN_TIMEOUT_MS, PATIENCE * await baseline.durationMs(catcher));
    const outcome = await attempt(directory, { catcher, patchedFiles }, { timeoutMs, signal });
    if (outcome.type === 'unusable') return { type: 'broken', why: outcome.what };
    if (outcome.type === 'passed') missed.push(catcher);
    else catches.push({ catcher, by: outcome.what, tried: outcome.tried });
    if (catches.length > 0 && !every) break;
  }
  const [first, ...others] = catches;
  return first === undefined ? { type: 'survived' } : { type: 'caught', catches: [first, ...others], missed };
}
