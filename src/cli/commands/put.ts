import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { createTransaction } from '../../codec/transaction.js';
import { createSigner, generateSeed } from '../../crypto/ed25519.js';
import type { Ed25519Signer } from '../../crypto/ed25519.js';
import { loadKeyFile, loadPlatformKey } from '../../crypto/key-store.js';
import { encodePut } from '../../ledger/key-value.js';
import { toHash } from '../../types/ids.js';
import { ApiClient, ApiRefusal, parseAnswer } from '../api-client.js';
import type { ApiAnswer } from '../api-client.js';
import { CliError } from '../cli-error.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';

export interface PutFlags extends TargetFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly key?: string;
}

const chainSchema = z.object({ chain_id: z.string().regex(/^[0-9a-f]{64}$/) });
const accountSchema = z.object({ next_nonce: z.int().min(0) });
const pendingSchema = z.object({ id: z.string(), status: z.literal('pending') });
const finalSchema = z.object({
  id: z.string(),
  status: z.literal('final'),
  sequence: z.int(),
  hash: z.string(),
  receipt: z.object({ ok: z.boolean(), error: z.string().optional() }),
});
const answerSchema = z.union([pendingSchema, finalSchema]);

/** Another transaction of the same account may take the nonce between asking for it and using it. */
const MAX_ATTEMPTS = 5;

function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > 120) throw new InvalidArgumentError('Give seconds, up to 120.');
  return seconds;
}

/** Whose transaction it is: the key given, else the platform's own, else one made for this transaction alone. */
async function signerOf({ key, home }: PutFlags): Promise<Ed25519Signer> {
  if (key !== undefined) return createSigner((await loadKeyFile(key, 'give a key file that "fb-pbft init" made, or leave --key out')).seed);
  return createSigner(home === undefined ? generateSeed() : (await loadPlatformKey(home)).seed);
}

async function submit(client: ApiClient, signer: Ed25519Signer, payload: Uint8Array, flags: PutFlags): Promise<ApiAnswer> {
  const chainId = toHash(parseAnswer(chainSchema, await client.get('/consensus/status')).chain_id);
  const waitMs = Math.ceil(flags.timeout * 1000);
  const path = flags.wait === true ? `/transactions?wait=true&timeoutMs=${waitMs}` : '/transactions';
  for (let attempt = 1; ; attempt += 1) {
    const { next_nonce: nonce } = parseAnswer(accountSchema, await client.get(`/accounts/${signer.publicKey}`));
    const { bytes } = createTransaction({ chainId, sender: signer.publicKey, nonce, payload }, (message) => signer.sign(message));
    try {
      return await client.post(path, new Uint8Array(bytes), waitMs + 10_000);
    } catch (error) {
      if (error instanceof ApiRefusal && error.statusCode === 409 && attempt < MAX_ATTEMPTS) continue;
      throw error;
    }
  }
}

/**
 * `fb-pbft put KEY VALUE`: writes a key through a running platform.
 * @throws CliError `not-final` where --wait ran out, `failed` where the transaction is final but had no effect
 */
export async function putValue(key: string, value: string, flags: PutFlags, terminal: Terminal): Promise<void> {
  const payload = encodePut(key, value);
  const client = await ApiClient.find(flags);
  const answer = parseAnswer(answerSchema, await submit(client, await signerOf(flags), payload, flags));
  if (answer.status === 'pending') {
    if (flags.wait === true) {
      throw new CliError('not-final', `transaction ${answer.id} is not final after ${flags.timeout} s, and still pending: does "fb-pbft status" show a quorum of peers? It may become final later`);
    }
    terminal.out(flags.json === true ? JSON.stringify({ id: answer.id, status: 'pending' }) : `${answer.id} submitted; add --wait to wait until it is final`);
    return;
  }
  const { id, sequence, hash, receipt: { ok, error } } = answer;
  if (flags.json === true) terminal.out(JSON.stringify({ id, sequence, hash, ok, ...(error === undefined ? {} : { error }) }));
  if (!ok) throw new CliError('failed', `transaction ${id} is final in block ${sequence}, but had no effect: ${error ?? 'no reason given'}`);
  if (flags.json !== true) terminal.out(`${id} is final in block ${sequence} (${hash})`);
}

/** Adds `fb-pbft put`. */
export function addPutCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('put').description('write a key in the ledger, through a running platform'))
    .argument('<key>', 'the key, as text')
    .argument('<value>', 'the value, as text')
    .option('--wait', 'answer once the transaction is final, with its block')
    .addOption(new Option('--timeout <s>', 'how long to wait').argParser(parseSeconds).default(30))
    .option('--key <file>', 'key file of the account that signs; without it the platform\'s own key with --home, and a new one for this transaction alone with --api')
    .action((key: string, value: string, flags: PutFlags) => putValue(key, value, flags, terminal));
  addExamples(command, 'fb-pbft put greeting hello --home thor --wait', 'fb-pbft put greeting hello --api http://127.0.0.1:8080 --wait --json');
}
