import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { hostAllowed } from '../../../src/api/host-guard.js';
import { buildHttpServer, createHttpServer } from '../../../src/api/server.js';
import type { HttpServerOptions } from '../../../src/api/server.js';
import { bytesToHex, sha256Hash } from '../../../src/crypto/hash.js';
import type { Block } from '../../../src/types/block.js';
import { ZERO_HASH, toMemberIndex } from '../../../src/types/ids.js';
import { FakeView, PLATFORM_KEY, Refusal, SENDER, fakeBlock, fakeCertificate, finalAt, text } from './fake-view.js';

const BINARY = { 'content-type': 'application/octet-stream' };

describe('HTTP API: platform, ledger and transactions', () => {
  let view: FakeView;
  let app: FastifyInstance;

  function build(options: Partial<HttpServerOptions> = {}): FastifyInstance {
    return buildHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }), ...options });
  }

  async function get(url: string): Promise<{ statusCode: number; body: unknown }> {
    const response = await app.inject({ url, headers: { host: '127.0.0.1:80' } });
    return { statusCode: response.statusCode, body: response.json() };
  }

  async function post(url: string, payload: Uint8Array | string, headers: Record<string, string> = BINARY) {
    const response = await app.inject({ method: 'POST', url, payload: typeof payload === 'string' ? payload : Buffer.from(payload), headers: { host: 'localhost', ...headers } });
    return { statusCode: response.statusCode, body: response.json<Record<string, unknown>>(), headers: response.headers };
  }

  function codeOf(body: unknown): unknown {
    const { error } = body as { error: { code: string; message: string } };
    assert.ok(error.message.length > 0);
    assert.deepEqual(Object.keys(body as object), ['error']);
    return error.code;
  }

  beforeEach(() => {
    view = new FakeView();
    app = build();
  });
  afterEach(() => app.close());

  it('GET /consensus/status is the status of the view as it is', async () => {
    assert.deepEqual(await get('/consensus/status'), { statusCode: 200, body: view.status() });
  });

  it('GET /health says that it answers, whether it can know that it is behind, and whether and how far it catches up', async () => {
    const catch_up = { from: 0, at: 3, fetched: 5, to: 9, remaining: 6, blocks_per_second: 1.5, remaining_seconds: 4, fetched_bytes: 2_000 };
    const snapshot_fetch = { block: 7, chunks_done: 1, chunks: 4 };
    view.statusChanges = { in_touch: false, catching_up: true, catch_up, snapshot_fetch };
    const { statusCode, body } = await get('/health');
    assert.equal(statusCode, 200);
    const { instance, reasons, ...rest } = body as { instance: string; reasons: { code: string }[] };
    assert.match(instance, /^[0-9a-f-]{36}$/);
    assert.deepEqual(reasons.map(({ code }) => code), ['out-of-touch', 'catching-up']);
    assert.deepEqual(rest, {
      ok: true, ready: false, version: '1.2.3', platform: 'Thor', chain_id: ZERO_HASH, public_key: PLATFORM_KEY,
      sequence: 3, in_touch: false, catching_up: true, catch_up, snapshot_fetch, voting: 'voting', chain_ahead_ms: 0, uptime_ms: 61_000,
    });
  });

  it('GET /livez answers whatever the matter is, GET /readyz 503 with every reason', async () => {
    assert.deepEqual(await get('/readyz'), { statusCode: 200, body: { ready: true, reasons: [] } });
    for (const [changes, codes] of [
      [{ in_touch: false }, ['out-of-touch']], [{ catching_up: true }, ['catching-up']], [{ voting: 'observing' }, ['observing']],
      [{ chain_ahead_ms: 501 }, ['clock']], [{ clock_offset_ms: 501 }, ['clock']], [{ clock_offset_ms: -501, chain_ahead_ms: 501 }, ['clock']], [{ in_touch: false, voting: 'observing', chain_ahead_ms: 60_000 }, ['out-of-touch', 'observing', 'clock']],
    ] as const) {
      view.statusChanges = changes;
      const { statusCode, body } = await get('/readyz');
      const { ready, reasons, error } = body as { ready: boolean; reasons: { code: string; message: string }[]; error: { code: string; message: string } };
      assert.deepEqual([statusCode, ready, error.code], [503, false, 'not-ready']);
      assert.deepEqual(reasons.map(({ code }) => code), codes);
      for (const { message } of reasons) assert.ok(error.message.includes(message));
      assert.deepEqual(await get('/livez'), { statusCode: 200, body: { ok: true } });
    }
    for (const changes of [{ chain_ahead_ms: 500 }, { clock_offset_ms: -500 }, { clock_offset_ms: null }, { voting: 'comparing' }] as const) {
      view.statusChanges = changes;
      assert.equal((await get('/readyz')).statusCode, 200);
    }
  });

  it('every answer, errors included, says whose it is: instance, chain and public key', async () => {
    const instances = new Set<unknown>();
    for (const url of ['/health', '/blocks/99', '/nowhere', '/blocks/%']) {
      const { headers } = await app.inject({ url, headers: { host: 'localhost' } });
      assert.deepEqual([headers['fb-pbft-chain'], headers['fb-pbft-public-key']], [ZERO_HASH, PLATFORM_KEY], url);
      instances.add(headers['fb-pbft-instance']);
    }
    assert.equal(instances.size, 1);
    assert.equal(instances.has((await build().inject({ url: '/health', headers: { host: 'localhost' } })).headers['fb-pbft-instance']), false, 'another at each start');
  });

  it('GET /blocks/:sequence gives header, transactions, hash and a FAST certificate with the platforms\' names', async () => {
    app = build({ describePayload: (payload) => ({ said: new TextDecoder().decode(payload) }) });
    const block = fakeBlock(5, ['hello']);
    view.blocks.set(5, { block, certificate: fakeCertificate(block, 'FAST') });
    const { statusCode, body } = await get('/blocks/5');
    assert.equal(statusCode, 200);
    const signature = '09'.repeat(64);
    assert.deepEqual(body, {
      header: {
        block_number: 5, view: 1, sequence: 5, slot: 6, parent_slot: 4,
        timestamp: '2023-11-14T22:13:20.005Z', timestamp_ms: 1_700_000_000_005,
        prev_hash: fakeBlock(4).hash, merkle_root: '0'.repeat(64), transaction_count: 1, next_members_hash: '0'.repeat(64),
        epoch: 0, chain_id: '0'.repeat(64), proposer: 'Legion',
      },
      transactions: [{ id: block.transactions[0]?.id, sender: SENDER, nonce: 0, payload: bytesToHex(text('hello')), operation: { said: 'hello' }, signature: '07'.repeat(64) }],
      hash: block.hash,
      finality_certificate: {
        kind: 'FAST', epoch: 0, slot: 6, block_hash: block.hash,
        signatures: ['Thor', 'Legion', 'Platform2'].map((platform) => ({ platform, first: true, basis_hash: '0'.repeat(64), signature })),
      },
    });
  });

  it('a SLOW certificate has signatures alone, and a block final through a descendant says so', async () => {
    view.blocks.set(0, { block: fakeBlock(0), certificate: fakeCertificate(fakeBlock(0), 'SLOW') });
    view.blocks.set(1, { block: fakeBlock(1), certificate: undefined });
    const slow = (await get('/blocks/0')).body as { finality_certificate: { kind: string; signatures: object[] } };
    assert.equal(slow.finality_certificate.kind, 'SLOW');
    assert.deepEqual(slow.finality_certificate.signatures[0], { platform: 'Thor', signature: '09'.repeat(64) });
    const latest = (await get('/blocks/latest')).body as { finality_certificate: unknown; finality_note: string; hash: string };
    assert.equal(latest.hash, fakeBlock(1).hash);
    assert.equal(latest.finality_certificate, null);
    assert.match(latest.finality_note, /descends/);
  });

  it('a block that is not there is 404, a sequence that is none 400', async () => {
    const missing = await get('/blocks/99');
    assert.equal(missing.statusCode, 404);
    assert.equal(codeOf(missing.body), 'block-not-found');
    for (const wrong of ['-1', '1.5', 'first', '99999999999999999', '9007199254740993']) {
      const { statusCode, body } = await get(`/blocks/${wrong}`);
      assert.equal(statusCode, 400, wrong);
      assert.equal(codeOf(body), 'malformed-parameter');
    }
  });

  it('GET /query and /state give a value in hexadecimal, and as text where it is some', async () => {
    view.values.set('greeting', text('hallo'));
    view.values.set('binary', Uint8Array.of(0xff, 0xfe));
    const key = bytesToHex(text('greeting'));
    assert.deepEqual((await get(`/query?key=${key}`)).body, { key, value: bytesToHex(text('hallo')), text: 'hallo' });
    assert.deepEqual((await get(`/state/${key.toUpperCase()}`)).body, { key, value: bytesToHex(text('hallo')), text: 'hallo' });
    assert.deepEqual((await get(`/query?key=${bytesToHex(text('binary'))}`)).body, { key: bytesToHex(text('binary')), value: 'fffe' });
    const missing = await get(`/query?key=${bytesToHex(text('nope'))}`);
    assert.equal(missing.statusCode, 404);
    assert.equal(codeOf(missing.body), 'key-not-found');
    for (const query of ['', '?key=', '?key=abc', '?key=zz', `?key=${'00'.repeat(1025)}`, '?key=00&key=01']) {
      const { statusCode, body } = await get(`/query${query}`);
      assert.equal(statusCode, 400, query);
      assert.equal(codeOf(body), 'malformed-parameter');
    }
  });

  it('GET /state lists entries by prefix, in pages of bounded number and size, each beginning after the last', async () => {
    app = build({ limits: { maxStateEntries: 3, defaultStateEntries: 2, maxStateBytes: 100 } });
    for (const key of ['user/1', 'user/2', 'user/3', 'user', 'uset', 'other']) view.values.set(key, text(`value of ${key}`));
    const entry = (key: string) => ({ key: bytesToHex(text(key)), value: bytesToHex(text(`value of ${key}`)), text: `value of ${key}` });
    const prefix = bytesToHex(text('user/'));
    assert.deepEqual((await get(`/state?prefix=${prefix}`)).body, { entries: [entry('user/1'), entry('user/2')], next: bytesToHex(text('user/2')) });
    assert.deepEqual((await get(`/state?prefix=${prefix}&after=${bytesToHex(text('user/2'))}`)).body, { entries: [entry('user/3')], next: null });
    assert.deepEqual((await get('/state?limit=1')).body, { entries: [entry('other')], next: bytesToHex(text('other')) });
    assert.deepEqual((await get('/state?prefix=00')).body, { entries: [], next: null });
    view.values.set('user/0', new Uint8Array(101).fill(0xff));
    assert.deepEqual((await get(`/state?prefix=${prefix}&limit=3`)).body, { entries: [{ key: bytesToHex(text('user/0')), value: 'ff'.repeat(101) }], next: bytesToHex(text('user/0')) });
    for (const query of ['?limit=0', '?limit=4', '?limit=x', '?prefix=zz', `?after=${'00'.repeat(1025)}`, '?prefix=00&prefix=01']) {
      const { statusCode, body } = await get(`/state${query}`);
      assert.deepEqual([statusCode, codeOf(body)], [400, 'malformed-parameter'], query);
    }
  });

  it('a parameter that a route does not know is refused by name, on every route, before anything is done', async () => {
    view.values.set('a', text('b'));
    for (const url of ['/health?x=1', '/consensus/status?x=1', '/evidence?x=1', '/blocks/latest?x=1', '/query?key=61&x=1', '/state?x=1', '/state/61?x=1', `/accounts/${SENDER}?x=1`, '/events?x=1', `/transactions/${'0'.repeat(64)}?x=1`]) {
      const { statusCode, body } = await get(url);
      assert.deepEqual([statusCode, codeOf(body)], [400, 'malformed-parameter'], url);
      assert.match(JSON.stringify(body), /x: is no parameter that is known here/);
    }
    for (const url of ['/transactions?Wait=true', '/transactions/batch?wait=true']) {
      const { statusCode, body } = await post(url, Uint8Array.of(1));
      assert.deepEqual([statusCode, codeOf(body)], [400, 'malformed-parameter'], url);
    }
    assert.equal(view.submitted.length, 0);
    assert.equal((await get('/nowhere?x=1')).statusCode, 404);
  });

  it('GET /accounts/:publicKey gives the next free nonce', async () => {
    view.nextNonce = 12;
    assert.deepEqual((await get(`/accounts/${SENDER}`)).body, { public_key: SENDER, next_nonce: 12 });
    assert.equal((await get('/accounts/xyz')).statusCode, 400);
  });

  it('GET /evidence shows both headers and who signed them: the slot\'s leader, whoever a header names (R9)', async () => {
    const framing = (block: Block): Block => ({ ...block, header: { ...block.header, proposer: toMemberIndex(3) } });
    const [one, two] = [framing(fakeBlock(4)), framing(fakeBlock(4, ['other']))];
    const signed = { signature: new Uint8Array(64).fill(1) };
    view.evidence.push({
      type: 'EQUIVOCATION', epoch: one.header.epoch, slot: one.header.slot,
      headers: [{ header: one.header, blockHash: one.hash, ...signed }, { header: two.header, blockHash: sha256Hash(text('other')), ...signed }],
    });
    const { evidence } = (await get('/evidence')).body as { evidence: { platform: string; slot: number; headers: { block_hash: string }[] }[] };
    assert.equal(evidence.length, 1);
    assert.equal(evidence[0]?.platform, 'Sprout');
    assert.deepEqual(evidence[0].headers.map(({ block_hash }) => block_hash), [one.hash, sha256Hash(text('other'))]);
  });

  it('POST /transactions takes octets or hexadecimal JSON, and answers 202 with the id', async () => {
    const bytes = Uint8Array.of(1, 2, 250);
    const binary = await post('/transactions', bytes);
    const json = await post('/transactions', JSON.stringify({ transaction: '0102FA' }), { 'content-type': 'application/json' });
    for (const { statusCode, body } of [binary, json]) {
      assert.equal(statusCode, 202);
      assert.deepEqual(body, { id: sha256Hash(bytes), status: 'pending' });
    }
    assert.deepEqual(view.submitted, [bytes, bytes]);
  });

  it('POST /transactions?wait=true answers once final, with sequence, hash and receipt', async () => {
    view.finality = (id) => Promise.resolve(finalAt(id));
    const id = sha256Hash(Uint8Array.of(1));
    assert.deepEqual((await post('/transactions?wait=true&timeoutMs=500', Uint8Array.of(1))).body, {
      id, status: 'final', sequence: 7, hash: fakeBlock(7).hash, receipt: { sequence: 7, index: 2, ok: true },
    });
    view.finality = (failed) => Promise.resolve(finalAt(failed, false));
    const failed = await post('/transactions?wait=1', Uint8Array.of(1));
    assert.equal(failed.statusCode, 200);
    assert.deepEqual(failed.body['receipt'], { sequence: 7, index: 2, ok: false, error: 'nonce-used' });
  });

  it('a transaction not final in time is answered 202', async () => {
    const { statusCode, body } = await post('/transactions?wait=true&timeoutMs=5', Uint8Array.of(1));
    assert.equal(statusCode, 202);
    assert.equal(body['status'], 'pending');
  });

  it('the number of waiting submissions is bounded, and nothing is submitted beyond it', async () => {
    app = build({ limits: { maxWaiting: 1 } });
    const bytes = Uint8Array.of(1);
    let finalise: (() => void) | undefined;
    const started = new Promise<void>((resolve) => {
      view.finality = (id) => new Promise((done) => {
        finalise = () => { done(finalAt(id)); };
        resolve();
      });
    });
    const first = post('/transactions?wait=true', bytes);
    await started;
    const second = await post('/transactions?wait=true', bytes);
    assert.equal(second.statusCode, 503);
    assert.equal(codeOf(second.body), 'too-many-waiting');
    assert.equal(second.headers['retry-after'], '1');
    assert.equal(view.submitted.length, 1);
    finalise?.();
    assert.equal((await first).statusCode, 200);
    view.finality = (id) => Promise.resolve(finalAt(id));
    assert.equal((await post('/transactions?wait=true', bytes)).statusCode, 200);
  });

  it('refusals are told by their code: full 503 with Retry-After, known 409, too large 413, others 400', async () => {
    const cases = [['full', 503], ['sender-full', 503], ['duplicate', 409], ['already-final', 409], ['nonce-used', 409], ['too-large', 413], ['bad-signature', 400], ['wrong-chain', 400]] as const;
    for (const [code, expected] of cases) {
      view.admit = () => { throw new Refusal(code); };
      const { statusCode, body, headers } = await post('/transactions', Uint8Array.of(1));
      assert.equal(statusCode, expected, code);
      assert.deepEqual(body, { error: { code, message: `refused: ${code}` } });
      assert.equal(headers['retry-after'], expected === 503 ? '1' : undefined);
    }
  });

  it('a fault of the platform is 500 without its detail', async () => {
    for (const fault of [new TypeError('secret detail'), Object.assign(new Error('secret detail'), { code: 'ENOSPC' })]) {
      view.admit = () => { throw fault; };
      const { statusCode, body } = await post('/transactions', Uint8Array.of(1));
      assert.equal(statusCode, 500);
      assert.equal(codeOf(body), 'internal');
      assert.doesNotMatch(JSON.stringify(body), /secret/);
    }
  });

  it('malformed bodies and parameters are 400, foreign media types 415, oversized bodies 413; nothing is submitted', async () => {
    app = build({ limits: { maxBodyBytes: 64 } });
    const json = { 'content-type': 'application/json' };
    const cases: [string, Uint8Array | string, Record<string, string>, number, string][] = [
      ['/transactions', '{"transaction":', json, 400, 'malformed-body'],
      ['/transactions', '{"transaction":"zz"}', json, 400, 'malformed-body'],
      ['/transactions', '{"transaction":7}', json, 400, 'malformed-body'],
      ['/transactions', '[]', json, 400, 'malformed-body'],
      ['/transactions', 'null', json, 400, 'malformed-body'],
      ['/transactions', 'hello', { 'content-type': 'text/plain' }, 415, 'unsupported-media-type'],
      ['/transactions', new Uint8Array(65), BINARY, 413, 'body-too-large'],
      ['/transactions?wait=maybe', Uint8Array.of(1), BINARY, 400, 'malformed-parameter'],
      ['/transactions?wait=true&timeoutMs=0', Uint8Array.of(1), BINARY, 400, 'malformed-parameter'],
      ['/transactions?wait=true&timeoutMs=999999999', Uint8Array.of(1), BINARY, 400, 'malformed-parameter'],
    ];
    for (const [url, payload, headers, statusCode, code] of cases) {
      const answer = await post(url, payload, headers);
      assert.equal(answer.statusCode, statusCode, `${url} ${String(payload)}`);
      assert.equal(codeOf(answer.body), code);
    }
    assert.equal(view.submitted.length, 0);
  });

  it('GET /transactions/:id tells final, pending and unknown apart', async () => {
    const id = sha256Hash(text('one'));
    assert.equal((await get(`/transactions/${id}`)).statusCode, 404);
    view.transactions.set(id, 'pending');
    assert.deepEqual((await get(`/transactions/${id}`)).body, { id, status: 'pending' });
    view.transactions.set(id, 'spent');
    const dropped = await get(`/transactions/${id}`);
    assert.deepEqual([dropped.statusCode, codeOf(dropped.body)], [409, 'transaction-spent']);
    view.transactions.set(id, finalAt(id));
    assert.deepEqual((await get(`/transactions/${id}`)).body, {
      id, status: 'final', sequence: 7, hash: fakeBlock(7).hash, receipt: { sequence: 7, index: 2, ok: true },
    });
    assert.equal((await get('/transactions/12')).statusCode, 400);
  });

  it('an unknown route is a JSON error too', async () => {
    const { statusCode, body } = await get('/nothing');
    assert.equal(statusCode, 404);
    assert.equal(codeOf(body), 'route-not-found');
  });

  it('so is a path that the router cannot take apart', async () => {
    for (const [url, expected] of [['/blocks/%', 400], ['/%zz', 400], [`/blocks/${'1'.repeat(2049)}`, 414]] as const) {
      const { statusCode, body } = await get(url);
      assert.equal(statusCode, expected, url.slice(0, 20));
      assert.equal(codeOf(body), 'malformed-url');
    }
  });

  it('a loopback server refuses foreign Host headers (DNS rebinding), whatever it was told to bind', async () => {
    for (const bound of ['127.0.0.1', '127.1', 'LOCALHOST', 'localhost', '0x7f000001']) {
      const server = await createHttpServer(view, { host: bound, port: 0, logger: pino({ level: 'silent' }) });
      try {
        assert.equal(server.isLoopback, true, bound);
        for (const host of ['evil.example', 'evil.example:80', '192.168.1.5', '127.0.0.1.evil.example', '[::2]']) {
          assert.match(await answerTo(server.url, host), /^HTTP\/1\.1 403 [^]*host-not-allowed/, `${bound} ${host}`);
        }
        for (const host of ['localhost:8080', '127.0.0.1', '127.1.2.3:9', '[::1]:80', '[::ffff:127.0.0.1]', 'LOCALHOST']) {
          assert.match(await answerTo(server.url, host), /^HTTP\/1\.1 200 /, `${bound} ${host}`);
        }
      } finally {
        await server.close();
      }
    }
    for (const header of [undefined, '']) for (const bound of ['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined]) assert.equal(hostAllowed(header, bound), false);
  });

  it('a public server takes any Host header', async () => {
    const server = await createHttpServer(view, { host: '0.0.0.0', port: 0, logger: pino({ level: 'silent' }) });
    try {
      assert.equal(server.isLoopback, false);
      assert.match(await answerTo(server.url, 'thor.example'), /^HTTP\/1\.1 200 /);
    } finally {
      await server.close();
    }
  });

  it('a name that cannot be bound is told with the system\'s code', async () => {
    await assert.rejects(createHttpServer(view, { host: 'no-such-host.invalid', port: 0, logger: pino({ level: 'silent' }) }), (error: Error) => 'code' in error);
  });
});

/** What a server answers to `GET /health` with this Host header. */
async function answerTo(url: string, host: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replaceAll(/[[\]]/g, ''));
  let answer = '';
  socket.on('data', (data: Buffer) => { answer += data.toString(); });
  socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  await once(socket, 'close');
  return answer;
}
