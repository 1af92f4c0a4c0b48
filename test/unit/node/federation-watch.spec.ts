import assert from 'node:assert/strict';
import { peerIdOf } from '../../../src/crypto/identity.js';
import type { PeerRecord } from '../../../src/network/peer-records.js';
import { clockSkew } from '../../../src/node/clock-skew.js';
import { FederationWatch, type FederationState } from '../../../src/node/federation-watch.js';
import { toHash, toPublicKeyHex } from '../../../src/types/ids.js';

const KEYS = ['11', '22', '33'].map((byte) => toPublicKeyHex(byte.repeat(32)));
const CHAIN = toHash('aa'.repeat(32));
const OTHER_CHAIN = toHash('bb'.repeat(32));

function record(index: number, changes: Partial<PeerRecord> = {}): PeerRecord {
  const peer = KEYS[index] ?? assert.fail();
  return {
    peer, peerId: peerIdOf(peer), isLinked: true, forMs: 0, addresses: ['/ip4/192.0.2.1/tcp/1'], lastFailure: undefined, roundTripMs: 1, version: '1.0.0',
    clock: undefined, otherChain: undefined, ...changes,
  };
}

const clock = (offsetMs: number): Partial<PeerRecord> => ({ clock: { offsetMs, uncertaintyMs: 5 } });

