import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { joinBatch } from '../../src/api/transaction-batch.js';
import { pause } from './pause.js';

const batchAnswerSchema = z.object({ processed: z.int(), accepted: z.int() });
const accountSchema = z.object({ next_nonce: z.int() });

/** One client of the load: an account of its own, which sends through one platform. */
export interface LoadClient {
  /** Of the platform's HTTP API. */
  readonly url: string;
  readonly publicKey: string;
  /** A signed transaction of this account, in canonical bytes. */
  readonly transaction: (nonce: number) => Uint8Array;
}

export interface LoadOptions {
  readonly clients: readonly LoadClient[];
  /** Over all clients; Infinity for as many as the platforms take. */
  readonly transactionsPerSecond: number;
  /** Told once per failure to reach a platform. */
  readonly onFailure?: (url: string, why: string) => void;
}

/** Largest number of transactions in one request. */
const MAX_BATCH = 128;
/** A client that is behind by more than this many seconds of its share leaves the rest out. */
const MAX_DEBT_SECONDS = 1;
/** How often a client looks whether a transaction is due. */
const TICK_MS = 20;
/** Pause after a platform said that it is full or did not answer. */
const PAUSE_MS = 100;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Feeds signed transactions to the platforms at a steady rate. Each client has at most one request under way and
 * keeps its nonce only, so memory does not grow, and a refused transaction's nonce is used again.
 */
export class LoadGenerator {
  readonly #options: LoadOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #accepted = 0;

  /** Starts at once. */
  constructor(options: LoadOptions) {
    this.#options = options;
    // Every client listens to the one signal.
    setMaxListeners(0, this.#stop.signal);
    const share = options.transactionsPerSecond / Math.max(1, options.clients.length);
    const running = share > 0 ? options.clients.map((client, index) => this.#run(client, share, index)) : [];
    this.#done = Promise.all(running).then(() => undefined);
  }

  /** Transactions that platforms took. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Resolves once no request is under way. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #run(client: LoadClient, perSecond: number, index: number): Promise<void> {
    const { signal } = this.#stop;
    const saturating = perSecond === Number.POSITIVE_INFINITY;
    let nonce = 0;
    // Clients start shifted against one another, so that a light load is a stream rather than bursts.
    let dueFromMs = performance.now() + (saturating ? 0 : (1000 / perSecond) * (index / this.#options.clients.length));
    while (!signal.aborted) {
      const nowMs = performance.now();
      if (!saturating) dueFromMs = Math.max(dueFromMs, nowMs - MAX_DEBT_SECONDS * 1000);
      const due = saturating ? MAX_BATCH : Math.min(MAX_BATCH, Math.floor(((nowMs - dueFromMs) * perSecond) / 1000) + (nowMs >= dueFromMs ? 1 : 0));
      if (due <= 0) {
        await pause(Math.max(1, Math.min(TICK_MS, dueFromMs - nowMs)), signal);
        continue;
      }
      const sent = await this.#send(client, nonce, due);
      if (sent === undefined) {
        await pause(PAUSE_MS, signal);
        nonce = await this.#nextNonce(client) ?? nonce;
      } else {
        nonce += sent;
        if (!saturating) dueFromMs += (sent * 1000) / perSecond;
        if (sent < due) await pause(PAUSE_MS, signal);
      }
    }
  }

  /** How many of `count` transactions the platform dealt with; undefined where it is not known whether it took any. */
  async #send(client: LoadClient, nonce: number, count: number): Promise<number | undefined> {
    const body = joinBatch(Array.from({ length: count }, (_, index) => client.transaction(nonce + index)));
    try {
      const response = await fetch(`${client.url}/transactions/batch`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: body.slice(),
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      const answer: unknown = await response.json();
      if (response.status === 503) return 0;
      if (!response.ok) throw new Error(`status ${response.status}: ${JSON.stringify(answer)}`);
      const { processed, accepted } = batchAnswerSchema.parse(answer);
      this.#accepted += accepted;
      // Refused ones leave a gap or were there already: ask the platform for the nonce that is free.
      return processed > accepted ? undefined : processed;
    } catch (error) {
      this.#report(client, error);
      return undefined;
    }
  }

  async #nextNonce(client: LoadClient): Promise<number | undefined> {
    if (this.#stop.signal.aborted) return undefined;
    try {
      const response = await fetch(`${client.url}/accounts/${client.publicKey}`, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
      return accountSchema.parse(await response.json()).next_nonce;
    } catch (error) {
      this.#report(client, error);
      return undefined;
    }
  }

  #report(client: LoadClient, error: unknown): void {
    if (this.#stop.signal.aborted) return;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    this.#options.onFailure?.(client.url, cause instanceof Error ? cause.message : String(cause));
  }
}
