import type { Command } from 'commander';
import { encodeDelete } from '../../ledger/key-value.js';
import { keyBytes } from '../ledger-key.js';
import { addExamples } from '../platform-target.js';
import { addSubmissionOptions, submitOperation } from '../submission.js';
import type { SubmissionFlags } from '../submission.js';
import type { Terminal } from '../terminal.js';

/** Adds `fb-pbft delete KEY`: removes a key through a running platform. One that is not there may be removed, too. */
export function addDeleteCommand(program: Command, terminal: Terminal): void {
  const command = addSubmissionOptions(program.command('delete').description('remove a key from the ledger, through a running platform'))
    .argument('<key>', 'the key, as text')
    .action((key: string, flags: SubmissionFlags) => submitOperation(encodeDelete(keyBytes(key)), flags, terminal));
  addExamples(command, 'fb-pbft delete greeting --home thor --wait');
}
