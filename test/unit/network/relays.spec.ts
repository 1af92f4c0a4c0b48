import assert from 'node:assert/strict';
import { Counters } from '../../../src/network/counters.js';
import type { AcceptedOutcome } from '../../../src/network/network.js';
import { Relays } from '../../../src/network/relays.js';
import { toPublicKeyHex, type PublicKeyHex } from '../../../src/types/ids.js';
import { Random } from '../../simulation/random.js';

function accepted(verified: Uint8Array): AcceptedOutcome {
  return { verdict: 'accept', verified };
}

const keyOf = (number: number): PublicKeyHex => toPublicKeyHex(number.toString(16).padStart(64, '0'));
const [F, M, OTHER] = [keyOf(1), keyOf(2), keyOf(3)];
const LIMITS = { gossip: { consensus: { messagesPerSecond: 120, bytesPerSecond: 120_000 }, transactions: { messagesPerSecond: 60, bytesPerSecond: 6_000 } } };
const NO_DELAY = { consensus: 0, transactions: 0 };

interface Sent {
  readonly to: PublicKeyHex;
  readonly text: string;
}

interface Words {
  readonly linked?: readonly PublicKeyHex[];
  readonly words?: Readonly<Record<string, readonly PublicKeyHex[]>>;
  readonly memberCount?: number;
}

function relaysWith({ linked = [F, M], words = {}, memberCount = 5 }: Words): { relays: Relays; sent: Sent[]; counters: Counters; clock: { nowMs: number } } {
  const sent: Sent[] = [];
  const counters = new Counters();
  const clock = { nowMs: 0 };
  const relays = new Relays({
    limits: LIMITS, delayMs: NO_DELAY, counters, now: () => clock.nowMs, memberCount: () => memberCount, linked: () => linked,
    reachOf: (peer) => (words[peer] === undefined ? undefined : new Set(words[peer])),
    send: (_, to, payloads) => { for (const payload of payloads) sent.push({ to, text: Buffer.from(payload).toString() }); },
  });
  return { relays, sent, counters, clock };
}

/** Until what is gathered has left. */
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('Relays (SPEC section 7: past missing links, what was verified, within a budget)', () => {
  it('goes to members without a link to whom it came from, by both their words; one word alone makes no relay', async () => {
    const cases: readonly (readonly [name: string, words: Record<string, readonly PublicKeyHex[]>, relayed: boolean])[] = [
      ['both deny the link', { [F]: [OTHER], [M]: [OTHER] }, true],
      ['the source denies all links', { [F]: [], [M]: [F] }, false],
      ['the receiver denies it', { [F]: [M], [M]: [] }, false],
      ['the source says nothing, the receiver names it', { [M]: [F] }, false],
      ['the source says nothing, the receiver lacks it', { [M]: [OTHER] }, true],
      ['the receiver says nothing, the source names it', { [F]: [M] }, false],
      ['the receiver says nothing, the source lacks it', { [F]: [OTHER] }, true],
      ['nobody says anything', {}, false],
    ];
    for (const [name, words, relayed] of cases) {
      const { relays, sent } = relaysWith({ words });
      relays.pass('consensus', accepted(Buffer.from('vote')), F);
      await settled();
      assert.deepEqual(sent, relayed ? [{ to: M, text: 'vote' }] : [], name);
    }
  });

  it('goes to nobody else: not back, and not to who is linked to the source', async () => {
    const { relays, sent } = relaysWith({ linked: [F, M, OTHER], words: { [F]: [OTHER], [M]: [OTHER], [OTHER]: [F, M] } });
    relays.pass('consensus', accepted(Buffer.from('vote')), F);
    await settled();
    assert.deepEqual(sent, [{ to: M, text: 'vote' }]);
  });

  it('the same payload is relayed once, however often the judge says that it is new', async () => {
    const { relays, sent } = relaysWith({ words: { [F]: [], [M]: [] } });
    for (let i = 0; i < 3; i += 1) relays.pass('consensus', accepted(Buffer.from('vote')), F);
    relays.pass('consensus', accepted(Buffer.from('another')), F);
    await settled();
    assert.deepEqual(sent.map(({ text }) => text), ['vote', 'another']);
  });

  it('all sources together fill no more than half of what a receiver takes from one member, on each topic', async () => {
    const memberCount = 5;
    const sources = [keyOf(11), keyOf(12), keyOf(13)];
    const words = { [M]: [], ...Object.fromEntries(sources.map((source) => [source, [OTHER]])) };
    for (const topic of ['consensus', 'transactions'] as const) {
      const { messagesPerSecond, bytesPerSecond } = LIMITS.gossip[topic];
      for (const sizeBytes of [20, 1_000]) {
        const { relays, sent, counters, clock } = relaysWith({ linked: [...sources, M], words, memberCount });
        let serial = 0;
        const everyoneFloods = async (): Promise<void> => {
          for (const source of sources) {
            for (let i = 0; i < 200; i += 1) relays.pass(topic, accepted(Buffer.from(String(serial += 1).padStart(sizeBytes))), source);
          }
          await settled();
        };
        await everyoneFloods();
        const burst = sent.filter(({ to }) => to === M);
        assert.ok(burst.length > 0 && burst.length <= messagesPerSecond, `${burst.length} messages of two seconds' half, ${messagesPerSecond}`);
        const bytes = burst.reduce((sum, { text }) => sum + text.length, 0);
        assert.ok(bytes <= bytesPerSecond + sources.length * sizeBytes, `${bytes} bytes of two seconds' half, ${bytesPerSecond}, one each on credit`);
        assert.ok(counters.get('gossip-relay-throttled') > 0);
        clock.nowMs = 1_000;
        await everyoneFloods();
        const next = sent.filter(({ to }) => to === M).length - burst.length;
        assert.ok(next > 0 && next <= messagesPerSecond / 2, `${next} in the next second`);
      }
    }
  });

  it('one source cannot use up another\'s budget, nor transactions that of consensus', async () => {
    const { relays, sent } = relaysWith({ linked: [F, M, OTHER], words: { [F]: [], [M]: [], [OTHER]: [] } });
    for (let i = 0; i < 1_000; i += 1) relays.pass('transactions', accepted(Buffer.from(`flood ${i}`)), F);
    await settled();
    sent.length = 0;
    relays.pass('consensus', accepted(Buffer.from('vote of F')), F);
    relays.pass('transactions', accepted(Buffer.from('of another')), OTHER);
    relays.pass('transactions', accepted(Buffer.from('one more')), F);
    await settled();
    assert.deepEqual(sent.filter(({ to }) => to === M).map(({ text }) => text), ['vote of F', 'of another']);
  });

  it('a payload above a source\'s share goes on credit, and the next one waits for the debt', async () => {
    const { relays, sent, clock } = relaysWith({ words: { [F]: [], [M]: [] } });
    const large = (name: string): Uint8Array => Buffer.from(name.padEnd(100_000));
    relays.pass('consensus', accepted(large('first')), F);
    relays.pass('consensus', accepted(large('second')), F);
    await settled();
    clock.nowMs = 10_000;
    relays.pass('consensus', accepted(large('third')), F);
    await settled();
    assert.deepEqual(sent.map(({ text }) => text.trim()), ['first', 'third']);
  });

  it('in stars, chains, rings and random connected graphs everything reaches everyone, and comes to rest', async () => {
    const random = new Random(7);
    for (let round = 0; round < 60; round += 1) {
      const size = random.integer(3, 9);
      const links = graph(random, size, round);
      // One member may keep silent: the words of its neighbours are enough.
      const silent = random.chance(0.3) ? random.integer(0, size - 1) : undefined;
      const federation = new Flooding(size, links, silent);
      const from = random.integer(0, size - 1);
      const sends = await federation.publish(from, 'a payload');
      assert.deepEqual(federation.holders('a payload'), Array.from({ length: size }, (_, index) => index), `round ${round}, from ${from}: ${JSON.stringify(links)}`);
      assert.ok(sends <= size * size, `${sends} sent among ${size}`);
    }
  });
});

