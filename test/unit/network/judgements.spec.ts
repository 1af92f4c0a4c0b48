import assert from 'node:assert/strict';
import { Counters } from '../../../src/network/counters.js';
import { Judgements } from '../../../src/network/judgements.js';
import type { GossipOutcome, Topic } from '../../../src/network/network.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

const A = toPublicKeyHex('a'.repeat(64));
const B = toPublicKeyHex('b'.repeat(64));
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const texts = (...names: readonly string[]): Uint8Array[] => names.map((name) => Buffer.from(name));
const nextTurn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('Judgements (SPEC section 7: one member\'s gossip takes only its share of the time)', () => {
  let nowMs: number;
  let counters: Counters;
  let judged: string[];
  let accepted: string[];
  let rejected: string[];
  let judge: (text: string) => GossipOutcome | Promise<GossipOutcome>;
  let judgements: Judgements;
  beforeEach(() => {
    nowMs = 0;
    counters = new Counters();
    judged = [];
    accepted = [];
    rejected = [];
    judge = () => ({ verdict: 'ignore' });
    judgements = new Judgements({
      maxWaitingBytes: 3_000, counters, logger: SILENT, now: () => nowMs,
      onGossip: (_topic: Topic, payload, from) => {
        const text = Buffer.from(payload).toString();
        judged.push(`${from.slice(0, 1)}:${text}`);
        return judge(text);
      },
      accepted: (topic, { verified }, from) => { accepted.push(`${topic} ${from.slice(0, 1)}:${Buffer.from(verified).toString()}`); },
      rejected: (from) => { rejected.push(from.slice(0, 1)); },
    });
  });
  afterEach(() => { judgements.stop(); });

  it('passes on what the judge verified, not what came, and nothing of what it ignored', () => {
    judge = (text) => (text === 'half good' ? { verdict: 'accept', verified: Buffer.from('good') } : { verdict: 'ignore' });
    judgements.take('transactions', texts('half good', 'known'), A);
    assert.deepEqual(accepted, ['transactions a:good']);
  });

  it('the rest of a frame with something bad in it is not looked at, and its sender is charged once', () => {
    judge = (text) => ({ verdict: text === 'forged' ? 'reject' : 'ignore' });
    judgements.take('consensus', texts('good', 'forged', 'forged', 'forged'), A);
    judgements.take('consensus', texts('next frame'), A);
    assert.deepEqual(judged, ['a:good', 'a:forged', 'a:next frame']);
    assert.deepEqual([rejected, counters.get('gossip-beside-rejected')], [['a'], 2]);
  });

  it('a few milliseconds of one turn, then others get theirs; each member\'s payloads in order, another\'s not behind all of them', async () => {
    judge = () => {
      nowMs += 1;
      return { verdict: 'ignore' };
    };
    const many = Array.from({ length: 5 }, (_, index) => String(index));
    judgements.take('consensus', texts(...many), A);
    judgements.take('consensus', texts('last'), A);
    judgements.take('consensus', texts('other'), B);
    assert.deepEqual(judged, ['a:0', 'a:1', 'a:2', 'a:3'], 'four milliseconds at once');
    await nextTurn();
    await nextTurn();
    assert.deepEqual(judged.slice(4), ['a:4', 'b:other', 'a:last']);
  });

  it('what waits for a verdict is bounded, for each member and topic apart, and makes room when it is settled', async () => {
    const settle: (() => void)[] = [];
    judge = () => new Promise((resolve) => { settle.push(() => { resolve({ verdict: 'ignore' }); }); });
    const large = (): Uint8Array => new Uint8Array(1_000);
    assert.ok(judgements.take('transactions', [large()], A));
    assert.ok(!judgements.take('transactions', [large(), large()], A), 'above 3,000 bytes with what each takes beside its own');
    assert.ok(judgements.take('transactions', [large()], B));
    assert.ok(judgements.take('consensus', [large()], A));
    assert.equal(counters.get('gossip-waiting-full'), 2);
    for (const each of settle) each();
    await nextTurn();
    assert.ok(judgements.take('transactions', [large()], A));
  });

  it('a judge that throws, or whose promise fails, loses that payload and nothing else', async () => {
    judge = (text) => {
      if (text === 'throws') throw new Error('bug');
      return text === 'fails' ? Promise.reject(new Error('bug')) : { verdict: 'accept', verified: Buffer.from(text) };
    };
    judgements.take('consensus', texts('throws', 'fails', 'after'), A);
    await nextTurn();
    assert.deepEqual([accepted, rejected, counters.get('gossip-handler-failed')], [['consensus a:after'], [], 2]);
  });

  it('a bad payload that takes long to judge is charged when that is known', async () => {
    judge = () => Promise.resolve<GossipOutcome>({ verdict: 'reject' });
    judgements.take('transactions', texts('junk'), A);
    await nextTurn();
    assert.deepEqual(rejected, ['a']);
  });
});
