import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';

/** What `npm run mutation` takes. */
export interface MutationOptions {
  readonly list: boolean;
  /** Names of the mutants to try; all where there are none. */
  readonly only: readonly string[];
  /** Seeds of the random simulation that a mutant may survive, in place of what the catalogue says. */
  readonly seeds: number | undefined;
  readonly workers: number;
  /** Try all that may notice a mutant, also after something has. */
  readonly every: boolean;
}

const MAX_SEEDS = 1_000_000;
const MAX_WORKERS = 256;

function wholeUpTo(max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= 1 && value <= max)) throw new InvalidArgumentError(`Give a whole number from 1 to ${max}.`);
    return value;
  };
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseMutationOptions(args: readonly string[], { out, err }: Terminal): MutationOptions | 0 | 2 {
  const command = new Command('npm run mutation --')
    .description('weakens the protocol and its durability on purpose, one rule at a time, in copies of the project, and tells which test, '
      + 'scenario or seed of the random simulation notices it. Fails where none does.')
    .option('--list', 'name the mutants, and end')
    .option('--only <name...>', 'try these mutants')
    .option('--seeds <N>', 'try N seeds where the random simulation is tried', wholeUpTo(MAX_SEEDS))
    .option('--every', 'try all that may notice a mutant, also after something has')
    .option('--workers <N>', 'mutants tried at the same time', wholeUpTo(MAX_WORKERS), Math.min(availableParallelism(), MAX_WORKERS))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON with the counts. Ends with 0, 1 (a mutant survived, or is broken) or 2 (called wrongly).\n\n'
      + 'Examples:\n  $ npm run mutation\n  $ npm run mutation -- --only quorum-minus-one --seeds 1000');
  try {
    command.parse(args, { from: 'user' });
    const { list = false, only = [], seeds, workers, every = false } = command.opts<Partial<MutationOptions> & Pick<MutationOptions, 'workers'>>();
    return { list, only, seeds, workers, every };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
