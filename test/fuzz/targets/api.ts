import assert from 'node:assert/strict';
import type { FastifyInstance, InjectOptions } from 'fastify';
import fc from 'fast-check';
import { pino } from 'pino';
import { buildHttpServer } from '../../../src/api/server.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Random } from '../../simulation/random.js';
import { FakeView, Refusal, fakeBlock, fakeCertificate, finalAt, text as bytesOfText } from '../../unit/api/fake-view.js';
import { bytesOf, concat, textOf, utf8 } from '../entropy.js';
import type { Target } from '../target.js';

const ID = sha256Hash(bytesOfText('some transaction'));
const METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const;
const CONTENT_TYPES = ['application/octet-stream', 'application/json', 'text/plain', '', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'multipart/form-data', '*/*', 'application/json;x'] as const;

/** Event streams stay closed: an answer to one never ends. */
function server(): FastifyInstance {
  const view = new FakeView();
  const block = fakeBlock(5, ['hello']);
  view.blocks.set(5, { block, certificate: fakeCertificate(block, 'FAST') });
  view.values.set('hello', bytesOfText('world'));
  view.transactions.set(ID, finalAt(ID));
  view.admit = (bytes) => { if (bytes.byteLength % 2 === 1) throw new Refusal('transaction-malformed'); };
  return buildHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }), limits: { maxEventStreams: 0, maxBodyBytes: 20_000, maxBatchBytes: 40_000 } });
}
let app: FastifyInstance | undefined;

function pathOf(random: Random): string {
  const any = (): string => fc.sample(fc.oneof(fc.webSegment(), fc.webQueryParameters()), { numRuns: 1, seed: random.integer(0, 2 ** 31 - 1) })[0] ?? '';
  return random.pick([
    () => '/health', () => random.pick(['/livez', '/readyz', '/peers']), () => `/events?from=${random.pick(['0', 'x', any()])}`, () => '/consensus/status', () => `/blocks/${random.pick(['latest', '5', '0', '9007199254740991', '9007199254740992', '-1', '5e1', any()])}`,
    () => `/query?key=${random.pick(['68656c6c6f', '', 'zz', '6', any()])}`, () => `/state/${random.pick(['68656c6c6f', any()])}`,
    () => `/accounts/${random.pick(['ab'.repeat(32), 'AB'.repeat(32), any()])}`, () => `/transactions/${random.pick([ID, ID.toUpperCase(), any()])}`,
    () => `/transactions?wait=${random.pick(['true', '0', 'x', '1&wait=1'])}&timeoutMs=${random.pick(['1', '0', '120000', '120001', '1e3'])}`,
    () => `/state?prefix=${random.pick(['', '68', 'zz', any()])}&limit=${random.pick(['1', '0', '1000', any()])}`,
    () => '/transactions', () => '/transactions/batch', () => '/evidence', () => '/events', () => `/${any()}`, () => '/consensus/equivocations',
  ])();
}

function bodyOf(random: Random): Uint8Array {
  return random.pick([
    () => bytesOf(random, random.pick([0, 2, 160, 161])), () => utf8(JSON.stringify({ transaction: 'ab'.repeat(random.integer(0, 9)) })),
    () => utf8(JSON.stringify(fc.sample(fc.jsonValue(), { numRuns: 1, seed: random.integer(0, 2 ** 31 - 1) })[0])),
    () => concat(Uint8Array.of(0, 0, 0, 2, 1, 2), Uint8Array.of(0, 0, 0, 1, 9)), () => new Uint8Array(0),
  ])();
}

/** A byte for the method and one for the content type; the path and a line feed; the body. */
const routes: Target = {
  name: 'http-route',
  generate: (random) => {
    const path = pathOf(random);
    const isPost = path.startsWith('/transactions') && !path.startsWith('/transactions/') || path.endsWith('/batch') || random.chance(0.05);
    const method = isPost ? 1 : random.chance(0.9) ? 0 : random.integer(2, METHODS.length - 1);
    const contentType = random.chance(0.8) ? random.integer(0, 1) : random.integer(0, CONTENT_TYPES.length - 1);
    return concat(Uint8Array.of(method, contentType), utf8(path), Uint8Array.of(10), isPost ? bodyOf(random) : new Uint8Array(0));
  },
  run: async (input) => {
    app ??= server();
    const end = input.indexOf(10, 2);
    const method = METHODS[(input[0] ?? 0) % METHODS.length]!;
    const contentType = CONTENT_TYPES[(input[1] ?? 0) % CONTENT_TYPES.length]!;
    const body = end < 0 ? new Uint8Array(0) : input.subarray(end + 1);
    // What cannot stand in a request line never reaches the server; and inject() takes a path apart as a browser does.
    const path = textOf(input.subarray(2, end < 0 ? undefined : end)).replace(/^[/\\]+/, '');
    const url = `/${path.replaceAll(/[^\u0021-\u007e]|\\/gu, (character) => encodeURIComponent(character))}`;
    const request: InjectOptions = {
      method, url,
      headers: { host: 'localhost', ...(contentType === '' ? {} : { 'content-type': contentType }) },
      ...(method === 'GET' || method === 'HEAD' ? {} : { payload: Buffer.from(body) }),
    };
    const { statusCode, payload } = await app.inject(request);
    assert.ok(statusCode < 500 || statusCode === 503, `${method} ${url.slice(0, 200)} is answered ${statusCode}`);
    if (statusCode >= 400 && method !== 'HEAD') {
      const { error } = JSON.parse(payload) as { error: { code: unknown; message: unknown } };
      assert.ok(typeof error.code === 'string' && /^[a-z-]+$/.test(error.code) && typeof error.message === 'string', payload.slice(0, 200));
      assert.ok(payload.length < 4096, 'an error is short, whatever was asked');
    }
    return statusCode < 400 ? 'accepted' : 'rejected';
  },
  leastAccepted: 0.25,
  weight: 0.1,
};

export const API_TARGETS: readonly Target[] = [routes];
