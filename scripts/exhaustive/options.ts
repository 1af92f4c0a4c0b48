import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';

/** What `npm run exhaustive` takes. */
export interface ExhaustiveOptions {
  /** Both ends included. */
  readonly members: { readonly from: number; readonly to: number };
  /** Tell how each weakening goes wrong. */
  readonly story: boolean;
  /** Random runs over several slots to play afterwards. */
  readonly runs: number;
}

const DEFAULT_MEMBERS = { from: 4, to: 7 };
/** A state packs a stance of six bits for each of n−f honest platforms into a number. */
const MOST_MEMBERS = 11;

function memberRange(text: string): ExhaustiveOptions['members'] {
  const [, first, last = first] = /^(\d{1,2})(?:\.\.(\d{1,2}))?$/.exec(text) ?? [];
  const range = { from: Number(first), to: Number(last) };
  if (!(range.from >= 1 && range.from <= range.to && range.to <= MOST_MEMBERS)) {
    throw new InvalidArgumentError(`Give one number from 1 to ${MOST_MEMBERS}, or the first and the last as A..B, such as 4..10.`);
  }
  return range;
}

function runCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1)) throw new InvalidArgumentError('Give a whole number from 1 to 999999999.');
  return count;
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseExhaustiveOptions(args: readonly string[], { out, err }: Terminal): ExhaustiveOptions | 0 | 2 {
  const command = new Command('npm run exhaustive --')
    .description('visits every state that the honest platforms of one slot can reach by the production voting rules, with f Byzantine '
      + 'platforms and any order of delivery, and looks for forks and for slots that can neither be decided nor left; then the same '
      + 'with the sizes of src/consensus/SPEC.md, section 1, weakened, which must be found out.')
    .option('--members <A..B>', 'numbers of members (default: 4..7; up to 10 takes minutes)', memberRange)
    .option('--story', 'tell the shortest way in which each weakening goes wrong')
    .option('--runs <N>', 'then play N random runs over several slots of 2 to 10 members, on all cores', runCount)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON with the counts. Ends with 0, 1 (a result is not the expected one: it is marked and its story told) or 2 (called wrongly).\n\n'
      + 'Examples:\n  $ npm run exhaustive -- --members 4..10\n  $ npm run exhaustive -- --members 4 --story\n  $ npm run exhaustive -- --members 4 --runs 1000000');
  try {
    command.parse(args, { from: 'user' });
    const { members = DEFAULT_MEMBERS, story = false, runs = 0 } = command.opts<{ members?: ExhaustiveOptions['members']; story?: boolean; runs?: number }>();
    return { members, story, runs };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
