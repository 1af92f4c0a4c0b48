import { alignedLines } from '../../src/cli/terminal.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { MUTANTS } from '../../test/mutation/catalogue.js';
import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import { SCENARIOS } from '../../test/scenario/catalogue.js';
import type { Conclusion, NothingPlayed } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import { Baseline, BaselineError } from './baseline.js';
import type { Judgement } from './gate.js';
import { judgeAll } from './gate.js';
import type { MutationOptions } from './options.js';
import { parseMutationOptions } from './options.js';
import { withScenarios } from './scenario-catchers.js';
import { Table } from './table.js';
import { typeErrors } from './type-errors.js';

export interface MutationHost extends Terminal {
  /** Asks to end early. */
  readonly signal: AbortSignal;
  /** Other mutants than the catalogue's. */
  readonly mutants?: readonly Mutant[];
}

/** `npm run mutation`. @returns the exit code */
export function mutation(args: readonly string[], host: MutationHost): Promise<number> {
  return conclude(host, () => play(args, host));
}

async function play(args: readonly string[], host: MutationHost): Promise<Conclusion | NothingPlayed> {
  const options = parseMutationOptions(args, host);
  if (typeof options === 'number') return options;
  const mutants = chosen(host.mutants ?? withScenarios(MUTANTS, SCENARIOS), options, host);
  if (mutants === undefined) return 2;
  if (options.list) {
    host.out(alignedLines(mutants.map(({ name, rule, why }) => [name, `${rule}: ${why}`])));
    return 0;
  }
  try {
    return await gate(mutants, options, host);
  } catch (error) {
    if (!host.signal.aborted) {
      if (!(error instanceof BaselineError) && error instanceof Error && error.stack !== undefined) host.err(error.stack);
      throw error;
    }
    host.err('interrupted before any mutant was tried');
    return { ok: false, mutants: mutants.length, caught: 0, interrupted: true };
  }
}

function chosen(all: readonly Mutant[], { only, seeds }: MutationOptions, { err }: Terminal): readonly Mutant[] | undefined {
  const unknown = only.filter((name) => !all.some((mutant) => mutant.name === name));
  if (unknown.length > 0) {
    err(`error: there is no mutant ${unknown.join(', ')}; --list names them all`);
    return undefined;
  }
  const mutants = only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
  if (seeds === undefined) return mutants;
  const within = (catcher: Catcher): Catcher => (catcher.kind === 'seeds' ? { ...catcher, to: catcher.from + seeds - 1 } : catcher);
  return mutants.map((mutant) => ({ ...mutant, catchers: mutant.catchers.map(within) }));
}

async function gate(mutants: readonly Mutant[], { workers, every }: MutationOptions, { out, err, signal }: MutationHost): Promise<Conclusion> {
  const startMs = performance.now();
  const secondsSince = (fromMs: number): number => Math.round((performance.now() - fromMs) / 100) / 10;
  const totals = { mutants: mutants.length, caught: 0, survived: 0, broken: 0 };
  const table = new Table(mutants);
  const take = (judgement: Judgement): void => {
    totals[judgement.verdict.type] += 1;
    for (const row of table.rows(judgement, every)) out(row);
  };
  const mistyped = typeErrors(mutants);
  const sound = mutants.filter((mutant) => !mistyped.has(mutant));
  out(`${mutants.length} mutants, ${workers} at the same time; their types checked in ${secondsSince(startMs)} s`);
  const baseline = await Baseline.open(signal);
  try {
    const baselineMs = performance.now();
    const count = await baseline.requireFirst(sound, workers);
    out(`without a mutant all passes: ${count} runs of tests, scenarios and seeds, in ${secondsSince(baselineMs)} s\n\n${table.head}`);
    for (const [mutant, why] of mistyped) take({ mutant, verdict: { type: 'broken', why }, seconds: 0 });
    await judgeAll(sound, baseline, { workers, every, signal }, take);
  } finally {
    await baseline.close();
  }
  if (signal.aborted) err(`interrupted after ${totals.caught + totals.survived + totals.broken} of ${mutants.length} mutants`);
  out('');
  return { ok: totals.caught === mutants.length, ...totals, seconds: secondsSince(startMs) };
}
