import { Command, CommanderError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';
import { faultToleranceOf } from '../../src/consensus/quorum.js';
import { numberOption } from './number-option.js';

/** What `npm run chaos` takes. */
export interface ChaosOptions {
  readonly minutes: number;
  readonly members: number;
  readonly byzantine: number;
  readonly seed: number;
  /** Transactions per second, over all clients. */
  readonly load: number;
  /** Where keys, databases, logs and captures are kept; undefined for a directory that goes when nothing was found. */
  readonly dir: string | undefined;
}

const MAX_SEED = 2 ** 32 - 1;
const MAX_MINUTES = 7 * 24 * 60;
const MAX_MEMBERS = 20;
const MAX_LOAD = 1000;

/** @returns the options, or the exit code where there is nothing to run: 0 after --help, 2 after a wrong call */
export function parseChaosOptions(args: readonly string[], { out, err }: Terminal): ChaosOptions | 0 | 2 {
  const command = new Command('npm run chaos --')
    .description('runs a federation of real processes under the load of clients, kills, stops and starves its platforms, lets f of them lie, '
      + 'and then looks into the databases: one chain, every transaction that was called final in it, no honest platform contradicting itself')
    .option('--minutes <m>', 'how long faults are made', (text) => numberOption(text, 0.05, MAX_MINUTES, false), 5)
    .option('--members <n>', 'platforms of the federation', (text) => numberOption(text, 1, MAX_MEMBERS, true), 4)
    .option('--byzantine <b>', 'platforms that lie, at most f = (n−1)/3 rounded down (default: f)', (text) => numberOption(text, 0, MAX_MEMBERS, true))
    .option('--seed <s>', 'decides which faults come when (default: another each time)', (text) => numberOption(text, 0, MAX_SEED, true))
    .option('--load <tx/s>', 'transactions that clients submit and wait for', (text) => numberOption(text, 1, MAX_LOAD, false), 40)
    .option('--dir <dir>', 'an empty directory to keep everything in (default: a temporary one, removed where nothing was found)')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(npm run chaos -- --help for what it takes)')
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON. Ends with 0, 1 (something was violated, or it was interrupted) or 2 (called wrongly).\n\n'
      + 'Examples:\n  $ npm run chaos -- --minutes 5\n  $ npm run chaos -- --members 7 --minutes 10 --seed 3');
  try {
    const parsed = command.parse(args, { from: 'user' }).opts<{ minutes: number; members: number; byzantine?: number; seed?: number; load: number; dir?: string }>();
    const { minutes, members, load, dir, seed = Math.floor(Math.random() * MAX_SEED) } = parsed;
    const f = faultToleranceOf(members);
    const byzantine = parsed.byzantine ?? f;
    if (byzantine > f) command.error(`error: --byzantine: ${members} platforms tolerate ${f}, not ${byzantine}`);
    return { minutes, members, byzantine, seed, load, dir };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
