import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { encodeLength } from '../../src/network/frames.js';
import { DEFAULT_LIMITS } from '../../src/network/options.js';
import { LoopbackFederation, eventually, type LoopbackMember } from './loopback-members.js';
import { RawPeer } from './raw-peer.js';

const OPTIONS = { timeoutMs: 10_000, maxResponseBytes: 1024 };

describe('Network request-response (SPEC section 7: /fb-pbft/<chain>/status|blocks|slots/1)', () => {
  let federation: LoopbackFederation;
  let a: LoopbackMember;
  let b: LoopbackMember;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
    b = await federation.start(1, { timings: { serveTimeoutMs: 500 } });
    a = await federation.start(0, { bootstrap: [b.address] });
    await eventually('A and B are connected', () => a.isConnectedTo(b) && b.isConnectedTo(a));
  });
  afterEach(async () => {
    await federation.stop();
  });

  it('each protocol carries one request and its answer, empty ones included', async () => {
    b.answer = (protocol, request) => Promise.resolve(Buffer.from(`${protocol}:${Buffer.from(request).toString()}`));
    for (const protocol of ['status', 'blocks', 'slots'] as const) {
      const response = await a.network.request(b.publicKey, protocol, Buffer.from('?'), OPTIONS);
      assert.equal(Buffer.from(response).toString(), `${protocol}:?`);
    }
    b.answer = (_, request) => Promise.resolve(request);
    assert.deepEqual(await a.network.request(b.publicKey, 'status', new Uint8Array(0), OPTIONS), new Uint8Array(0));
  });

  it('requests and answers of 8 MiB arrive whole', async () => {
    const large = randomBytes(8 * 1024 * 1024);
    a.answer = (_, request) => Promise.resolve(request);
    const response = await b.network.request(a.publicKey, 'slots', large, { timeoutMs: 10_000, maxResponseBytes: large.length });
    assert.ok(large.equals(response));
  });

  it('an answer above maxResponseBytes is refused without being read', async () => {
    b.answer = () => Promise.resolve(new Uint8Array(1025));
    await assert.rejects(a.network.request(b.publicKey, 'blocks', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'too-large' });
    b.answer = () => Promise.resolve(new Uint8Array(1024));
    assert.equal((await a.network.request(b.publicKey, 'blocks', new Uint8Array(1), OPTIONS)).length, 1024);
  });

  it('a request above the protocol\'s limit is not sent', async () => {
    const tooLarge = new Uint8Array(DEFAULT_LIMITS.requests.blocks.maxRequestBytes + 1);
    await assert.rejects(a.network.request(b.publicKey, 'blocks', tooLarge, OPTIONS), { name: 'NetworkError', code: 'too-large' });
  });

  it('no answer in time is a timeout, and the server gives up with the one who asked', async () => {
    b.answer = () => new Promise(() => undefined);
    await assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), { timeoutMs: 50, maxResponseBytes: 10 }), { name: 'NetworkError', code: 'timeout' });
    await eventually('the server gave up as well', () => b.count('request-refused') === 1);
  });

  it('a handler that never answers loses its place at the server\'s deadline', async () => {
    b.answer = () => new Promise(() => undefined);
    await assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'refused' });
    await eventually('the server counted it', () => b.count('request-timeout') === 1);
  });

  it('more requests at once than a peer may have are refused, and answered again later', async () => {
    const { maxConcurrentPerPeer } = DEFAULT_LIMITS.requests.status;
    const waiting: (() => void)[] = [];
    b.answer = (_, request) => new Promise((resolve) => waiting.push(() => { resolve(request); }));
    const held = Array.from({ length: maxConcurrentPerPeer }, () => a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS));
    await eventually('all places are taken', () => waiting.length === maxConcurrentPerPeer);
    await assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'refused' });
    assert.equal(b.count('request-refused-busy'), 1);
    for (const release of waiting) release();
    assert.equal((await Promise.all(held)).length, maxConcurrentPerPeer);
    b.answer = (_, request) => Promise.resolve(request);
    await eventually('the places are free', () => b.count('request-answered') >= maxConcurrentPerPeer);
    assert.equal((await a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS)).length, 1);
  });

  it('a handler that rejects ends the stream, never the process', async () => {
    b.answer = () => Promise.reject(new Error('no such block'));
    await assert.rejects(a.network.request(b.publicKey, 'blocks', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'refused' });
    assert.equal(b.count('request-failed'), 1);
    b.answer = (_, request) => Promise.resolve(request);
    assert.equal((await a.network.request(b.publicKey, 'blocks', new Uint8Array(1), OPTIONS)).length, 1);
  });

  it('a request to a member that is not connected fails at once', async () => {
    await assert.rejects(a.network.request(federation.key(3), 'status', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'not-connected' });
  });

  it('a request under way fails when the peer goes, or when one stops oneself', async () => {
    let arrived = 0;
    const neverAnswer = (): Promise<Uint8Array> => {
      arrived++;
      return new Promise(() => undefined);
    };
    b.answer = neverAnswer;
    const first = assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'refused' });
    await eventually('the request is there', () => arrived === 1);
    await federation.stopMember(b);
    await first;
    await eventually('A lost B', () => !a.network.connectedPeers().includes(federation.key(1)));
    b = await federation.start(1, { bootstrap: [a.address] });
    b.answer = neverAnswer;
    await eventually('A and B are connected again', () => a.isConnectedTo(b));
    const second = assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), OPTIONS), { name: 'NetworkError', code: 'stopped' });
    await eventually('the request is there', () => arrived === 2);
    await federation.stopMember(a);
    await second;
  });

  describe('from a member that misbehaves', () => {
    let raw: RawPeer;
    beforeEach(async () => {
      raw = await RawPeer.start(federation.seeds[2]!);
    });
    afterEach(async () => {
      await raw.stop();
    });

    it('a length above the limit, a prefix without end, and bytes after the frame end the stream', async () => {
      for (const [bytes, reason] of [
        [encodeLength(DEFAULT_LIMITS.requests.blocks.maxRequestBytes + 1), 'request-too-large'],
        [new Uint8Array(6).fill(0xff), 'request-malformed'],
        [Uint8Array.from([1, 2, 3]), 'request-malformed'],
      ] as const) {
        const before = b.count(reason);
        const stream = await raw.open(b.address, 'blocks');
        stream.send(bytes);
        await eventually(`B counted ${reason}`, () => b.count(reason) === before + 1);
        await eventually('the stream was reset', () => stream.status !== 'open');
      }
    });

    it('a frame that never ends is given up at the deadline', async () => {
      const stream = await raw.open(b.address, 'blocks');
      stream.send(Uint8Array.from([10, 1, 2]));
      await eventually('B gave up', () => b.count('request-timeout') === 1);
      await eventually('the stream was reset', () => stream.status !== 'open');
    });

    it('half a frame and the end of the stream is malformed', async () => {
      const stream = await raw.open(b.address, 'blocks');
      stream.send(Uint8Array.from([10, 1, 2]));
      await stream.close();
      await eventually('B counted it', () => b.count('request-malformed') === 1);
    });

    it('an introduction that is none is counted and changes nothing', async () => {
      const stream = await raw.open(b.address, 'addresses');
      const nonsense = Buffer.from('{"addresses":[7],"links":"all","known":[]}');
      stream.send(encodeLength(nonsense.length));
      stream.send(nonsense);
      await eventually('B counted it', () => b.count('introduction-malformed') === 1);
      assert.deepEqual(b.network.snapshot().addresses[federation.key(2)], []);
    });
  });
});

