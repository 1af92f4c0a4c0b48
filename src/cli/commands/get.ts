import type { Command } from 'commander';
import { z } from 'zod';
import { bytesToHex } from '../../crypto/hash.js';
import { ApiClient, ApiRefusal, parseAnswer } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { keyBytes } from '../ledger-key.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';

const valueSchema = z.object({ value: z.string(), text: z.string().optional() });

/** `fb-pbft get KEY`: the value of a key, as text or, where it is none, in hexadecimal. @throws CliError `not-found` */
export async function getValue(key: string, options: TargetFlags, terminal: Terminal): Promise<void> {
  const hex = bytesToHex(keyBytes(key));
  const client = await ApiClient.find(options);
  try {
    const { value, text } = parseAnswer(valueSchema, await client.get(`/query?key=${hex}`));
    terminal.out(options.json === true ? JSON.stringify({ key, value: text ?? null, valueHex: value }) : text ?? `0x${value}`);
  } catch (error) {
    if (error instanceof ApiRefusal && error.apiCode === 'key-not-found') throw new CliError('not-found', `there is no key ${JSON.stringify(key)}`);
    throw error;
  }
}

export function addGetCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('get').description('read a key from the ledger of a running platform'))
    .argument('<key>', 'the key, as text')
    .action((key: string, flags: TargetFlags) => getValue(key, flags, terminal));
  addExamples(command, 'fb-pbft get greeting --home thor');
}
