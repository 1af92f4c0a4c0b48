import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pino } from 'pino';
import { buildHttpServer } from '../../../src/api/server.js';
import { joinBatch, splitBatch } from '../../../src/api/transaction-batch.js';
import { FakeView, Refusal } from './fake-view.js';

describe('HTTP API: batches of transactions', () => {
  it('what joinBatch joins, splitBatch splits', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (transactions) => {
      assert.deepEqual(splitBatch(joinBatch(transactions)), transactions);
    }));
  });

  it('a body cut anywhere inside a transaction is malformed', () => {
    const body = joinBatch([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5)]);
    const boundaries = new Set([0, 7, 13]);
    for (let length = 0; length <= body.length; length += 1) {
      const cut = body.subarray(0, length);
      if (boundaries.has(length)) splitBatch(cut);
      else assert.throws(() => splitBatch(cut), { code: 'malformed-batch', statusCode: 400 });
    }
    assert.throws(() => splitBatch(new Uint8Array(4)), { code: 'malformed-batch' });
  });

  it('transactions do not share the memory of the batch', () => {
    const body = joinBatch([Uint8Array.of(1)]);
    const [only] = splitBatch(body);
    body.fill(0);
    assert.deepEqual(only, Uint8Array.of(1));
  });

  async function submit(view: FakeView, payload: Uint8Array, type = 'application/octet-stream') {
    const app = buildHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }), limits: { maxBatchBytes: 1024 } });
    const response = await app.inject({ method: 'POST', url: '/transactions/batch', payload: Buffer.from(payload), headers: { host: 'localhost', 'content-type': type } });
    await app.close();
    return { statusCode: response.statusCode, body: response.json<unknown>(), retryAfter: response.headers['retry-after'] };
  }

  it('counts what was accepted, and refusals by code, and goes on after one', async () => {
    const view = new FakeView();
    view.admit = ([first]) => { if (first === 2) throw new Refusal('bad-signature'); };
    const { statusCode, body } = await submit(view, joinBatch([1, 2, 3].map((byte) => Uint8Array.of(byte))));
    assert.equal(statusCode, 202);
    assert.deepEqual(body, { count: 3, processed: 3, accepted: 2, rejected: { 'bad-signature': 1 } });
  });

  it('stops where the mempool is full, so that the client can send the rest again', async () => {
    const view = new FakeView();
    view.admit = () => { if (view.submitted.length === 2) throw new Refusal('full'); };
    const { body } = await submit(view, joinBatch([1, 2, 3, 4].map((byte) => Uint8Array.of(byte))));
    assert.deepEqual(body, { count: 4, processed: 2, accepted: 2, rejected: {} });
    const refused = await submit(view, joinBatch([Uint8Array.of(9)]));
    assert.equal(refused.statusCode, 503);
    assert.equal(refused.retryAfter, '1');
  });

  it('refuses JSON and oversized batches', async () => {
    assert.equal((await submit(new FakeView(), new TextEncoder().encode('{}'), 'application/json')).statusCode, 415);
    assert.equal((await submit(new FakeView(), new Uint8Array(1025))).statusCode, 413);
  });
});