describe('Network admission (SPEC section 7: allowlist in the connection gater)', () => {
  let federation: LoopbackFederation;
  let outsider: RawPeer;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
    outsider = await RawPeer.start(new Uint8Array(32).fill(99));
  });
  afterEach(async () => {
    await outsider.stop();
    await federation.stop();
  });

  it('an outsider that dials is refused before any stream', async () => {
    const a = await federation.start(0);
    await assert.rejects(outsider.open(a.address, 'status'));
    await eventually('A refused it', () => a.count('gater-inbound-not-member') > 0);
    assert.deepEqual(Object.keys(a.network.snapshot().counters), ['gater-inbound-not-member']);
    assert.deepEqual(a.network.snapshot().links, []);
    assert.deepEqual(a.events, []);
    await eventually('no connection is left', () => outsider.node.getConnections().length === 0);
  });

  it('an outsider found at a bootstrap address is refused before any stream, and tried again later', async () => {
    const protocols: string[] = [];
    outsider.node.addEventListener('connection:open', ({ detail }) => {
      protocols.push(...detail.streams.filter(({ direction }) => direction === 'inbound').map(({ protocol }) => protocol));
    });
    const a = await federation.start(0, { bootstrap: [outsider.address.replace(/\/p2p\/.*$/, '')] });
    await eventually('A refused it twice', () => a.count('gater-outbound-not-member') >= 2);
    assert.deepEqual([protocols, outsider.opened, a.events, a.network.snapshot().links], [[], [], [], []]);
  });
});
