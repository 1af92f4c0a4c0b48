import assert from 'node:assert/strict';
import { DEFAULT_LIMITS } from '../../src/network/options.js';
import type { PublicKeyHex } from '../../src/types/ids.js';
import { LoopbackFederation, eventually, gossipLimits, type LoopbackMember } from './loopback-members.js';
import { RawPeer } from './raw-peer.js';

describe('Network gossip (SPEC section 7: best effort to every member)', () => {
  let federation: LoopbackFederation;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
  });
  afterEach(async () => {
    await federation.stop();
  });

  async function startAll(): Promise<LoopbackMember[]> {
    const first = await federation.start(0);
    const others = await Promise.all([1, 2, 3].map((i) => federation.start(i, { bootstrap: [first.address] })));
    const all = [first, ...others];
    await eventually('all are connected', () => all.every((member) => member.network.connectedPeers().length === 3));
    return all;
  }

  /** Members in a row, each admitting only its neighbours. */
  async function startChain(): Promise<LoopbackMember[]> {
    const chain: LoopbackMember[] = [];
    for (let i = 0; i < 4; i++) {
      const neighbours: PublicKeyHex[] = [i - 1, i, i + 1].filter((k) => k >= 0 && k < 4).map((k) => federation.key(k));
      const previous = chain.at(-1);
      chain.push(await federation.start(i, { members: () => neighbours, bootstrap: previous === undefined ? [] : [previous.address] }));
    }
    await eventually('neighbours are connected', () =>
      chain.every((member, i) => member.isConnectedTo(...[chain[i - 1], chain[i + 1]].filter((neighbour) => neighbour !== undefined))),
    );
    return chain;
  }

  it('a payload reaches every other member on its topic, once, and not its publisher', async () => {
    const [first, ...others] = await startAll();
    first!.publish('a vote');
    first!.publish('a transaction', 'transactions');
    await eventually('all others have both', () => others.every(({ received }) => received.length >= 2));
    for (const { received } of others) {
      assert.deepEqual(
        [...received].sort((a, b) => (a.topic < b.topic ? -1 : 1)),
        [
          { topic: 'consensus', text: 'a vote', from: first!.publicKey },
          { topic: 'transactions', text: 'a transaction', from: first!.publicKey },
        ],
      );
    }
    assert.deepEqual(first!.received, []);
  });

  it('an identical payload published again is delivered again, also where it was ignored before (section 7)', async () => {
    const [first, second] = await startAll();
    second!.verdict = () => 'ignore';
    for (let i = 1; i <= 3; i++) {
      first!.publish('the same vote');
      await eventually(`it was delivered ${i} times`, () => second!.received.length === i);
    }
  });

  it('payloads published together arrive in their order, large ones included', async () => {
    const [first, second] = await startAll();
    const texts = Array.from({ length: 50 }, (_, i) => `${i}:${'x'.repeat(i % 10 === 9 ? 100_000 : 10)}`);
    for (const text of texts) first!.publish(text);
    await eventually('all arrived', () => second!.received.length === texts.length);
    assert.deepEqual(second!.texts(), texts);
  });

  it('where all are linked with one another nothing is relayed', async () => {
    const all = await startAll();
    const relayed = () => all.map((member) => member.count('gossip-relayed'));
    const everyonePublishes = async (text: string, isThere: (copies: number) => boolean) => {
      for (const member of all) member.publish(text);
      await eventually(`${text} is everywhere`, () => all.every((member) => isThere(member.texts().filter((received) => received === text).length)));
    };
    // Until all have told one another of their links there may be relays, for safety, and so more copies.
    let before: readonly number[] = [];
    for (let round = 0; round < 50; round++) {
      before = relayed();
      await everyonePublishes(`round ${round}`, (copies) => copies >= 3);
      if (relayed().every((count, i) => count === before[i])) break;
    }
    for (let i = 0; i < 5; i++) await everyonePublishes(`last ${i}`, (copies) => copies === 3);
    assert.deepEqual(relayed(), before);
  });

  it('past missing links members relay: in a chain A-B-C-D everything reaches everyone, once', async () => {
    const chain = await startChain();
    const [a, b, c, d] = chain;
    a!.publish('from A');
    d!.publish('from D');
    await eventually('both ends heard one another', () => a!.texts().includes('from D') && d!.texts().includes('from A'));
    assert.deepEqual(d!.received, [{ topic: 'consensus', text: 'from A', from: c!.publicKey }]);
    assert.deepEqual([...b!.texts()].sort(), ['from A', 'from D']);
  });

  it('what a member ignores or rejects it does not relay', async () => {
    const [a, b, c] = await startChain();
    b!.verdict = (text) => (text === 'good' ? 'accept' : text === 'bad' ? 'reject' : 'ignore');
    for (const text of ['bad', 'stale', 'good']) {
      a!.publish(text);
      await eventually(`B judged ${text}`, () => b!.texts().includes(text));
    }
    await eventually('C has the good one', () => c!.texts().includes('good'));
    assert.deepEqual(c!.texts(), ['good']);
  });

  it('a handler that throws loses that payload and nothing else', async () => {
    const [first, second] = await startAll();
    second!.verdict = (text) => {
      if (text === 'poison') throw new Error('handler bug');
      return 'accept';
    };
    first!.publish('poison');
    first!.publish('after');
    await eventually('the next one arrived', () => second!.texts().includes('after'));
    assert.equal(second!.count('gossip-handler-failed'), 1);
  });

  it('a payload above the limit is not published, and is counted', async () => {
    const [first, second] = await startAll();
    first!.network.publish('consensus', new Uint8Array(DEFAULT_LIMITS.maxGossipBytes + 1));
    first!.publish('small');
    await eventually('the small one arrived', () => second!.texts().includes('small'));
    assert.deepEqual(second!.texts(), ['small']);
    assert.equal(first!.count('gossip-too-large-to-publish'), 1);
  });

  it('what one peer sends above its rate is ignored and counted; others are not held up', async () => {
    const limits = { gossip: gossipLimits(5), maxExcessSecondsPerMinute: 1_000 };
    const a = await federation.start(0, { limits });
    const b = await federation.start(1, { bootstrap: [a.address] });
    const c = await federation.start(2, { bootstrap: [a.address] });
    await eventually('all are connected', () => a.isConnectedTo(b, c) && b.isConnectedTo(c));
    for (let i = 0; i < 100; i++) {
      b.publish(`flood ${i}`);
      if (i % 10 === 9) await eventually('the frame left', () => b.count('gossip-published') === i + 1);
    }
    await eventually('A has judged all', () => a.count('throttled-gossip') + a.texts().length >= 100);
    assert.ok(a.count('throttled-gossip') >= 80, `only ${a.count('throttled-gossip')} were limited`);
    c.publish('from C');
    await eventually('C was heard', () => a.texts().includes('from C'));
  });

  it('a member that sends frames that are none, or on other topics, is counted and in the end penalized', async () => {
    const a = await federation.start(0, { limits: { maxRejectsPerMinute: 5 } });
    const raw = await RawPeer.start(federation.seeds[1]!);
    try {
      await raw.dial(a.address);
      await eventually('A counts the raw member as connected', () => a.network.connectedPeers().includes(federation.key(1)));
      await raw.publish('other', Buffer.from('not an allowed topic'));
      await raw.publish('consensus', Buffer.from('short'));
      await raw.publish('consensus', Buffer.concat([Buffer.alloc(8), Buffer.from([200, 1, 0])]));
      await raw.publish('consensus', Buffer.concat([Buffer.alloc(8), Buffer.alloc(6, 0xff)]));
      await eventually('A counted three', () => a.count('gossip-malformed') === 3);
      assert.deepEqual(a.received, []);
      for (let i = 0; i < 5; i++) await raw.publish('consensus', Buffer.from(`short ${i}`));
      await eventually('A penalized it', () => a.count('penalized') === 1 && !a.network.connectedPeers().includes(federation.key(1)));
    } finally {
      await raw.stop();
    }
  });
});
