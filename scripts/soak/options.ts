import { Command, CommanderError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';
import { numberOption } from '../chaos/number-option.js';

/** What `npm run soak` takes. */
export interface SoakOptions {
  /** How often platforms are killed: one, several or all at once count once. */
  readonly restarts: number;
  readonly members: number;
  readonly seed: number;
  /** Transactions per second, over all clients. */
  readonly load: number;
  /** Where keys, databases and logs are kept; undefined for a directory that goes when nothing was found. */
  readonly dir: string | undefined;
}

const MAX_SEED = 2 ** 32 - 1;

/** @returns the options, or the exit code where there is nothing to run: 0 after --help, 2 after a wrong call */
export function parseSoakOptions(args: readonly string[], { out, err }: Terminal): SoakOptions | 0 | 2 {
  const command = new Command('npm run soak --')
    .description('runs a federation of real processes under the load of clients and kills platforms over and over, one, several or all, '
      + 'at any time, in the middle of signing or writing, and again while they start and catch up. Each must come back to voting by itself. '
      + 'Then it looks into the databases, and at everything that any platform ever signed: no transaction that was called final is lost, '
      + 'and no platform contradicted itself')
    .option('--restarts <r>', 'how often platforms are killed', (text) => numberOption(text, 1, 1_000_000, true), 200)
    .option('--members <n>', 'platforms of the federation', (text) => numberOption(text, 1, 20, true), 4)
    .option('--seed <s>', 'decides who is killed when (default: another each time)', (text) => numberOption(text, 0, MAX_SEED, true))
    .option('--load <tx/s>', 'transactions that clients submit and wait for', (text) => numberOption(text, 1, 1000, false), 30)
    .option('--dir <dir>', 'an empty directory to keep everything in (default: a temporary one, removed where nothing was found)')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(npm run soak -- --help for what it takes)')
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nPower failures: two kills in five also take from LevelDB\'s log what was not synced, all of it or a part.\n'
      + 'Tables, renames and directories are taken to be as LevelDB and the platform synced them; disks that lose or\n'
      + 'damage more are simulated: npm run simulate.\n\n'
      + 'The last line is JSON. Ends with 0, 1 (something was violated, or it was interrupted) or 2 (called wrongly).\n\n'
      + 'Examples:\n  $ npm run soak -- --restarts 200\n  $ npm run soak -- --members 7 --restarts 50 --seed 3');
  try {
    const parsed = command.parse(args, { from: 'user' }).opts<{ restarts: number; members: number; seed?: number; load: number; dir?: string }>();
    return { ...parsed, dir: parsed.dir, seed: parsed.seed ?? Math.floor(Math.random() * MAX_SEED) };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