describe('What keeps a platform from the others is told (issue 10, C12 to C15)', () => {
  let said: (readonly [level: string, message: string, details: Readonly<Record<string, unknown>>])[];
  let watch: FederationWatch;
  let nowMs: number;
  let state: FederationState;

  beforeEach(() => {
    said = [];
    nowMs = 100_000;
    const say = (level: string) => (details: object, message: string) => { said.push([level, message, details as Record<string, unknown>]); };
    watch = new FederationWatch(
      { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
      { chainId: CHAIN, quorum: 3, faultTolerance: 1, nameOf: (peer) => `P${KEYS.indexOf(peer)}` },
    );
    state = { inTouch: true, catchingUp: false, peers: [record(0), record(1), record(2)], unreachable: [] };
  });

  /** Looks every second for so long, with the state changed. */
  function pass(seconds: number, changes: Partial<FederationState> = {}): (readonly [string, string])[] {
    state = { ...state, ...changes };
    const before = said.length;
    for (let i = 0; i < seconds; i++) {
      nowMs += 1_000;
      watch.look(state, nowMs);
    }
    return said.slice(before).map(([level, message]) => [level, message]);
  }

  it('C14: the loss of the quorum is an error at once, then a reminder each minute, then its end with how long it was', () => {
    assert.deepEqual(pass(100), [['info', 'in touch with a quorum, in sync: all blocks executed']]);
    assert.deepEqual(pass(1, { inTouch: false }), [['error', 'out of touch with a quorum: nothing becomes final here until members are back']]);
    assert.deepEqual(pass(59), []);
    assert.deepEqual(pass(120).map(([level, message]) => [level, message.split(':')[0]]), [
      ['warn', 'still out of touch with a quorum'], ['warn', 'still out of touch with a quorum'],
    ]);
    assert.deepEqual(pass(100, { inTouch: true }), [['info', 'in touch again after 180 s, in sync: all blocks executed']]);
    assert.deepEqual(pass(1, { inTouch: false }).map(([level]) => level), ['error'], 'the next loss is news again');
  });

  it('C14: a start is given some seconds, and ends with the good news', () => {
    assert.deepEqual(pass(4, { inTouch: false }), []);
    assert.deepEqual(pass(56).map(([level, message]) => [level, message.split(':')[0]]), [['warn', 'not yet in touch with a quorum']]);
    assert.deepEqual(pass(10, { inTouch: true, catchingUp: true }), [['info', 'in touch with a quorum, catching up']]);
  });

  it('C14: a quorum that comes and goes every second does not fill the log', () => {
    pass(1);
    said.length = 0;
    for (let i = 0; i < 60; i++) pass(1, { inTouch: i % 2 === 0 });
    assert.ok(said.length > 2 && said.length <= 14, `${said.length} lines in a minute`);
  });

  it('C13: with the loss it is said who is missing, at which address it was tried, and why that failed', () => {
    pass(1);
    const lastFailure = { address: '/ip4/192.0.2.7/tcp/9000', cause: 'timed out', agoMs: 5 };
    pass(1, {
      inTouch: false, peers: [record(0), record(1, { isLinked: false, lastFailure }), record(2, { isLinked: false, addresses: [] })],
      unreachable: [{ address: '/dns4/gate.example/tcp/9', cause: 'no such host name', agoMs: 1 }],
    });
    assert.deepEqual(said.at(-1)?.[2], {
      connected: '2 of 4', needed: 3,
      missing: [
        { platform: 'P1', address: '/ip4/192.0.2.7/tcp/9000', cause: 'timed out' },
        { platform: 'P2', cause: 'no address of it is known: give one with --bootstrap' },
      ],
      unreachable: [{ address: '/dns4/gate.example/tcp/9', cause: 'no such host name' }],
    });
  });

  it('C12: a member on another chain is told of with both chains, once a minute', () => {
    pass(1);
    said.length = 0;
    pass(60, { peers: [record(0), record(1, { isLinked: false, otherChain: OTHER_CHAIN }), record(2)] });
    assert.equal(said.length, 1);
    const [level, message, details] = said[0] ?? assert.fail();
    assert.match(`${level}: ${message}`, /^warn: a member is on another chain.*compare both genesis files/);
    assert.deepEqual(details, { platform: 'P1', itsChain: OTHER_CHAIN, ownChain: CHAIN });
    assert.equal(pass(1).length, 1);
  });

  it('C15: the platform whose clock is wrong says so, by how much, and against how many', () => {
    pass(1);
    assert.deepEqual(pass(60, { peers: [record(0, clock(-4_500)), record(1, clock(-4_510)), record(2, clock(-4_490))] }),
      [['warn', 'this host\'s clock is 4.5 s ahead of 3 of 3 members: see that NTP runs here']]);
    nowMs += 60_000;
    assert.deepEqual(pass(1, { peers: [record(0, clock(2_000)), record(1, clock(2_000)), record(2, clock(3))] }),
      [['warn', 'this host\'s clock is 2 s behind 2 of 3 members: see that NTP runs here']]);
  });

  it('C15: one member that differs, or lies, makes nobody else doubt its own clock', () => {
    pass(1);
    assert.deepEqual(pass(100, { peers: [record(0, clock(9_000_000)), record(1, clock(3)), record(2, clock(-3))] }), []);
    assert.deepEqual(pass(100, { peers: [record(0, clock(9_000_000)), record(1), record(2)] }), [], 'even where it is the only one that was compared');
    assert.equal(clockSkew(state.peers)?.apart, 1);
    assert.deepEqual(pass(100, { peers: [record(0, clock(501)), record(1, clock(501)), record(2, clock(501))] }), [], 'within what the comparison may be wrong by');
  });

  it('C15: with no liars to be expected the first member to be connected is not believed alone, since the wrong clock may be its', () => {
    watch = new FederationWatch(
      { debug: () => undefined, info: () => undefined, warn: (_, message) => { said.push(['warn', message, {}]); }, error: () => undefined },
      { chainId: CHAIN, quorum: 2, faultTolerance: 0, nameOf: (peer) => peer },
    );
    assert.deepEqual(pass(1, { peers: [record(0, clock(-4_500)), record(1, { isLinked: false })] }), []);
    assert.deepEqual(pass(1, { peers: [record(0, clock(-4_500)), record(1, clock(1))] }), []);
    assert.equal(pass(1, { peers: [record(0, clock(-4_500)), record(1, clock(-4_500))] }).length, 1);
  });

  it('C15: of two members neither is believed more than the other: the figure is shown, and nobody is accused', () => {
    const two = [record(0, clock(-4_500))];
    assert.deepEqual(clockSkew(two), { offsetMs: 4_500, compared: 1, apart: 1 });
    assert.equal(clockSkew([record(0)]), undefined);
  });
});
