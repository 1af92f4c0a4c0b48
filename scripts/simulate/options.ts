import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';

/** Both ends included. */
export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

/** What `npm run simulate` takes. */
export interface SimulateOptions {
  readonly seeds: SeedRange;
  /** In place of seeds: the name of a scenario, or a file that holds a plan. */
  readonly scenario: string | undefined;
  readonly workers: number;
  /** Tell the story of the one seed or scenario. */
  readonly trace: boolean;
  /** Only tell the names of all scenarios. */
  readonly listScenarios: boolean;
}

const DEFAULT_SEEDS: SeedRange = { from: 1, to: 500 };
const MAX_SEED = 2 ** 32 - 1;
const MAX_WORKERS = 256;

function wholeOf(text: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  return value;
}

function seedRange(text: string): SeedRange {
  const [, first, last] = /^(\d{1,10})\.\.(\d{1,10})$/.exec(text) ?? [];
  if (first === undefined || last === undefined) throw new InvalidArgumentError('Give the first and the last seed as A..B, such as 1..2000.');
  const range = { from: wholeOf(first, 0, MAX_SEED), to: wholeOf(last, 0, MAX_SEED) };
  if (range.from > range.to) throw new InvalidArgumentError('The first seed must not be above the last.');
  return range;
}

interface Given {
  readonly seeds?: SeedRange;
  readonly seed?: number;
  readonly scenario?: string;
  readonly trace?: boolean;
  readonly listScenarios?: boolean;
  readonly workers: number;
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseSimulateOptions(args: readonly string[], { out, err }: Terminal): SimulateOptions | 0 | 2 {
  const command = new Command('npm run simulate --')
    .description('plays whole federations in virtual time, with random faults and Byzantine platforms, and holds every run '
      + 'against the invariants of src/consensus/SPEC.md, section 13. A seed fully determines a run.')
    .option('--seeds <A..B>', 'play these seeds (default: 1..500)', seedRange)
    .option('--seed <S>', 'play this one seed', (text) => wholeOf(text, 0, MAX_SEED))
    .option('--scenario <NAME|FILE>', 'play this scenario, or the plan in this JSON file')
    .option('--list-scenarios', 'tell the names of all scenarios')
    .option('--trace', 'with --seed or --scenario: tell its story, in milliseconds of virtual time')
    .option('--workers <N>', 'processes to play in', (text) => wholeOf(text, 1, MAX_WORKERS), Math.min(availableParallelism(), MAX_WORKERS))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON with the counts. Ends with 0, 1 (a violation or a stall: what is wrong, the seed, how to rerun it and\n'
      + 'the smallest scenario found that still fails are told) or 2 (called wrongly). Known stalls are counted for themselves: so\n'
      + 'many stores were lost that only an operator can help (rule R10).\n\n'
      + 'Examples:\n  $ npm run simulate -- --seeds 1..2000\n  $ npm run simulate -- --seed 42 --trace\n  $ npm run simulate -- --scenario proposer-crash --trace');
  try {
    command.parse(args, { from: 'user' });
    const { seeds, seed, scenario, trace = false, listScenarios = false, workers } = command.opts<Given>();
    const given = [seeds, seed, scenario].filter((each) => each !== undefined).length;
    if (given > 1) command.error('error: give one of --seeds, --seed and --scenario');
    if (trace && seed === undefined && scenario === undefined) command.error('error: --trace tells the story of one run: name it with --seed or --scenario');
    return { seeds: seed === undefined ? seeds ?? DEFAULT_SEEDS : { from: seed, to: seed }, scenario, workers, trace, listScenarios };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
