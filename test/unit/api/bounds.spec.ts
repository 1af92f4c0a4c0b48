import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { boundExchanges } from '../../../src/api/exchange-hooks.js';
import { Exchanges } from '../../../src/api/exchanges.js';
import { DEFAULT_HTTP_LIMITS } from '../../../src/api/limits.js';
import type { HttpLimits } from '../../../src/api/limits.js';
import { buildHttpServer } from '../../../src/api/server.js';
import { joinBatch } from '../../../src/api/transaction-batch.js';
import { FakeView, fakeBlock, finalAt } from './fake-view.js';

const OCTETS = { 'content-type': 'application/octet-stream' };
/** More than the system's buffers of both ends of a connection hold, and twice as much in hexadecimal. */
const UNREADABLE_BYTES = 12 << 20;

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

describe('HTTP API: bounds of what clients keep in memory', () => {
  let view: FakeView;
  let app: FastifyInstance;
  let url: string;
  /** The server's ends of its connections, as they come. */
  let accepted: Socket[];
  let clients: Socket[];

  async function start(limits: Partial<HttpLimits>): Promise<void> {
    app = buildHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }), limits });
    await listen();
  }

  async function listen(): Promise<void> {
    app.server.on('connection', (socket: Socket) => { accepted.push(socket); });
    url = await app.listen({ host: '127.0.0.1', port: 0 });
  }

  /** A client that writes what it is told and reads nothing unless told, with the server's end of its connection. */
  async function rawClient(): Promise<{ client: Socket; served: Socket }> {
    const known = accepted.length;
    const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined);
    client.pause();
    clients.push(client);
    await once(client, 'connect');
    await until(() => accepted.length > known);
    const served = accepted[known];
    assert.ok(served !== undefined);
    return { client, served };
  }

  async function until(done: () => boolean | Promise<boolean>): Promise<void> {
    while (!await done()) await pause(2);
  }

  function request(line: string, headers: readonly string[] = []): string {
    return [line, 'Host: localhost', ...headers, '', ''].join('\r\n');
  }

  const post = (path: string, body: Uint8Array | undefined): Promise<Response> => fetch(`${url}${path}`, { method: 'POST', headers: OCTETS, body: body === undefined ? null : Buffer.from(body) });

  beforeEach(() => {
    view = new FakeView();
    accepted = [];
    clients = [];
    view.blocks.set(5, { block: fakeBlock(5, ['x'.repeat(UNREADABLE_BYTES)]), certificate: undefined });
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    await app.close();
  });

  it('ends the connection of a client that does not read its answer; an event stream and a submission that wait for longer go on', async () => {
    await start({ answerStallMs: 40 });
    const events = (await fetch(`${url}/events`)).body as ReadableStream<Uint8Array> | null;
    const reader = events?.getReader();
    await reader?.read();
    let finalise: (() => void) | undefined;
    view.finality = (id) => new Promise((resolve) => { finalise = () => { resolve(finalAt(id)); }; });
    const waiting = post('/transactions?wait=true', Uint8Array.of(1));
    await until(() => finalise !== undefined);

    const { client, served } = await rawClient();
    client.write(request('GET /blocks/5 HTTP/1.1'));
    await once(served, 'close');
    assert.ok(served.bytesWritten > UNREADABLE_BYTES, 'its answer was there');
    client.resume();
    await once(client, 'close');
    assert.ok(client.bytesRead < 2 * UNREADABLE_BYTES, 'all of its answer came through');

    finalise?.();
    assert.equal((await waiting).status, 200);
    view.finalise({ block: fakeBlock(6), certificate: undefined });
    const event = await reader?.read();
    assert.match(new TextDecoder().decode(event?.value), /event: block/);
    await reader?.cancel();
  });

  it('does not end that of one that reads slowly', async () => {
    await start({ answerStallMs: 150 });
    const { client } = await rawClient();
    client.write(request('GET /blocks/5 HTTP/1.1', ['Connection: close']));
    let readBytes = 0;
    client.on('data', (data: Buffer) => { readBytes += data.length; });
    const startMs = performance.now();
    while (!client.closed) {
      client.resume();
      await pause(5);
      // Slow at first, for several times as long as nothing may move.
      if (performance.now() - startMs > 600) continue;
      client.pause();
      await pause(20);
    }
    assert.ok(readBytes > 2 * UNREADABLE_BYTES, `only ${readBytes} bytes came through`);
  });

  it('a submission that waits behind an answer on the same connection has its own time', async () => {
    await start({ answerStallMs: 20 });
    let finalise: (() => void) | undefined;
    view.finality = (id) => new Promise((resolve) => { finalise = () => { resolve(finalAt(id)); }; });
    const { client, served } = await rawClient();
    let text = '';
    client.on('data', (data: Buffer) => { text += data.toString(); });
    client.resume();
    client.write(request('GET /health HTTP/1.1') + request('POST /transactions?wait=true HTTP/1.1', ['Content-Type: application/octet-stream', 'Content-Length: 1']) + 'x');
    await until(() => finalise !== undefined && text.includes('"ok":true'));
    const stalled = await rawClient();
    stalled.client.write(request('GET /blocks/5 HTTP/1.1'));
    await once(stalled.served, 'close');
    assert.equal(served.destroyed, false);
    finalise?.();
    await until(() => text.includes('"status":"final"'));
  });

  it('drops an event stream that takes in nothing from one keep-alive to the next, however little waits', async () => {
    await start({ eventHeartbeatMs: 20 });
    const reading = (await fetch(`${url}/events`)).body?.getReader();
    const { client, served } = await rawClient();
    client.write(request('GET /events?transactions=true HTTP/1.1'));
    await until(() => view.listenerCount > 0 && served.bytesWritten > 0);
    view.finalise({ block: fakeBlock(6, ['x'.repeat(UNREADABLE_BYTES)]), certificate: undefined });
    await once(served, 'close');
    assert.ok((await reading?.read())?.value !== undefined);
    await reading?.cancel();
  });

  it('refuses bodies beyond the budget before they are read, and takes them again once others are done', async () => {
    await start({ maxBodyBytesInFlight: 1000 });
    const half = await rawClient();
    half.client.write(`${request('POST /transactions HTTP/1.1', ['Content-Type: application/octet-stream', 'Content-Length: 900'])}only the beginning`);
    await until(() => half.served.bytesRead > 0);
    // Refused by its length, though it never comes.
    const unread = await rawClient();
    let text = '';
    unread.client.on('data', (data: Buffer) => { text += data.toString(); });
    unread.client.resume();
    unread.client.write(request('POST /transactions/batch HTTP/1.1', ['Content-Type: application/octet-stream', 'Content-Length: 800']));
    await until(() => text.includes('\r\n\r\n'));
    assert.match(text, /^HTTP\/1\.1 503 /);
    assert.match(text, /retry-after: 1\r\n/i);
    assert.match(text, /too-many-body-bytes/);
    assert.equal((await fetch(`${url}/health`)).status, 200, 'what has no body is answered');
    assert.equal((await post('/transactions', new Uint8Array(100))).status, 202, 'there is room for a small one');
    half.client.destroy();
    await until(async () => (await post('/transactions', new Uint8Array(800))).status === 202);
    assert.equal(view.submitted.length, 2);
    // Whatever becomes of a request, its room is free again.
    for (const [path, type, status] of [['/nowhere', 'application/json', 400], ['/nowhere', 'application/octet-stream', 404], ['/transactions', 'text/plain', 415], ['/transactions/batch', 'application/octet-stream', 400]] as const) {
      assert.equal((await fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': type }, body: 'x'.repeat(800) })).status, status, path);
      const injected = await app.inject({ method: 'POST', url: path, headers: { host: 'localhost', 'content-type': type }, payload: 'x'.repeat(800) });
      assert.equal(injected.statusCode, status, path);
    }
  });

  it('a body of unknown length counts as the largest until it is read, then as what it is', async () => {
    await start({ maxBodyBytes: 600, maxBodyBytesInFlight: 1000 });
    let finalise: (() => void) | undefined;
    view.finality = (id) => new Promise((resolve) => { finalise = () => { resolve(finalAt(id)); }; });
    const chunked = await rawClient();
    chunked.client.write(`${request('POST /transactions?wait=true HTTP/1.1', ['Content-Type: application/octet-stream', 'Transfer-Encoding: chunked'])}a\r\n0123456789\r\n`);
    await until(() => chunked.served.bytesRead > 0);
    assert.equal(await codeOf(await post('/transactions', new Uint8Array(500))), 'too-many-body-bytes');
    chunked.client.write('0\r\n\r\n');
    await until(() => finalise !== undefined);
    assert.equal((await post('/transactions', new Uint8Array(500))).status, 202);
    finalise?.();
  });

  it('refuses large answers while as much waits to be read, and answers what is small', async () => {
    await start({ maxAnswerBytesInFlight: UNREADABLE_BYTES });
    view.blocks.set(6, { block: fakeBlock(6, ['x'.repeat(20_000)]), certificate: undefined });
    const { client, served } = await rawClient();
    client.write(request('GET /blocks/5 HTTP/1.1'));
    await until(() => served.bytesWritten > UNREADABLE_BYTES);
    const refused = await fetch(`${url}/blocks/6`);
    assert.deepEqual([refused.status, refused.headers.get('retry-after'), await codeOf(refused)], [503, '1', 'too-many-answer-bytes']);
    assert.equal((await fetch(`${url}/consensus/status`)).status, 200);
    client.destroy();
    await until(async () => (await fetch(`${url}/blocks/6`)).status === 200);
  });

  it('counts what a client sent before it went as long as a route works on it, and several requests on one connection', async () => {
    app = Fastify({ forceCloseConnections: true });
    const exchanges = new Exchanges(DEFAULT_HTTP_LIMITS, pino({ level: 'silent' }));
    const bounds = boundExchanges(app, DEFAULT_HTTP_LIMITS, exchanges);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (parsed, body, done) => {
      bounds.bodyRead(parsed, body.length);
      done(null, body);
    });
    const works: (() => void)[] = [];
    app.post('/work', () => new Promise((resolve) => { works.push(() => { resolve({ done: true }); }); }));
    await listen();
    const { client } = await rawClient();
    const whole = request('POST /work HTTP/1.1', ['Content-Type: application/octet-stream', 'Content-Length: 10']);
    client.write(`${whole}0123456789${whole}0123456789${whole}01234`);
    await until(() => works.length === 2);
    assert.equal(exchanges.bodyBytes, 30);
    // The second is answered, and waits for the first.
    works[1]?.();
    await until(() => exchanges.answerBytes > 0);
    client.destroy();
    await until(() => exchanges.bodyBytes === 10 && exchanges.answerBytes === 0);
    works[0]?.();
    await until(() => exchanges.bodyBytes === 0);
    assert.equal(exchanges.answerBytes, 0);
  });

  /** Asks on a connection of its own, and reads the whole answer. */
  async function ask(line: string): Promise<string> {
    const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
    clients.push(client);
    let text = '';
    client.on('data', (data: Buffer) => { text += data.toString(); });
    client.on('error', () => undefined);
    client.write(request(line, ['Connection: close']));
    await once(client, 'close');
    return text;
  }

  it('B10: idle and dripping connections make room for others, the one that is idle for longest first', async () => {
    await start({ maxConnections: 3 });
    const idle = await rawClient();
    const dripping = await rawClient();
    dripping.client.write('GET /health HTTP/1.1\r\nHost: local');
    const used = await rawClient();
    used.client.write(request('GET /health HTTP/1.1'));
    await until(() => used.served.bytesWritten > 0 && dripping.served.bytesRead > 0);
    for (const next of [idle, dripping, used]) {
      assert.equal(next.served.destroyed, false);
      assert.match(await ask('GET /blocks/latest HTTP/1.1'), /^HTTP\/1\.1 200 /);
      // The next one comes while that place is taken again.
      await rawClient();
      assert.equal(next.served.destroyed, true);
    }
  });

  it('B10: where all connections are at work a spare one answers for the platform\'s health, and nothing else', async () => {
    await start({ maxConnections: 2, spareConnections: 1 });
    for (let open = 0; open < 2; open += 1) {
      const { client, served } = await rawClient();
      client.write(request('GET /events HTTP/1.1'));
      await until(() => served.bytesWritten > 0);
    }
    const spare = await rawClient();
    for (const path of ['/health', '/livez', '/readyz', '/peers', '/consensus/status']) assert.match(await ask(`GET ${path} HTTP/1.1`), /^HTTP\/1\.1 200 /, path);
    assert.equal(spare.served.destroyed, true, 'the older of two spare ones goes');
    for (const line of ['GET /blocks/5 HTTP/1.1', 'GET /nowhere HTTP/1.1', 'GET /events HTTP/1.1']) assert.match(await ask(line), /^HTTP\/1\.1 503 [^]*too-many-connections/, line);
    clients[0]?.destroy();
    await until(async () => (await ask('GET /blocks/6 HTTP/1.1')).startsWith('HTTP/1.1 404'));
  });

  it('B10: one address has no more than its share of the connections', async () => {
    await start({ maxConnections: 5, maxConnectionsPerAddress: 1 });
    const { client, served } = await rawClient();
    client.write(request('GET /events HTTP/1.1'));
    await until(() => served.bytesWritten > 0);
    assert.match(await ask('GET /blocks/5 HTTP/1.1'), /too-many-connections/);
    assert.match(await ask('GET /health HTTP/1.1'), /^HTTP\/1\.1 200 /);
  });

  it('B10: a request\'s headers have a deadline, and so has a connection on which nothing comes', async () => {
    await start({ headersTimeoutMs: 30 });
    const dripping = await rawClient();
    const idle = await rawClient();
    dripping.client.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Drip: ');
    await until(() => {
      dripping.client.write('x');
      return dripping.served.destroyed && idle.served.destroyed;
    });
  });

  it('B10: the largest block is sent in pieces, between which others have their turn, as its client reads', async () => {
    const block = fakeBlock(8, Array.from({ length: 20_000 }, (_, index) => `transaction ${index}`));
    view.blocks.set(8, { block, certificate: undefined });
    await start({ maxAnswerBytesInFlight: 2 * block.sizeBytes });
    let made = 0;
    view.transactionsOf = function* transactionsOf({ transactions }) {
      for (const transaction of transactions) {
        made += 1;
        yield transaction;
      }
    };
    const { client, served } = await rawClient();
    client.write(request('GET /blocks/8 HTTP/1.1', ['Connection: close']));
    await until(() => served.bytesWritten > 100_000);
    assert.ok(made < 20_000, 'the rest waits until it is read');
    // What it holds is counted: nothing large is sent beside it.
    view.blocks.set(9, { block: fakeBlock(9, ['x'.repeat(2 * block.sizeBytes)]), certificate: undefined });
    assert.equal(await codeOf(await fetch(`${url}/blocks/9`)), 'too-many-answer-bytes');
    client.destroy();
    await until(async () => (await fetch(`${url}/blocks/9`)).status === 200);
    const whole = await (await fetch(`${url}/blocks/8`)).json() as { transactions: { id: string }[]; hash: string };
    assert.deepEqual(whole.transactions.map(({ id }) => id), block.transactions.map(({ id }) => id));
    assert.equal(whole.hash, block.hash);
  });

  it('B10: hundreds of requests on one connection for large blocks keep a few of them in memory at a time', async () => {
    let underWay = 0;
    let most = 0;
    await start({ maxLargeReads: 2 });
    view.block = async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await pause(1);
      underWay -= 1;
      return { block: fakeBlock(5), certificate: undefined };
    };
    const { client } = await rawClient();
    let text = '';
    client.on('data', (data: Buffer) => { text += data.toString(); });
    client.resume();
    client.write(request('GET /blocks/5 HTTP/1.1').repeat(100));
    await until(() => text.split('HTTP/1.1 200 ').length > 100);
    assert.equal(most, 2);
  });

  it('B10: batches of many clients share one slice of verification between two turns of the event loop', async () => {
    await start({ workSliceMs: 1 });
    let turn = 0;
    const countTurns = (): void => { turn += 1; next = setImmediate(countTurns); };
    let next = setImmediate(countTurns);
    const perTurn = new Map<number, number>();
    view.admit = () => {
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
      // A signature check.
      const endMs = performance.now() + 0.25;
      while (performance.now() < endMs);
    };
    const batch = joinBatch(Array.from({ length: 20 }, (_, index) => Uint8Array.of(index + 1)));
    const answers = await Promise.all(Array.from({ length: 25 }, () => post('/transactions/batch', batch)));
    const singles = await Promise.all(Array.from({ length: 50 }, () => post('/transactions', Uint8Array.of(1))));
    clearImmediate(next);
    assert.ok([...answers, ...singles].every(({ status }) => status === 202));
    assert.equal([...perTurn.values()].reduce((sum, count) => sum + count, 0), 550);
    assert.ok(Math.max(...perTurn.values()) <= 8, `${Math.max(...perTurn.values())} in one turn`);
  });
});
