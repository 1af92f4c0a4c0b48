import { alignedLines } from '../../src/cli/terminal.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { MUTANTS } from '../../test/mutation/catalogue.js';
import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import { nameOf } from './attempt.js';
import type { Catch, Judgement } from './gate.js';
import { baseline, BaselineError, judgeAll } from './gate.js';
import type { MutationOptions } from './options.js';
import { parseMutationOptions } from './options.js';
import { typeErrors } from './type-errors.js';

export interface MutationHost extends Terminal {
  /** Asks to end early. */
  readonly signal: AbortSignal;
  /** Other mutants than the catalogue's. */
  readonly mutants?: readonly Mutant[];
}

interface Totals {
  mutants: number;
  caught: number;
  survived: number;
  broken: number;
}

/** `npm run mutation`. @returns the exit code */
export async function mutation(args: readonly string[], host: MutationHost): Promise<number> {
  const options = parseMutationOptions(args, host);
  if (typeof options === 'number') return options;
  const mutants = chosen(host.mutants ?? MUTANTS, options, host);
  if (mutants === undefined) return 2;
  if (options.list) {
    host.out(alignedLines(mutants.map(({ name, rule, why }) => [name, `${rule}: ${why}`])));
    return 0;
  }
  try {
    return await gate(mutants, options, host);
  } catch (error) {
    if (error instanceof BaselineError) host.err(`error: ${error.message}`);
    else host.err(`error: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    return 1;
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

async function gate(mutants: readonly Mutant[], { workers, every }: MutationOptions, host: MutationHost): Promise<number> {
  const startMs = performance.now();
  const { out, signal } = host;
  const secondsSince = (fromMs: number): string => ((performance.now() - fromMs) / 1000).toFixed(1);
  const mistyped = typeErrors(mutants);
  out(`${mutants.length} mutants: types checked in ${secondsSince(startMs)} s; ${workers} at the same time`);
  const baselineMs = performance.now();
  const durations = await baseline(mutants, { workers, signal });
  out(`without a mutant everything passes: ${durations.size} runs of tests, scenarios and seeds in ${secondsSince(baselineMs)} s\n`);
  const columns = columnsFor(mutants);
  out(columns('', 'mutant', 'rule', 'tried', 'seconds', 'caught by'));
  const totals: Totals = { mutants: mutants.length, caught: 0, survived: 0, broken: 0 };
  const take = ({ mutant, verdict, seconds }: Judgement): void => {
    totals[verdict.type] += 1;
    const row = (tried: string, by: string): void => { out(columns(verdict.type, mutant.name, mutant.rule, tried, seconds.toFixed(1), by)); };
    switch (verdict.type) {
      case 'survived': row('', `nothing: ${mutant.why}`); return;
      case 'broken': row('', verdict.why); return;
      case 'caught': {
        const [first, ...others] = verdict.catches;
        row(triedText(first), first.by);
        for (const also of others) out(columns('', '  also', '', triedText(also), '', also.by));
        if (every) for (const catcher of verdict.missed) out(columns('', '  not', '', '', '', `by ${nameOf(catcher)}`));
      }
    }
  };
  for (const [mutant, why] of mistyped) take({ mutant, verdict: { type: 'broken', why }, seconds: 0 });
  await judgeAll(mutants.filter((mutant) => !mistyped.has(mutant)), durations, { workers, every, signal }, take);
  if (signal.aborted) host.err(`interrupted after ${totals.caught + totals.survived + totals.broken} of ${mutants.length} mutants`);
  out(`\n${JSON.stringify({ ...totals, seconds: Number(secondsSince(startMs)) })}`);
  return totals.caught === mutants.length ? 0 : 1;
}

/** After how many seeds, or tests of the files named. */
function triedText({ catcher, tried }: Catch): string {
  const what = catcher.kind === 'seeds' ? 'seed' : catcher.kind === 'specs' ? 'test' : 'scenario';
  return `${tried} ${what}${tried === 1 ? '' : 's'}`;
}

function columnsFor(mutants: readonly Mutant[]): (...cells: readonly [string, string, string, string, string, string]) => string {
  const longest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  const widths = ['survived'.length, longest(mutants.map(({ name }) => name)), longest(mutants.map(({ rule }) => rule)), '300 seeds'.length];
  return (verdict, name, rule, tried, seconds, by) => [
    ...[verdict, name, rule, tried].map((text, index) => text.padEnd(widths[index] ?? 0)), seconds.padStart('seconds'.length), by,
  ].join('  ').trimEnd();
}
