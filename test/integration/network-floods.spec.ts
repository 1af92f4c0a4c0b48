import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Connection, MessageStream } from '@libp2p/interface';
import { LoopbackFederation, eventually, gossipLimits, type LoopbackMember } from './loopback-members.js';
import { RawPeer } from './raw-peer.js';

/** What the muxer's own frames are written to. */
function encrypted(connection: Connection): MessageStream {
  const muxer = Reflect.get(connection, 'muxer') as object;
  return Reflect.get(muxer, 'maConn') as MessageStream;
}

describe('Network under a flood (row D8: refused, bounded, reported)', () => {
  let federation: LoopbackFederation;
  let raw: RawPeer | undefined;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
    raw = undefined;
  });
  afterEach(async () => {
    await raw?.stop();
    await federation.stop();
  });

  async function twoHonest(limits: object, timings: object = {}): Promise<readonly [LoopbackMember, LoopbackMember]> {
    const a = await federation.start(0, { limits, timings });
    const b = await federation.start(1, { limits, bootstrap: [a.address] });
    await eventually('A and B are connected', () => a.isConnectedTo(b) && b.isConnectedTo(a));
    return [a, b];
  }

  async function expectUnaffected(a: LoopbackMember, b: LoopbackMember): Promise<void> {
    b.publish('from B');
    await eventually('B was heard', () => a.texts().includes('from B'));
    const answer = await b.network.request(a.publicKey, 'status', new Uint8Array(1), { timeoutMs: 10_000, maxResponseBytes: 10 });
    assert.equal(answer.length, 1);
    assert.deepEqual(a.events.filter((event) => event.endsWith(b.publicKey)), [`+${b.publicKey}`]);
  }

  it('a member that floods with gossip is throttled, then refused for one penalty; the others are heard', async () => {
    const [a, b] = await twoHonest({ gossip: gossipLimits(20), maxExcessSecondsPerMinute: 2 });
    const flooder = await federation.start(2, { bootstrap: [a.address] });
    await eventually('the flooder is connected', () => a.isConnectedTo(flooder));
    for (let i = 0; a.count('penalized') === 0 && i < 10_000; i++) {
      flooder.publish(`flood ${i}`);
      await new Promise(setImmediate);
    }
    await eventually('A cut the flooder off', () => a.count('penalized') === 1 && !a.isConnectedTo(flooder));
    assert.ok(a.count('throttled-gossip') > 0, 'it was throttled first');
    await expectUnaffected(a, b);
  });

  it('a member that opens streams without end is throttled, then refused', async () => {
    const [a, b] = await twoHonest({ streamsPerSecond: 20, maxExcessSecondsPerMinute: 2 });
    const peer = raw = await RawPeer.start(federation.seeds[2]!);
    const connection = await peer.dial(a.address);
    // Protocols that nobody serves: libp2p itself has no limit for these.
    for (let i = 0; a.count('penalized') === 0 && i < 10_000; i++) {
      void connection.newStream(`/nobody/serves/${i}`).catch(() => undefined);
      await new Promise(setImmediate);
    }
    await eventually('A cut it off', () => a.count('penalized') === 1 && connection.status !== 'open');
    assert.ok(a.count('throttled-streams') > 0, 'it was throttled first');
    await expectUnaffected(a, b);
  });

  it('a member may be cut off in the very turn in which a stream to it is opened', async () => {
    const [a, b] = await twoHonest({});
    const c = await federation.start(2, { bootstrap: [a.address] });
    await eventually('A is connected to C', () => a.isConnectedTo(c));
    // Yamux sends a stream's first frame a microtask later, when the connection is closed: an exception that nobody catches.
    const refused = Array.from({ length: 4 }, () => a.network.request(c.publicKey, 'status', new Uint8Array(1), { timeoutMs: 5_000, maxResponseBytes: 10 }));
    a.network.penalize(c.publicKey, 'floods');
    for (const { status } of await Promise.allSettled(refused)) assert.equal(status, 'rejected');
    await expectUnaffected(a, b);
  });

  it('a member that floods with RPCs in which there is no message is cut off before they are taken apart', async () => {
    const [a, b] = await twoHonest({ gossip: gossipLimits(100), maxExcessSecondsPerMinute: 2 });
    const peer = raw = await RawPeer.start(federation.seeds[2]!);
    const connection = await peer.dial(a.address);
    const stream = await connection.newStream('/meshsub/1.1.0');
    // Two bytes of an RPC that cannot be decoded, and one byte each of empty ones.
    for (const bytes of [Buffer.from([1, 7]), Buffer.alloc(16 * 1024)]) stream.send(bytes);
    await eventually('A cut it off', () => a.count('penalized') === 1 && connection.status !== 'open');
    assert.equal(a.count('throttled-rpcs'), 16 * 1024);
    await expectUnaffected(a, b);
  });

  it('a frame of yamux longer than any window is refused before it comes', async () => {
    const [a, b] = await twoHonest({}, { pingIntervalMs: 60_000 });
    const peer = raw = await RawPeer.start(federation.seeds[2]!);
    const connection = await peer.dial(a.address);
    await connection.newStream(peer.protocol('status'));
    const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 1, 0x40, 0, 0, 0]);
    encrypted(connection).send(header);
    // The flooder's own ping gives up after 5 s.
    await eventually('A closed the connection', () => connection.status !== 'open', 4_000);
    await expectUnaffected(a, b);
  });

  it('a member that floods with frames that no stream sees is cut off', async () => {
    const [a, b] = await twoHonest({ framesPerSecond: 500, maxExcessSecondsPerMinute: 2 });
    const peer = raw = await RawPeer.start(federation.seeds[2]!);
    const connection = await peer.dial(a.address);
    const windowUpdate = Buffer.from([0, 1, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0]);
    for (let i = 0; i < 30; i++) encrypted(connection).send(Buffer.concat(Array<Buffer>(100).fill(windowUpdate)));
    await eventually('A cut it off', () => a.count('penalized') === 1 && connection.status !== 'open');
    assert.ok(a.count('throttled-frames') >= 1_000);
    await expectUnaffected(a, b);
  });

  it('a member that sends more bytes than the limit is read more slowly; nothing of it is lost, and nobody else waits', async () => {
    const [a, b] = await twoHonest({ bytesPerSecond: 512 * 1024 });
    const c = await federation.start(2, { bootstrap: [a.address] });
    await eventually('A is connected to C', () => a.isConnectedTo(c));
    const startedMs = performance.now();
    const request = randomBytes(1_536 * 1024);
    const answer = c.network.request(a.publicKey, 'slots', request, { timeoutMs: 10_000, maxResponseBytes: request.length });
    await expectUnaffected(a, b);
    assert.deepEqual(Buffer.from(await answer), request);
    // Of three seconds' worth two may come at once, and what the last pause leaves is not waited for.
    assert.ok(performance.now() - startedMs > 500, `it took ${performance.now() - startedMs} ms`);
    assert.equal(a.count('penalized'), 0);
  });

  it('a ping is answered once on a stream; more than that is nobody\'s echo', async () => {
    const [a, b] = await twoHonest({});
    const peer = raw = await RawPeer.start(federation.seeds[2]!);
    const connection = await peer.dial(a.address);
    const ping = randomBytes(32);
    const first = await connection.newStream('/ipfs/ping/1.0.0');
    let echoed = 0;
    first.addEventListener('message', ({ data }) => { echoed += data.byteLength; });
    first.send(ping);
    await eventually('the ping is answered', () => echoed === 32);
    const second = await connection.newStream('/ipfs/ping/1.0.0');
    second.addEventListener('message', ({ data }) => { echoed += data.byteLength; });
    second.send(randomBytes(64 * 1024));
    await eventually('the stream is reset', () => second.status !== 'open');
    assert.equal(echoed, 32);
    await expectUnaffected(a, b);
  });

  it('a host that shows no key holds only its share of the places for handshakes, and loses them', async () => {
    const limits = { maxPendingInboundPerHost: 5, maxInboundPerHostPerSecond: 1_000 };
    const a = await federation.start(0, { limits, timings: { dialTimeoutMs: 400 } });
    const port = Number(a.bareAddress.split('/').at(-1));
    const sockets: Socket[] = [];
    let closed = 0;
    try {
      for (let i = 0; i < 40; i++) {
        const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' });
        socket.on('close', () => closed++).on('error', () => undefined).resume();
        sockets.push(socket);
      }
      await eventually('all above its share are refused', () => a.count('inbound-host-busy') >= 35);
      const b = await federation.start(1, { bootstrap: [a.address] });
      await eventually('a member on another host gets in at once', () => a.isConnectedTo(b) && b.isConnectedTo(a));
      await eventually('the silent ones are closed', () => closed === 40);
      await expectUnaffected(a, b);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  it('an outsider that dials without end costs one handshake each, at most so many a second, and nothing is kept', async () => {
    const [a, b] = await twoHonest({ maxInboundPerHostPerSecond: 8 });
    const outsider = raw = await RawPeer.start(new Uint8Array(32).fill(99));
    const before = a.count('gater-inbound-not-member');
    const startedMs = performance.now();
    const dials = 100;
    for (let i = 0; i < dials; i++) {
      await outsider.dial(a.address).then((connection) => { connection.abort(new Error('next')); }, () => undefined);
    }
    const seconds = 1 + Math.ceil((performance.now() - startedMs) / 1_000);
    const handshakes = a.count('gater-inbound-not-member') - before;
    assert.ok(handshakes > 0 && handshakes <= 8 * seconds, `${handshakes} handshakes in ${seconds} s for ${dials} dials`);
    assert.equal(a.network.snapshot().links.length, 1);
    await expectUnaffected(a, b);
  });
});
