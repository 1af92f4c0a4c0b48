import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SCENARIOS } from './scenarios.js';

/** What `npm run lab` takes. */
export interface LabRunOptions {
  readonly hosts: number;
  readonly scenario: string;
  /** Length of the fault; undefined for the scenario's own. */
  readonly seconds?: number;
  /** Transactions per second over all hosts. */
  readonly load: number;
  /** One-way delay of every link. */
  readonly delayMs: number;
  readonly keep: boolean;
  /** How many times the scenario is played, each in a federation and on hosts of its own. */
  readonly repeat: number;
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
    return value;
  };
}

function catalogue(): string {
  const width = Math.max(...Object.keys(SCENARIOS).map(({ length }) => length));
  return Object.entries(SCENARIOS).map(([name, { summary, defaultSeconds }]) => `  ${name.padEnd(width)}  ${summary} (${defaultSeconds} s)`).join('\n');
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseLabOptions(args: readonly string[], out: (text: string) => void, err: (text: string) => void): LabRunOptions | 0 | 2 {
  const command = new Command('npm run lab --')
    .description('runs a federation on several hosts of this machine, made of network namespaces, and breaks their network; needs Linux and root')
    .addOption(new Option('--scenario <name>', 'what happens').choices(Object.keys(SCENARIOS)).default('partition-2-2'))
    .option('--hosts <n>', 'how many hosts, each with one platform', whole(2, 20), 4)
    .option('--seconds <n>', 'how long the fault lasts, in place of the scenario\'s own', whole(1, 86_400))
    .option('--load <tx/s>', 'transactions per second, over all hosts', whole(1, 100_000), 20)
    .option('--delay-ms <n>', 'one-way delay of every link (needs tc netem)', whole(0, 10_000), 0)
    .option('--repeat <n>', 'play it so many times in fresh federations, and sum up', whole(1, 100), 1)
    .option('--keep', 'leave the platforms\' homes and logs where they are', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', `\nScenarios, and how long their fault lasts:\n${catalogue()}\n\nExamples:\n  $ sudo npm run lab -- --hosts 4 --scenario partition-2-2\n  $ sudo npm run lab -- --scenario partition-3-1 --seconds 600`);
  try {
    const options = command.parse(args, { from: 'user' }).opts<LabRunOptions>();
    const minHosts = SCENARIOS[options.scenario]?.minHosts ?? 0;
    if (options.hosts < minHosts) command.error(`error: --hosts: ${options.scenario} needs at least ${minHosts}`);
    return options;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
