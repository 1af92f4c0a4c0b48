import assert from 'node:assert/strict';
import type { Connection, Stream } from '@libp2p/interface';
import { ClockComparisons } from '../../../src/network/clock-comparison.js';
import { toMonotonicMs, toWallMs } from '../../../src/network/clocks.js';
import { Counters } from '../../../src/network/counters.js';
import { encodeLength } from '../../../src/network/frames.js';
import { toHash, toPublicKeyHex } from '../../../src/types/ids.js';

const CHAIN = toHash('aa'.repeat(32));
const PEER = toPublicKeyHex('bb'.repeat(32));

/** A connection whose peer answers each request after a while, with what it is told to. */
function connectionTo(answer: () => Uint8Array): Connection {
  const newStream = () => {
    const events = new EventTarget();
    const stream = {
      status: 'open', writableNeedsDrain: false,
      send: () => true,
      close: () => Promise.resolve(),
      abort: () => undefined,
      addEventListener: events.addEventListener.bind(events), removeEventListener: events.removeEventListener.bind(events),
      async *[Symbol.asyncIterator]() {
        await Promise.resolve();
        const body = answer();
        yield Buffer.concat([encodeLength(body.length), body]);
      },
    };
    return Promise.resolve(stream as unknown as Stream);
  };
  return { newStream } as unknown as Connection;
}

function date(wallMs: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(wallMs);
  return bytes;
}

describe('Clocks of members compared (issue 10, C15)', () => {
  const START_MS = 1_700_000_000_000;
  let nowMs: number;
  let aheadMs: number;
  let counters: Counters;
  let answer: () => Uint8Array;
  let clocks: ClockComparisons;

  beforeEach(() => {
    nowMs = 0;
    aheadMs = 0;
    counters = new Counters();
    const connection = connectionTo(() => answer());
    clocks = new ClockComparisons({
      chainId: CHAIN, counters, now: () => toMonotonicMs(nowMs), wall: () => toWallMs(START_MS + nowMs + aheadMs), peers: () => [PEER],
      connection: () => connection, abort: new AbortController().signal,
    });
  });

  /** The answer of a member whose clock is ahead by `offsetMs`, with the way there and back taking so long. */
  function member(offsetMs: number, thereMs: number, backMs: number): () => Uint8Array {
    return () => {
      nowMs += thereMs;
      const body = date(START_MS + nowMs + offsetMs);
      nowMs += backMs;
      return body;
    };
  }

  it('half of the round trip is taken for the way back, and is what the figure may be wrong by', async () => {
    answer = member(4_500, 50, 50);
    await clocks.compare(PEER);
    assert.deepEqual(clocks.of(PEER), { offsetMs: 4_500, uncertaintyMs: 50 });
  });

  it('of the last three answers the quickest counts; what a date that was set makes wrong is forgotten', async () => {
    for (const [offsetMs, thereMs, backMs] of [[10, 300, 0], [10, 4, 4], [10, 0, 500]] as const) {
      answer = member(offsetMs, thereMs, backMs);
      await clocks.compare(PEER);
    }
    assert.deepEqual(clocks.of(PEER), { offsetMs: 10, uncertaintyMs: 4 });
    clocks.reset();
    assert.equal(clocks.of(PEER), undefined);
    answer = () => {
      aheadMs = -60_000;
      return date(START_MS);
    };
    await clocks.compare(PEER);
    assert.equal(clocks.of(PEER), undefined, 'set while the answer was on its way');
    answer = member(0, 1, 1);
    await clocks.compare(PEER);
    clocks.forget(PEER);
    assert.equal(clocks.of(PEER), undefined);
  });

  it('an answer that is no date is counted and changes nothing', async () => {
    for (const body of [date(NaN), date(Infinity), date(1e300), Buffer.alloc(0), Buffer.alloc(7), Buffer.alloc(9)]) {
      answer = () => body;
      await clocks.compare(PEER);
      assert.equal(clocks.of(PEER), undefined);
    }
    assert.equal(counters.get('clock-malformed') + counters.get('clock-not-compared'), 6);
  });
});
