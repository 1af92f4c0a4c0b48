import { Command, CommanderError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';
import { ATTACKS } from '../../test/flood/catalogue.js';
import { numberOption } from '../chaos/number-option.js';

/** What `npm run flood` takes. */
export interface FloodOptions {
  /** Names of attacks, in the order to play them. */
  readonly kinds: readonly string[];
  /** Of each attack, and of the control before it. */
  readonly seconds: number;
  /** Share of the limits that the attacker uses. */
  readonly rate: number;
  /** Honest transactions per second, over all clients. */
  readonly load: number;
  /** Medians of the control that a transaction may take. */
  readonly patience: number;
  readonly dir: string | undefined;
}

/** @returns the options, or the exit code where there is nothing to run: 0 after --help, 2 after a wrong call */
export function parseFloodOptions(args: readonly string[], { out, err }: Terminal): FloodOptions | 0 | 2 {
  const all = ATTACKS.map(({ name }) => name);
  const command = new Command('npm run flood --')
    .description('real processes of four members, one of which uses everything that the limits allow, one kind of message, request or stream after another; '
      + 'beside each a control in the same minutes: honest transactions must stay final in time, honest members keep one another, and what is invalid be refused')
    .option('--kinds <a,b>', 'attacks to play (default: all)', (text) => text.split(',').map((name) => name.trim()), all)
    .option('--seconds <s>', 'how long each attack and its control take', (text) => numberOption(text, 1, 3600, false), 30)
    .option('--rate <share>', 'share of the limits that the attacker uses', (text) => numberOption(text, 0.001, 10, false), 0.9)
    .option('--load <tx/s>', 'transactions of honest clients', (text) => numberOption(text, 0.5, 1000, false), 6)
    .option('--patience <medians>', 'medians of the control that a transaction may take', (text) => numberOption(text, 1, 10_000, false), 3)
    .option('--dir <dir>', 'an empty directory to keep everything in (default: a temporary one, removed where nothing failed)')
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(npm run flood -- --help for what it takes)')
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', `\nKinds:\n${ATTACKS.map(({ name, text }) => `  ${name.padEnd(18)} ${text}`).join('\n')}\n\n`
      + 'The last line is JSON. Ends with 0, 1 (something failed, or it was interrupted) or 2 (called wrongly).\n\n'
      + 'Examples:\n  $ npm run flood\n  $ npm run flood -- --kinds blocks,relays --seconds 10');
  try {
    const options = command.parse(args, { from: 'user' }).opts<Omit<FloodOptions, 'dir'> & { dir?: string }>();
    const unknown = options.kinds.filter((kind) => !all.includes(kind));
    if (unknown.length > 0) command.error(`error: --kinds: there is no ${unknown.join(', ')}; --help names them all`);
    return { ...options, dir: options.dir };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
