import type { Command } from 'commander';
import { ApiClient, ApiRefusal, parseAnswer } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { tellFinal, transactionSchema } from '../final-transaction.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';

/**
 * `fb-pbft tx ID`: what became of a transaction.
 * @throws CliError `not-found` where the platform does not know it, `failed` where it had no effect
 */
export async function showTransaction(id: string, options: TargetFlags, terminal: Terminal): Promise<void> {
  if (!/^[0-9a-fA-F]{64}$/.test(id)) throw new CliError('usage', `ID: must be 64 hexadecimal digits, as "fb-pbft put" prints them, got ${JSON.stringify(id.slice(0, 80))}`);
  const client = await ApiClient.find(options);
  try {
    const found = parseAnswer(transactionSchema, await client.get(`/transactions/${id.toLowerCase()}`));
    if (found.status === 'final') tellFinal(found, options.json === true, terminal);
    else terminal.out(options.json === true ? JSON.stringify({ id: found.id, status: found.status }) : `${found.id} is pending`);
  } catch (error) {
    if (error instanceof ApiRefusal && error.apiCode === 'transaction-not-found') throw new CliError('not-found', error.message);
    throw error;
  }
}

/** Adds `fb-pbft tx`. */
export function addTxCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('tx').description('tell what became of a transaction: pending, or final in which block'))
    .argument('<id>', 'id of the transaction, as "fb-pbft put" prints it')
    .action((id: string, flags: TargetFlags) => showTransaction(id, flags, terminal));
  addExamples(command, 'fb-pbft tx 11446e667d221619… --home thor');
}
