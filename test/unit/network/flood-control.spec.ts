import assert from 'node:assert/strict';
import { Counters } from '../../../src/network/counters.js';
import { FloodControl } from '../../../src/network/flood-control.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

const LIMITS = {
  gossip: { consensus: { messagesPerSecond: 6, bytesPerSecond: 1_000 }, transactions: { messagesPerSecond: 4, bytesPerSecond: 500 } }, pushedMessagesPerSecond: 10, streamsPerSecond: 5, framesPerSecond: 100, bytesPerSecond: 1_000,
  maxExcessSecondsPerMinute: 3,
};
const A = toPublicKeyHex('a'.repeat(64));
const B = toPublicKeyHex('b'.repeat(64));

describe('Flood control (row D8: throttled, then disconnected for a while)', () => {
  let nowMs: number;
  let floods: string[];
  let counters: Counters;
  let control: FloodControl;
  beforeEach(() => {
    nowMs = 0;
    floods = [];
    counters = new Counters();
    control = new FloodControl({ limits: LIMITS, counters, now: () => nowMs, onFlood: (peer, reason) => floods.push(`${peer.slice(0, 1)} ${reason}`) });
  });

  it('two seconds of the limit may come at once, then the limit holds; others have their own', () => {
    assert.ok(control.takeGossip(A, 'consensus', 12, 100));
    assert.ok(!control.takeGossip(A, 'consensus', 1, 1));
    assert.ok(control.takeGossip(B, 'consensus', 12, 100));
    nowMs = 200;
    assert.ok(control.takeGossip(A, 'consensus', 1, 1));
    assert.equal(counters.get('throttled-gossip'), 1);
    assert.deepEqual(floods, []);
  });

  it('each topic has its own allowance: transactions leave consensus messages theirs, and the other way round (issue 10, A2)', () => {
    assert.ok(control.takeGossip(A, 'transactions', 8, 1_000));
    assert.ok(!control.takeGossip(A, 'transactions', 1, 1));
    assert.ok(control.takeGossip(A, 'consensus', 12, 2_000));
    assert.ok(!control.takeGossip(A, 'consensus', 1, 1));
    assert.ok(control.takeGossip(B, 'consensus', 12, 1));
    assert.ok(control.takeGossip(B, 'transactions', 8, 1));
  });

  it('three seconds of a limit above it in a minute are a flood: of messages, bytes or streams', () => {
    assert.ok(control.takeGossip(A, 'consensus', 12, 1));
    for (let i = 0; i < 17; i++) assert.ok(!control.takeGossip(A, 'consensus', 1, 1));
    assert.deepEqual(floods, []);
    assert.ok(!control.takeGossip(A, 'consensus', 2, 1));
    assert.deepEqual(floods, ['a floods with gossip']);

    assert.ok(control.takeGossip(B, 'consensus', 1, 2_000));
    for (const last of [false, true]) {
      assert.ok(!control.takeGossip(B, 'consensus', 1, 2_000));
      assert.equal(floods.length, last ? 2 : 1);
    }
  });

  it('messages in requests are charged apart from gossip; a request that is above is refused, and who goes on is a flood', () => {
    assert.ok(control.takePushed(A, 20));
    assert.ok(!control.takePushed(A, 20));
    assert.ok(control.takeGossip(A, 'consensus', 12, 100), 'gossip is heard all the same');
    assert.ok(control.takePushed(B, 20));
    assert.deepEqual([counters.get('throttled-pushes'), floods], [20, []]);
    assert.ok(!control.takePushed(A, 20));
    assert.deepEqual(floods, ['a floods with pushes']);
  });

  it('streams are limited whatever they are for', () => {
    for (let i = 0; i < 10; i++) assert.ok(control.takeStream(A));
    for (let i = 0; i < 14; i++) assert.ok(!control.takeStream(A));
    assert.deepEqual(floods, []);
    for (let i = 0; i < 2; i++) assert.ok(!control.takeStream(A));
    assert.match(floods.join(), /a floods with streams/);
  });

  it('what has come cannot be refused, but who goes on is a flood: RPCs of gossip, and frames of yamux', () => {
    control.chargeRpcs(A, 20);
    control.chargeRpcs(A, 30);
    assert.deepEqual(floods, []);
    control.chargeRpcs(A, 1);
    assert.deepEqual(floods, ['a floods with rpcs']);
    control.chargeTraffic(B, 200, 1);
    control.chargeTraffic(B, 301, 1);
    assert.deepEqual(floods, ['a floods with rpcs', 'b floods with frames']);
    assert.equal(counters.get('throttled-frames'), 301);
  });

  it('who sends more bytes than the limit is read more slowly, and blamed for nothing', () => {
    assert.equal(control.chargeTraffic(A, 1, 2_000), 0);
    assert.equal(control.chargeTraffic(A, 1, 500), 500);
    nowMs = 400;
    assert.equal(control.chargeTraffic(A, 1, 100), 200);
    assert.equal(control.chargeTraffic(B, 1, 100), 0);
    nowMs = 1_000_000;
    assert.equal(control.chargeTraffic(A, 1, 2_000), 0);
    assert.deepEqual(floods, []);
  });

  it('who is a little above its limit now and then is only throttled, for ever', () => {
    for (let minute = 0; minute < 60; minute++) {
      for (let i = 0; i < 12 + 15; i++) control.takeGossip(A, 'consensus', 1, 1);
      nowMs += 60_000;
    }
    assert.ok(counters.get('throttled-gossip') > 600);
    assert.deepEqual(floods, []);
  });

  it('nothing is kept of who is no member any more', () => {
    for (let i = 0; i < 10; i++) control.takeStream(A);
    assert.ok(!control.takeStream(A));
    control.keepOnly((peer) => peer === A);
    assert.ok(!control.takeStream(A), 'connecting afresh buys nothing');
    control.keepOnly((peer) => peer !== A);
    assert.ok(control.takeStream(A));
  });
});
