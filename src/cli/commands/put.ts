import type { Command } from 'commander';
import { encodePut } from '../../ledger/key-value.js';
import { keyBytes } from '../ledger-key.js';
import { addExamples } from '../platform-target.js';
import { addSubmissionOptions, submitOperation } from '../submission.js';
import type { SubmissionFlags } from '../submission.js';
import type { Terminal } from '../terminal.js';

/** Adds `fb-pbft put KEY VALUE`: writes a key through a running platform. */
export function addPutCommand(program: Command, terminal: Terminal): void {
  const command = addSubmissionOptions(program.command('put').description('write a key in the ledger, through a running platform'))
    .argument('<key>', 'the key, as text')
    .argument('<value>', 'the value, as text')
    .action((key: string, value: string, flags: SubmissionFlags) => submitOperation(encodePut(keyBytes(key), value), flags, terminal));
  addExamples(command, 'fb-pbft put greeting hello --home thor --wait', 'fb-pbft put greeting hello --api http://127.0.0.1:8080 --wait --json');
}
