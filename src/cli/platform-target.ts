import type { Command } from 'commander';

/** Options of every command that talks to a running platform. */
export interface TargetFlags {
  readonly home?: string;
  readonly api?: string;
  readonly json?: boolean;
}

/** Adds `--home`, `--api` and `--json`. */
export function addTargetOptions(command: Command): Command {
  return command
    .option('--home <dir>', 'home of the platform to ask (running on this host)')
    .option('--api <url>', 'address of its HTTP API, instead of --home; such as http://127.0.0.1:8080')
    .option('--json', 'print JSON');
}

/** Examples at the end of a command's help. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((example) => `  $ ${example}`).join('\n')}`);
}
