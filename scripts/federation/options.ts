import { Command, CommanderError, InvalidArgumentError } from 'commander';

/** What `npm start` takes. */
export interface FederationOptions {
  /** Ends by itself once every platform has committed this many blocks; undefined runs until Ctrl-C. */
  readonly untilSequence?: number;
  readonly platforms: number;
  readonly dir: string;
  /** Transactions per second. */
  readonly load: number;
  /** Deletes what is in `dir` first. */
  readonly fresh: boolean;
  /** Seconds without a new block after which the run has failed. */
  readonly timeout: number;
  /** Go on where a platform ends, rather than fail. */
  readonly keepGoing: boolean;
}

export const DEFAULT_PLATFORMS = 4;
const MAX_PLATFORMS = 100;
const MAX_LOAD = 100_000;

function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}

function positive(max: number, min: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a number from ${min} to ${max}.`);
    return value;
  };
}

const EXAMPLES = `
Examples:
  $ npm start                                    run until Ctrl-C; the same chain continues next time
  $ npm start -- --until-sequence 50             end by itself after 50 blocks, with a line of JSON
  $ npm start -- --platforms 7 --dir data7       seven platforms
  $ npm start -- --keep-going                    then kill -9 one of the platforms, and watch the others go on`;

/**
 * @param args what follows the script's name
 * @returns the options, or the exit code where there is nothing to run: 0 after --help, 2 after a wrong call
 */
export function parseFederationOptions(args: readonly string[], out: (text: string) => void, err: (text: string) => void): FederationOptions | 0 | 2 {
  const command = new Command('npm start --')
    .description('runs a federation of platforms on this host, each a process of its own, and shows how they agree on blocks')
    .option('--until-sequence <n>', 'end once every platform has committed this many blocks', integer(1, Number.MAX_SAFE_INTEGER))
    .option('--platforms <n>', 'how many platforms', integer(1, MAX_PLATFORMS), DEFAULT_PLATFORMS)
    .option('--dir <dir>', 'where keys, genesis and databases are kept', 'data')
    .option('--load <tx/s>', 'signed transactions per second that the federation feeds itself; 0 for none', positive(MAX_LOAD, 0), 20)
    .option('--fresh', 'start a new chain: delete what is in the directory', false)
    .option('--timeout <s>', 'seconds without a new block after which the run has failed', positive(86_400, 1), 60)
    .option('--keep-going', 'go on where a platform ends', false)
    .allowExcessArguments(false)
    .exitOverride()
    .showHelpAfterError('(npm start -- --help for what it takes)')
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', EXAMPLES);
  try {
    return command.parse(args, { from: 'user' }).opts<FederationOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
