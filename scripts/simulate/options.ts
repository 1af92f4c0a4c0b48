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
  readonly workers: number;
  /** Tell the story of the one seed. */
  readonly trace: boolean;
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

/** @returns the options, or the exit code where there is nothing to run */
export function parseSimulateOptions(args: readonly string[], { out, err }: Terminal): SimulateOptions | 0 | 2 {
  const command = new Command('npm run simulate --')
    .description('plays whole federations in virtual time, with random faults and Byzantine platforms, and checks every run '
      + 'against the invariants of src/consensus/SPEC.md, section 13. A seed fully determines a run.')
    .option('--seeds <A..B>', 'play these seeds (default: 1..500)', seedRange)
    .option('--seed <S>', 'play this one seed', (text) => wholeOf(text, 0, MAX_SEED))
    .option('--trace', 'with --seed: tell its story, in milliseconds of virtual time')
    .option('--workers <N>', 'processes to play in', (text) => wholeOf(text, 1, MAX_WORKERS), Math.min(availableParallelism(), MAX_WORKERS))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON with the counts. Ends with 0, 1 (a violation or a stall: its seed and how to rerun it are told)\n'
      + 'or 2 (called wrongly).\n\nExamples:\n  $ npm run simulate -- --seeds 1..2000\n  $ npm run simulate -- --seed 42 --trace');
  try {
    command.parse(args, { from: 'user' });
    const { seeds = DEFAULT_SEEDS, seed, trace = false, workers } = command.opts<{ seeds?: SeedRange; seed?: number; trace?: boolean; workers: number }>();
    if (seed !== undefined && command.getOptionValue('seeds') !== undefined) command.error('error: give either --seed or --seeds');
    if (trace && seed === undefined) command.error('error: --trace tells the story of one run: name it with --seed');
    return { seeds: seed === undefined ? seeds : { from: seed, to: seed }, workers, trace };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
