import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient, parseAnswer } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';

const healthSchema = z.object({
  platform: z.string(),
  version: z.string(),
  ready: z.boolean(),
  reasons: z.array(z.object({ code: z.string(), message: z.string() })),
});

/**
 * `fb-pbft health`: whether a platform does its work, for scripts and supervisors.
 * @throws CliError `not-ready` with every reason where it does not
 */
export async function showHealth(options: TargetFlags, terminal: Terminal): Promise<void> {
  const answer = await (await ApiClient.find(options)).get('/health');
  const { platform, version, ready, reasons } = parseAnswer(healthSchema, answer);
  if (options.json === true) terminal.out(JSON.stringify(answer.body));
  if (!ready) throw new CliError('not-ready', `${platform} is not ready: ${reasons.map(({ code, message }) => `${code}: ${message}`).join('; ')}`);
  if (options.json !== true) terminal.out(`${platform} is ready (version ${version})`);
}

/** Adds `fb-pbft health`. */
export function addHealthCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('health').description('say whether a platform is ready; exit code 0, 1 where it is not, 3 where none answers'))
    .action((flags: TargetFlags) => showHealth(flags, terminal));
  addExamples(command, 'fb-pbft health --home thor', 'fb-pbft health --api http://127.0.0.1:8080 --json');
}
