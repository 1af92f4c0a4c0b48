import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { bytesToHex } from '../../crypto/hash.js';
import { ApiClient, parseAnswer } from '../api-client.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import { alignedLines } from '../terminal.js';
import type { Terminal } from '../terminal.js';

/** Of the HTTP API. */
const MAX_ENTRIES = 1000;

interface ListFlags extends TargetFlags {
  /** As text. */
  readonly prefix: string;
  readonly limit: number;
  /** In hexadecimal. */
  readonly after?: string;
}

const pageSchema = z.object({
  entries: z.array(z.object({ key: z.string(), value: z.string(), text: z.string().optional() })),
  next: z.string().nullable(),
});

/** A key as text where it is that, else in hexadecimal. */
function keyText(hex: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(hex, 'hex'));
  } catch {
    return `0x${hex}`;
  }
}

function parseLimit(text: string): number {
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_ENTRIES) throw new InvalidArgumentError(`Give a whole number from 1 to ${MAX_ENTRIES}.`);
  return limit;
}

function parseHexKey(text: string): string {
  if (!/^([0-9a-fA-F]{2})+$/.test(text)) throw new InvalidArgumentError('Give a key in hexadecimal, as the last line of the list before says it.');
  return text.toLowerCase();
}

/** `fb-pbft list`: keys and their values, in order of the keys' bytes. */
export async function listEntries({ prefix, after, limit, ...options }: ListFlags, terminal: Terminal): Promise<void> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (prefix !== '') query.set('prefix', bytesToHex(new TextEncoder().encode(prefix)));
  if (after !== undefined) query.set('after', after);
  const answer = await (await ApiClient.find(options)).get(`/state?${query.toString()}`);
  const { entries, next } = parseAnswer(pageSchema, answer);
  if (options.json === true) {
    terminal.out(JSON.stringify({
      entries: entries.map(({ key, value, text }) => ({ key: keyText(key), keyHex: key, value: text ?? null, valueHex: value })), next,
    }));
    return;
  }
  if (entries.length > 0) terminal.out(alignedLines(entries.map(({ key, value, text }) => [keyText(key), text ?? `0x${value}`])));
  if (entries.length === 0) terminal.out('there are no such keys');
  if (next !== null) terminal.out(`there are more: --after ${next}`);
}

/** Adds `fb-pbft list`. */
export function addListCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('list').description('list keys of the ledger with their values'))
    .option('--prefix <text>', 'only keys that begin with this text', '')
    .addOption(new Option('--limit <n>', `at most so many, up to ${MAX_ENTRIES}`).argParser(parseLimit).default(100))
    .addOption(new Option('--after <hex>', 'go on after this key, given in hexadecimal').argParser(parseHexKey))
    .action((flags: ListFlags) => listEntries(flags, terminal));
  addExamples(command, 'fb-pbft list --home thor', 'fb-pbft list --prefix user/ --limit 20 --home thor --json');
}
