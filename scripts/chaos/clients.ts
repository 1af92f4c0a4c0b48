import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import type { Ed25519Signer } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';
import type { Hash } from '../../src/types/ids.js';
import { pause } from '../federation/pause.js';

const finalSchema = z.object({
  status: z.literal('final'),
  sequence: z.int(),
  hash: z.string(),
  receipt: z.object({ ok: z.boolean(), error: z.string().optional() }),
});

/** What a client was told of a transaction. */
export interface Acknowledgement {
  readonly platform: string;
  readonly sequence: number;
  /** Hash of the block. */
  readonly blockHash: string;
  readonly ok: boolean;
  readonly error: string | undefined;
}

/** A platform that clients may submit to. */
export interface Service {
  readonly name: string;
  /** Undefined while it is known to be down. */
  readonly url: string | undefined;
}

export interface ClientsOptions {
  readonly chainId: Hash;
  readonly services: () => readonly Service[];
  readonly transactionsPerSecond: number;
}

/** Clients of one platform each at first; one whose platform fails it turns to the next. */
const CLIENTS = 12;
/** How long a platform may keep a client waiting for finality before the client turns to another. */
const WAIT_MS = 2000;
const RETRY_MS = 100;
/** Keys that a client writes over and over. */
const KEYS = 50;

interface Client {
  readonly number: number;
  readonly signer: Ed25519Signer;
  nonce: number;
}

/**
 * Clients that submit a transaction, each a different one, and do not rest until some platform says that it is final:
 * over refusals, silence and restarts, at one platform after the other.
 */
export class ChaosClients {
  readonly #options: ClientsOptions;
  readonly #acknowledged = new Map<Hash, Acknowledgement>();
  readonly #stopping = new AbortController();
  readonly #abandoned = new AbortController();
  readonly #done: Promise<void>;
  #unsettled = 0;

  /** Starts at once. */
  constructor(options: ClientsOptions) {
    this.#options = options;
    // Every client listens to these.
    setMaxListeners(0, this.#stopping.signal, this.#abandoned.signal);
    const clients = Array.from({ length: CLIENTS }, (_, index): Client => ({ number: index, signer: createSigner(generateSeed()), nonce: 0 }));
    this.#done = Promise.all(clients.map((client) => this.#run(client))).then(() => undefined);
  }

  /** Transactions by id, with the first answer that called them final. */
  get acknowledged(): ReadonlyMap<Hash, Acknowledgement> {
    return this.#acknowledged;
  }

  /** Transactions submitted and not yet called final. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Submits nothing new. Resolves once every transaction is final, or the time is over. @returns how many are not */
  async settle(timeoutMs: number): Promise<number> {
    this.#stopping.abort();
    await Promise.race([this.#done, pause(timeoutMs, this.#abandoned.signal)]);
    const left = this.#unsettled;
    this.abandon();
    return left;
  }

  /** Ends at once. */
  abandon(): void {
    this.#stopping.abort();
    this.#abandoned.abort();
  }

  async #run(client: Client): Promise<void> {
    const periodMs = (1000 * CLIENTS) / this.#options.transactionsPerSecond;
    await pause((periodMs * client.number) / CLIENTS, this.#stopping.signal);
    while (!this.#stopping.signal.aborted) {
      const startMs = performance.now();
      this.#unsettled += 1;
      if (await this.#settleOne(client)) this.#unsettled -= 1;
      await pause(Math.max(0, periodMs - (performance.now() - startMs)), this.#stopping.signal);
    }
  }

  /** @returns false where it was abandoned */
  async #settleOne(client: Client): Promise<boolean> {
    const { bytes, id } = this.#nextTransaction(client);
    for (let turn = client.number; !this.#abandoned.signal.aborted; turn += 1) {
      const services = this.#options.services();
      const service = services[turn % services.length];
      const answer = service?.url === undefined ? undefined : await this.#askUntilFinal(service.url, bytes, id);
      if (answer !== undefined && service !== undefined) {
        this.#acknowledged.set(id, { platform: service.name, sequence: answer.sequence, blockHash: answer.hash, ok: answer.receipt.ok, error: answer.receipt.error });
        return true;
      }
      await pause(RETRY_MS, this.#abandoned.signal);
    }
    return false;
  }

  #nextTransaction(client: Client): { readonly bytes: Uint8Array; readonly id: Hash } {
    const { chainId } = this.#options;
    const { number, signer, nonce } = client;
    client.nonce += 1;
    return createTransaction(
      { chainId, sender: signer.publicKey, nonce, payload: encodePut(`chaos/${number}/${nonce % KEYS}`, `${number}/${nonce}`) },
      (message) => signer.sign(message),
    );
  }

  /** Undefined where the platform does not say that it is final. */
  async #askUntilFinal(url: string, bytes: Uint8Array, id: Hash): Promise<z.infer<typeof finalSchema> | undefined> {
    const known = await this.#fetch(`${url}/transactions/${id}`);
    if (known !== undefined) return known;
    return this.#fetch(`${url}/transactions?wait=true&timeoutMs=${WAIT_MS}`, bytes);
  }

  async #fetch(url: string, body?: Uint8Array): Promise<z.infer<typeof finalSchema> | undefined> {
    try {
      const response = await fetch(url, {
        ...(body === undefined ? {} : { method: 'POST', body: body.slice(), headers: { 'content-type': 'application/octet-stream' } }),
        signal: AbortSignal.any([this.#abandoned.signal, AbortSignal.timeout(2 * WAIT_MS)]),
      });
      const answer = finalSchema.safeParse(await response.json());
      return answer.success ? answer.data : undefined;
    } catch {
      return undefined;
    }
  }
}
