import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient, ApiRefusal, parseAnswer } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import { alignedLines } from '../terminal.js';
import type { Terminal } from '../terminal.js';

const blockSchema = z.object({
  header: z.object({
    sequence: z.int(),
    view: z.int(),
    slot: z.int(),
    timestamp: z.string(),
    prev_hash: z.string(),
    merkle_root: z.string(),
    proposer: z.string(),
  }),
  transactions: z.array(z.object({ id: z.string(), sender: z.string(), nonce: z.int(), payload: z.string(), operation: z.unknown().optional() })),
  hash: z.string(),
  finality_certificate: z.object({ kind: z.string(), signatures: z.array(z.object({ platform: z.string() })) }).nullable(),
  finality_note: z.string().optional(),
});
type ShownBlock = z.infer<typeof blockSchema>;

function finalityText({ finality_certificate: certificate, finality_note: note }: ShownBlock): string {
  if (certificate === null) return note ?? 'through a descendant';
  return `${certificate.kind}, signed by ${certificate.signatures.map(({ platform }) => platform).join(', ')}`;
}

function blockText(block: ShownBlock): string {
  const { header } = block;
  return alignedLines([
    ['block', `${header.sequence}`],
    ['hash', block.hash],
    ['previous', header.prev_hash],
    ['slot', `${header.slot} (view ${header.view}, sequence ${header.sequence})`],
    ['proposer', header.proposer],
    ['time', header.timestamp],
    ['merkle root', header.merkle_root],
    ['final', finalityText(block)],
    ['transactions', `${block.transactions.length}`],
    ...block.transactions.map(({ id, sender, nonce, payload, operation }) => (
      ['', `${id.slice(0, 16)}… from ${sender.slice(0, 16)}… nonce ${nonce}: ${operation === undefined ? payload : JSON.stringify(operation)}`] as const)),
  ]);
}

/** `fb-pbft block SEQUENCE|latest`: a committed block. @throws CliError `not-found` where it is not committed yet */
export async function showBlock(which: string, options: TargetFlags, terminal: Terminal): Promise<void> {
  if (which !== 'latest' && !/^\d{1,16}$/.test(which)) throw new CliError('usage', `SEQUENCE: must be a number from 0, or "latest", got ${JSON.stringify(which)}`);
  const client = await ApiClient.find(options);
  try {
    const answer = await client.get(`/blocks/${which}`);
    terminal.out(options.json === true ? JSON.stringify(answer.body) : blockText(parseAnswer(blockSchema, answer)));
  } catch (error) {
    if (error instanceof ApiRefusal && error.apiCode === 'block-not-found') throw new CliError('not-found', error.message);
    throw error;
  }
}

export function addBlockCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('block').description('show a committed block with its finality certificate'))
    .argument('<sequence>', 'number of the block from 0, or "latest"')
    .action((sequence: string, flags: TargetFlags) => showBlock(sequence, flags, terminal));
  addExamples(command, 'fb-pbft block latest --home thor', 'fb-pbft block 42 --home thor --json');
}
