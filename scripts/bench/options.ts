import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** What `npm run bench` takes. */
export interface BenchOptions {
  /** Length of each measured phase. */
  readonly seconds: number;
  readonly platforms: number;
  /** Transactions per second of the phase at light load; 0 leaves this phase out. */
  readonly lightLoad: number;
  /** Run until this many blocks and tell the memory then; undefined leaves this phase out. */
  readonly memoryBlocks?: number;
  /** How many times to empty a platform at the end, and measure how fast it gets all blocks again. */
  readonly catchUp?: number;
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseBenchOptions(args: readonly string[], out: (text: string) => void, err: (text: string) => void): BenchOptions | 0 | 2 {
  const command = new Command('npm run bench --')
    .description('measures a fresh federation on this host: finality at light load, throughput at saturation, CPU and memory')
    .option('--seconds <n>', 'length of each measured phase', whole(1, 86_400), 15)
    .option('--platforms <n>', 'how many platforms', whole(1, 100), 4)
    .option('--light-load <tx/s>', 'transactions per second at light load; 0 for none', whole(0, 10_000), 20)
    .option('--memory-blocks <n>', 'run on until this many blocks, and tell the memory then', whole(1, 100_000_000))
    .addOption(new Option('--catch-up [times]', 'empty one platform at the end, once or more often, and measure how fast it catches up with what was made')
      .argParser(whole(1, 100)).preset(1))
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nExamples:\n  $ npm run bench\n  $ npm run bench -- --seconds 30 --memory-blocks 10000\n  $ npm run bench -- --light-load 0 --seconds 60 --catch-up 3');
  try {
    return command.parse(args, { from: 'user' }).opts<BenchOptions>();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
