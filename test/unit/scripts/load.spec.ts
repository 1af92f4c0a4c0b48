import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { LoadGenerator } from '../../../scripts/federation/load.js';
import { splitBatch } from '../../../src/api/transaction-batch.js';

interface Answer { readonly status: number; readonly processed?: number; readonly accepted?: number }

/** A platform's API that keeps the nonces it is sent. */
class FakeApi {
  readonly nonces: number[] = [];
  accounts = 0;
  nextNonce = 0;
  /** How to answer a batch of nonces. */
  answer: (nonces: readonly number[]) => Answer = (nonces) => ({ status: 202, processed: nonces.length, accepted: nonces.length });
  onBatch: () => void = () => undefined;
  url = '';
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        if (request.method === 'GET') {
          this.accounts += 1;
          response.end(JSON.stringify({ next_nonce: this.nextNonce }));
          return;
        }
        const nonces = splitBatch(Buffer.concat(chunks)).map((bytes) => Buffer.from(bytes).readUInt32BE(0));
        const { status, ...body } = this.answer(nonces);
        this.nonces.push(...nonces);
        response.statusCode = status;
        response.end(JSON.stringify(body));
        this.onBatch();
      });
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Resolves once `done` holds after a batch. */
  until(done: () => boolean): Promise<void> {
    return new Promise((resolve) => { this.onBatch = () => { if (done()) resolve(); }; });
  }
}

describe('federation script: load generator', () => {
  let api: FakeApi;
  beforeEach(async () => { api = await new FakeApi().start(); });
  afterEach(() => { api.stop(); });

  function client() {
    return {
      url: api.url,
      publicKey: 'ab'.repeat(32),
      transaction: (nonce: number) => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(nonce);
        return new Uint8Array(bytes);
      },
    };
  }

  it('sends nonces in order without gaps, and counts what was taken', async () => {
    let lastBatch = 0;
    api.answer = (nonces) => {
      lastBatch = nonces.length;
      return { status: 202, processed: nonces.length, accepted: nonces.length };
    };
    const enough = api.until(() => api.nonces.length >= 40);
    const load = new LoadGenerator({ clients: [client()], transactionsPerSecond: 2000 });
    await enough;
    await load.stop();
    assert.deepEqual(api.nonces, api.nonces.map((_nonce, index) => index));
    // The answer to the last batch may have come after the stop.
    assert.ok(load.accepted === api.nonces.length || load.accepted === api.nonces.length - lastBatch);
    assert.equal(api.accounts, 0);
  });

  it('keeps to its rate', async () => {
    const startMs = performance.now();
    const enough = api.until(() => api.nonces.length >= 20);
    const load = new LoadGenerator({ clients: [client()], transactionsPerSecond: 100 });
    await enough;
    const elapsedMs = performance.now() - startMs;
    await load.stop();
    // The twentieth is due after 190 ms.
    assert.ok(elapsedMs >= 180, `20 transactions in ${elapsedMs} ms`);
  });

  it('sends what a full platform did not take again', async () => {
    let full = true;
    api.answer = (nonces) => {
      if (!full) return { status: 202, processed: nonces.length, accepted: nonces.length };
      full = false;
      return { status: 503 };
    };
    const enough = api.until(() => api.nonces.length >= 3);
    const load = new LoadGenerator({ clients: [client()], transactionsPerSecond: 50 });
    await enough;
    await load.stop();
    assert.deepEqual(api.nonces.slice(0, 2), [0, 0]);
  });

  it('after a refusal it asks for the nonce that is free', async () => {
    api.nextNonce = 500;
    api.answer = (nonces) => ({ status: 202, processed: nonces.length, accepted: nonces[0] === 0 ? 0 : nonces.length });
    const enough = api.until(() => api.nonces.length >= 2);
    const load = new LoadGenerator({ clients: [client()], transactionsPerSecond: 50 });
    await enough;
    await load.stop();
    assert.equal(api.accounts, 1);
    assert.equal(api.nonces[0], 0);
    assert.equal(api.nonces.find((nonce) => nonce > 0), 500);
  });

  it('a platform that is not there is reported, and load 0 sends nothing', async () => {
    api.stop();
    const failed = new Promise<string>((resolve) => {
      const load = new LoadGenerator({ clients: [client()], transactionsPerSecond: 50, onFailure: (_url, why) => { void load.stop().then(() => { resolve(why); }); } });
    });
    assert.match(await failed, /ECONNREFUSED/);
    await new LoadGenerator({ clients: [client()], transactionsPerSecond: 0 }).stop();
  });
});
