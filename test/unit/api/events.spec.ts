import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import type { HttpLimits } from '../../../src/api/limits.js';
import { FakeView, fakeBlock, fakeCertificate } from './fake-view.js';

interface BlockEvent {
  readonly hash: string;
  readonly transaction_ids?: readonly string[];
  readonly transactions?: readonly object[];
}

/** Reads one stream until `count` block events have come. */
async function readEvents(body: ReadableStream<Uint8Array> | null, count: number): Promise<BlockEvent[]> {
  assert.ok(body);
  const events: BlockEvent[] = [];
  let text = '';
  for await (const chunk of body) {
    text += new TextDecoder().decode(chunk);
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const data = part.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) events.push(JSON.parse(data.slice(6)) as BlockEvent);
    }
    if (events.length >= count) break;
  }
  return events;
}

describe('HTTP API: event stream of final blocks', () => {
  let view: FakeView;
  let server: HttpServer;

  async function start(limits: Partial<HttpLimits> = {}): Promise<void> {
    view = new FakeView();
    server = await createHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }), limits });
  }
  afterEach(() => server.close());

  it('sends final blocks in order, ids of transactions by default and whole ones on demand', async () => {
    await start();
    const summary = await fetch(`${server.url}/events`);
    const whole = await fetch(`${server.url}/events?transactions=true`);
    assert.equal(summary.headers.get('content-type'), 'text/event-stream');
    const block = fakeBlock(0);
    view.finalise({ block, certificate: fakeCertificate(block, 'FAST') });
    view.finalise({ block: fakeBlock(1), certificate: undefined });
    const events = await readEvents(summary.body, 2);
    assert.deepEqual(events.map(({ hash }) => hash), [block.hash, fakeBlock(1).hash]);
    assert.deepEqual(events[0]?.transaction_ids, block.transactions.map(({ id }) => id));
    const [full] = await readEvents(whole.body, 1);
    assert.equal(full?.transactions?.length, 1);
  });

  it('refuses streams beyond the limit, and takes another once one has gone', async () => {
    await start({ maxEventStreams: 1, eventHeartbeatMs: 5 });
    const abort = new AbortController();
    await fetch(`${server.url}/events`, { signal: abort.signal });
    const refused = await fetch(`${server.url}/events`);
    assert.equal(refused.status, 503);
    assert.deepEqual(((await refused.json()) as { error: { code: string } }).error.code, 'too-many-streams');
    abort.abort();
    let status = 503;
    while (status === 503) {
      const again = await fetch(`${server.url}/events`);
      status = again.status;
      await again.body?.cancel();
    }
    assert.equal(status, 200);
  });

  it('drops a client that does not read, once its buffer is full', async () => {
    await start({ maxEventBufferBytes: 1000 });
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /events?transactions=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    socket.on('error', () => undefined);
    const block = fakeBlock(0, ['x'.repeat(1 << 20)]);
    // Far more than the kernel's socket buffers hold; a stream that is not dropped would keep all of it.
    for (let count = 0; count < 64; count += 1) view.finalise({ block, certificate: undefined });
    const closed = once(socket, 'close');
    socket.resume();
    await closed;
    assert.ok(socket.bytesRead < 64 * 2 * (1 << 20), `${socket.bytesRead} bytes came through`);
  });

  it('closing the server ends streams and unsubscribes from the platform', async () => {
    await start();
    const response = await fetch(`${server.url}/events`);
    assert.equal(view.listenerCount, 1);
    await server.close();
    assert.equal(view.listenerCount, 0);
    assert.deepEqual(await readEvents(response.body, 1).catch(() => []), []);
  });

  it('a port in use is told with the system\'s code', async () => {
    await start();
    await assert.rejects(
      createHttpServer(new FakeView(), { host: '127.0.0.1', port: Number(new URL(server.url).port), logger: pino({ level: 'silent' }) }),
      { code: 'EADDRINUSE' },
    );
  });
});
