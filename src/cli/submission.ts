import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { z } from 'zod';
import { createTransaction } from '../codec/transaction.js';
import { createSigner, generateSeed } from '../crypto/ed25519.js';
import type { Ed25519Signer } from '../crypto/ed25519.js';
import { loadKeyFile, loadPlatformKey } from '../crypto/key-store.js';
import type { Hash } from '../types/ids.js';
import { toHash } from '../types/ids.js';
import { ApiClient, ApiRefusal, parseAnswer } from './api-client.js';
import type { ApiAnswer } from './api-client.js';
import { CliError } from './cli-error.js';
import { tellFinal, transactionSchema } from './final-transaction.js';
import { addTargetOptions } from './platform-target.js';
import type { TargetFlags } from './platform-target.js';
import type { Terminal } from './terminal.js';

/** Options of every command that writes to the ledger. */
export interface SubmissionFlags extends TargetFlags {
  readonly wait?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly key?: string;
}

const statusSchema = z.object({
  platform: z.string(), chain_id: z.string().regex(/^[0-9a-f]{64}$/), in_touch: z.boolean(), peers: z.array(z.string()), n: z.int(), quorum_size: z.int(),
});
const accountSchema = z.object({ next_nonce: z.int().min(0) });

/** Another transaction of the same account may take the nonce between asking for it and using it. */
const MAX_ATTEMPTS = 5;

function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > 120) throw new InvalidArgumentError('Give seconds, up to 120.');
  return seconds;
}

/** Adds `--wait`, `--timeout`, `--key` and what every asking command takes. */
export function addSubmissionOptions(command: Command): Command {
  return addTargetOptions(command)
    .option('--wait', 'answer once the transaction is final, with its block')
    .addOption(new Option('--timeout <s>', 'how long to wait').argParser(parseSeconds).default(30))
    .option('--key <file>', 'key file of the account that signs; without it the platform\'s own key with --home, and a new one for this transaction alone with --api');
}

/** Whose transaction it is: the key given, else the platform's own, else one made for this transaction alone. */
async function signerOf({ key, home }: SubmissionFlags): Promise<Ed25519Signer> {
  if (key !== undefined) return createSigner((await loadKeyFile(key, 'give a key file that "fb-pbft init" made, or leave --key out')).seed);
  return createSigner(home === undefined ? generateSeed() : (await loadPlatformKey(home)).seed);
}

async function post(client: ApiClient, chainId: Hash, payload: Uint8Array, flags: SubmissionFlags): Promise<ApiAnswer> {
  const signer = await signerOf(flags);
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
 * Signs an operation, submits it through a running platform and tells what became of it.
 * @throws CliError `not-final` where --wait ran out, `failed` where the transaction is final but had no effect
 */
export async function submitOperation(payload: Uint8Array, flags: SubmissionFlags, terminal: Terminal): Promise<void> {
  const client = await ApiClient.find(flags);
  const { platform, chain_id: chainId, in_touch: inTouch, peers, n, quorum_size: quorum } = parseAnswer(statusSchema, await client.get('/consensus/status'));
  const answer = parseAnswer(transactionSchema, await post(client, toHash(chainId), payload, flags));
  if (answer.status === 'final') {
    tellFinal(answer, flags.json === true, terminal);
    return;
  }
  const outOfTouch = inTouch ? '' : `${platform} is out of touch (${peers.length + 1} of ${n} connected, quorum ${quorum}): nothing becomes final until it reaches the others`;
  if (flags.wait === true) {
    const cause = inTouch ? 'does "fb-pbft status" show a quorum of peers?' : `${outOfTouch}.`;
    throw new CliError('not-final', `transaction ${answer.id} is not final after ${flags.timeout} s, and still pending: ${cause} It may become final later`);
  }
  if (flags.json === true) terminal.out(JSON.stringify({ id: answer.id, status: 'pending', in_touch: inTouch }));
  else terminal.out(`${answer.id} submitted; ${inTouch ? 'add --wait to wait until it is final' : outOfTouch}`);
}
