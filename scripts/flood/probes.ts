import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';
import type { Hash } from '../../src/types/ids.js';
import { pause } from '../federation/pause.js';

/** One honest transaction. */
export interface Probe {
  readonly platform: string;
  readonly submittedMs: number;
  /** When its platform said that it is final; undefined while it did not. */
  finalMs: number | undefined;
}

export interface ProbeOptions {
  readonly chainId: Hash;
  /** Honest platforms with the URLs of their APIs. */
  readonly services: readonly { readonly name: string; readonly url: string }[];
  /** Of all platforms together. */
  readonly transactionsPerSecond: number;
}

const WAIT_MS = 10_000;
const RETRY_MS = 200;

/** Honest clients, one of each platform, each transaction of its own account's next nonce; none waits for another. */
export class Probes {
  readonly #options: ProbeOptions;
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  readonly #probes: Probe[] = [];
  readonly #open = new Set<Promise<void>>();
  readonly #loops: Promise<void>;

  /** Starts at once. */
  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#loops = Promise.all(options.services.map((service, index) => this.#submit(service, index))).then(() => undefined);
  }

  /** Submits nothing new, and gives those that are out so much time. @returns all of them */
  async end(settleMs: number): Promise<readonly Probe[]> {
    this.#stop.abort();
    await this.#loops;
    await Promise.race([Promise.all(this.#open), pause(settleMs, this.#abandon.signal)]);
    this.#abandon.abort();
    await Promise.all(this.#open);
    return this.#probes;
  }

  async #submit({ name, url }: { readonly name: string; readonly url: string }, index: number): Promise<void> {
    const { services, transactionsPerSecond, chainId } = this.#options;
    const periodMs = (1000 * services.length) / transactionsPerSecond;
    const signer = createSigner(generateSeed());
    await pause((periodMs * index) / services.length, this.#stop.signal);
    for (let nonce = 0; !this.#stop.signal.aborted; nonce += 1) {
      const { bytes, id } = createTransaction(
        { chainId, sender: signer.publicKey, nonce, payload: encodePut(`probe/${name}`, String(nonce)) }, (message) => signer.sign(message),
      );
      const probe: Probe = { platform: name, submittedMs: performance.now(), finalMs: undefined };
      this.#probes.push(probe);
      const settled = this.#settle(url, bytes, id, probe).then(() => { this.#open.delete(settled); });
      this.#open.add(settled);
      await pause(periodMs, this.#stop.signal);
    }
  }

  /** Asks until the platform says that it is final: an answer that fails says nothing about the transaction. */
  async #settle(url: string, bytes: Uint8Array, id: Hash, probe: Probe): Promise<void> {
    const headers = { 'content-type': 'application/octet-stream' };
    while (!this.#abandon.signal.aborted) {
      const posted = await this.#isFinal(`${url}/transactions?wait=true&timeoutMs=${WAIT_MS}`, { method: 'POST', body: bytes.slice(), headers });
      if (posted || await this.#isFinal(`${url}/transactions/${id}`, {})) {
        probe.finalMs = performance.now();
        return;
      }
      await pause(RETRY_MS, this.#abandon.signal);
    }
  }

  async #isFinal(url: string, request: RequestInit): Promise<boolean> {
    try {
      const signal = AbortSignal.any([this.#abandon.signal, AbortSignal.timeout(2 * WAIT_MS)]);
      const response = await fetch(url, { ...request, signal });
      const answer: unknown = await response.json();
      return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'final';
    } catch {
      return false;
    }
  }
}
