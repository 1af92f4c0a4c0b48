import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient, parseAnswer } from '../api-client.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';

const evidenceSchema = z.object({
  evidence: z.array(z.object({
    epoch: z.int(),
    slot: z.int(),
    platform: z.string(),
    headers: z.array(z.object({ block_hash: z.string() })),
  })),
});

/** `fb-pbft evidence`: proofs that a leader signed two blocks for one slot (R9). */
export async function showEvidence(options: TargetFlags, terminal: Terminal): Promise<void> {
  const answer = await (await ApiClient.find(options)).get('/evidence');
  if (options.json === true) {
    terminal.out(JSON.stringify(answer.body));
    return;
  }
  const { evidence } = parseAnswer(evidenceSchema, answer);
  if (evidence.length === 0) terminal.out('no evidence of misbehaviour');
  for (const { epoch, slot, platform, headers } of evidence) {
    terminal.out(`${platform} signed ${headers.length} blocks for slot ${slot} of epoch ${epoch}: ${headers.map(({ block_hash }) => block_hash).join(' and ')}`);
  }
}

export function addEvidenceCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('evidence').description('show the proofs of misbehaviour that a platform holds'))
    .action((flags: TargetFlags) => showEvidence(flags, terminal));
  addExamples(command, 'fb-pbft evidence --home thor');
}
