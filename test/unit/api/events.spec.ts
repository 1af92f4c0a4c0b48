import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import type { HttpLimits } from '../../../src/api/limits.js';
import { FakeView, fakeBlock, fakeCertificate } from './fake-view.js';

interface BlockEvent {
  readonly header: { readonly sequence: number };
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

  /** Sequences from `from` on, until `count` have come; more come meanwhile. */
  async function sequencesOf(response: Response, count: number): Promise<number[]> {
    assert.equal(response.status, 200);
    return (await readEvents(response.body, count)).map(({ header }) => header.sequence);
  }

  it('C18: ?from= and Last-Event-ID replay from storage and go on live, without a gap and without a repeat', async () => {
    await start();
    for (let sequence = 0; sequence < 40; sequence += 1) view.blocks.set(sequence, { block: fakeBlock(sequence), certificate: undefined });
    view.statusChanges = { executed_blocks: 40 };
    // Blocks become final in every moment of the replay.
    let next = 40;
    const block = view.block.bind(view);
    view.block = (which) => {
      view.finalise({ block: fakeBlock(next), certificate: undefined });
      next += 1;
      return block(which);
    };
    const counted = (first: number) => Array.from({ length: 60 }, (_, index) => first + index);
    assert.deepEqual(await sequencesOf(await fetch(`${server.url}/events?from=3`), 60), counted(3));
    assert.deepEqual(await sequencesOf(await fetch(`${server.url}/events`, { headers: { 'last-event-id': '10' } }), 60), counted(11));
    // A browser connects again with the address that it was given at first.
    assert.deepEqual(await sequencesOf(await fetch(`${server.url}/events?from=3&transactions=1`, { headers: { 'last-event-id': '20' } }), 60), counted(21));
  });

  it('C18: from a block that is not there yet it begins with that one', async () => {
    await start();
    const response = await fetch(`${server.url}/events?from=5`);
    for (const sequence of [3, 4, 5, 6]) view.finalise({ block: fakeBlock(sequence), certificate: undefined });
    assert.deepEqual(await sequencesOf(response, 2), [5, 6]);
  });

  it('C18: 410 with the first block where earlier ones are pruned; a stream that comes upon a pruned block ends', async () => {
    await start();
    view.statusChanges = { first_block: 7, executed_blocks: 9 };
    for (const asked of [fetch(`${server.url}/events?from=6`), fetch(`${server.url}/events`, { headers: { 'last-event-id': '5' } })]) {
      const gone = await asked;
      assert.equal(gone.status, 410);
      const { error } = await gone.json() as { error: { code: string; message: string } };
      assert.equal(error.code, 'block-pruned');
      assert.match(error.message, /^block 6 is not here any more: begin with \?from=7/);
    }
    view.blocks.set(7, { block: fakeBlock(7), certificate: undefined });
    const ended = await fetch(`${server.url}/events?from=7`);
    assert.deepEqual(await sequencesOf(ended, 2), [7], 'block 8 is not there');
  });

  it('C18: says that no proxy may buffer it, and refuses what it does not know', async () => {
    await start();
    const response = await fetch(`${server.url}/events`);
    assert.equal(response.headers.get('x-accel-buffering'), 'no');
    assert.ok(response.headers.get('fb-pbft-instance') !== null);
    await response.body?.cancel();
    for (const [query, headers] of [['?from=x', {}], ['?from=-1', {}], ['?since=3', {}], ['', { 'last-event-id': 'x' }], ['', { 'last-event-id': '99999999999999999' }]] as const) {
      assert.equal((await fetch(`${server.url}/events${query}`, { headers })).status, 400, query);
    }
    assert.equal((await fetch(`${server.url}/events`, { method: 'HEAD' })).status, 404, 'a stream without a body would stay open for nothing');
  });

  it('a client that does not read holds one event at most, and gets every block once it reads', async () => {
    await start();
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET /events?transactions=true HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    const payload = 'x'.repeat(1 << 20);
    let reads = 0;
    const block = view.block.bind(view);
    view.block = (which) => {
      reads += 1;
      return block(which);
    };
    // Far more than the kernel's socket buffers hold; a stream without bounds would keep all of it.
    for (let sequence = 0; sequence < 32; sequence += 1) view.finalise({ block: fakeBlock(sequence, [payload]), certificate: undefined });
    let text = '';
    socket.on('data', (data: Buffer) => { text += data.toString().replaceAll(/(78){9,}/g, ''); });
    assert.ok(reads < 32, `${reads} blocks were read for a client that does not read`);
    socket.resume();
    while (!/^id: 31$[^]*"finality_note"[^]*\n\n/m.test(text)) await once(socket, 'data');
    assert.deepEqual([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id)), Array.from({ length: 32 }, (_, sequence) => sequence));
    assert.ok(reads > 0, 'what is no longer kept in memory came from storage');
    socket.destroy();
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