type Link = readonly [number, number];

function graph(random: Random, size: number, round: number): readonly Link[] {
  const members = Array.from({ length: size - 1 }, (_, index) => index + 1);
  if (round % 4 === 0) return members.map((member): Link => [0, member]);
  if (round % 4 === 1) return members.map((member): Link => [member - 1, member]);
  if (round % 4 === 2) return [...members.map((member): Link => [member - 1, member]), [size - 1, 0]];
  const tree = members.map((member): Link => [random.integer(0, member - 1), member]);
  const more = Array.from({ length: random.integer(0, size) }, (): Link => [random.integer(0, size - 1), random.integer(0, size - 1)]);
  return [...tree, ...more.filter(([a, b]) => a !== b)];
}

/** Members that judge nothing, so that only the relaying decides where a payload comes to. */
class Flooding {
  readonly #neighbours: readonly ReadonlySet<number>[];
  readonly #held: readonly Set<string>[];
  readonly #relays: readonly Relays[];
  #onTheWay: (() => void)[] = [];
  #sends = 0;

  constructor(size: number, links: readonly Link[], silent: number | undefined) {
    const members = Array.from({ length: size }, (_, index) => index);
    this.#neighbours = members.map((member) => new Set(links.flatMap(([a, b]) => (a === member ? [b] : b === member ? [a] : []))));
    this.#held = members.map(() => new Set());
    this.#relays = members.map((self) => new Relays({
      limits: LIMITS, delayMs: NO_DELAY, counters: new Counters(), now: () => 0, memberCount: () => size,
      linked: () => [...this.#neighbours[self]!].map(keyOf),
      reachOf: (peer) => {
        const member = members.find((each) => keyOf(each) === peer)!;
        return member === silent ? undefined : new Set([...this.#neighbours[member]!].map(keyOf));
      },
      send: (_, to, payloads) => { for (const payload of payloads) this.#carry(self, members.find((each) => keyOf(each) === to)!, payload); },
    }));
  }

  async publish(from: number, text: string): Promise<number> {
    this.#held[from]!.add(text);
    for (const to of this.#neighbours[from]!) this.#carry(from, to, Buffer.from(text));
    while (this.#onTheWay.length > 0) {
      const arriving = this.#onTheWay;
      this.#onTheWay = [];
      for (const arrive of arriving) arrive();
      await settled();
    }
    return this.#sends;
  }

  holders(text: string): readonly number[] {
    return this.#held.flatMap((held, index) => (held.has(text) ? [index] : []));
  }

  #carry(from: number, to: number, payload: Uint8Array): void {
    this.#sends += 1;
    this.#onTheWay.push(() => {
      const held = this.#held[to]!;
      const text = Buffer.from(payload).toString();
      if (held.has(text)) return;
      held.add(text);
      this.#relays[to]!.pass('consensus', accepted(payload), keyOf(from));
    });
  }
}
