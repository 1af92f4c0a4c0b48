import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type LookupFunction } from 'node:net';
import type { PeerRecord } from '../../src/network/peer-records.js';
import { toHash } from '../../src/types/ids.js';
import { LoopbackFederation, eventually, type LoopbackMember } from './loopback-members.js';

describe('What a platform knows of its links (issue 10, C12, C13, C15)', () => {
  let federation: LoopbackFederation;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
  });
  afterEach(async () => {
    await federation.stop();
  });

  function record(of: LoopbackMember, index: number): PeerRecord {
    const found = of.network.snapshot().peers.find(({ peer }) => peer === federation.key(index));
    return found ?? assert.fail('every other member has a record');
  }

  it('of a member with a link: since when, what it runs, the round trip, and how its clock differs', async () => {
    const a = await federation.start(0, { version: '1.2.3' });
    const b = await federation.start(1, { bootstrap: [a.address], timings: { pingIntervalMs: 20 } });
    const of = () => record(b, 0);
    await eventually('all is known', () => of().isLinked && of().version !== undefined && of().roundTripMs !== undefined && of().clock !== undefined);
    const { peerId, forMs, version, roundTripMs = NaN, clock, lastFailure, otherChain } = of();
    assert.deepEqual([peerId, version, lastFailure, otherChain], [federation.peerId(0), '1.2.3', undefined, undefined]);
    assert.ok(forMs >= 0 && roundTripMs >= 0 && roundTripMs < 5_000);
    assert.ok(clock !== undefined && Math.abs(clock.offsetMs) <= clock.uncertaintyMs + 1, 'both clocks are the same');
    await federation.stopMember(a);
    await eventually('it is lost', () => !of().isLinked);
    assert.deepEqual([of().roundTripMs, of().clock], [undefined, undefined], 'what is no longer so is not told');
  });

  it('of one that cannot be reached: which address, and why', async () => {
    const other = await federation.start(1);
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const lookup: LookupFunction = (name, _, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    };
    try {
      for (const [address, cause] of [
        ['/ip4/127.0.0.1/tcp/1', /^refused: nothing listens there/],
        ['/dns4/nowhere.example/tcp/1', /^no such host name \(ENOTFOUND\)$/],
        [`/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`, /^timed out$/],
        [other.bareAddress, new RegExp(`^another key answered: ${federation.peerId(1)}$`)],
      ] as const) {
        const tries: object[] = [];
        const logger = { debug: (details: object, message: string) => { if (message === 'could not connect') tries.push(details); }, info: () => undefined, warn: () => undefined, error: () => undefined };
        const a = await federation.start(0, { bootstrap: [`${address}/p2p/${federation.peerId(2)}`], lookup, logger, timings: { dialTimeoutMs: 200 } });
        await eventually(`the failure at ${address} is known`, () => record(a, 2).lastFailure !== undefined);
        const { lastFailure } = record(a, 2);
        assert.equal(lastFailure?.address, address);
        assert.match(lastFailure.cause, cause);
        await eventually('each try is told', () => tries.length >= 2);
        assert.match((tries[0] as { readonly cause: string }).cause, cause);
        await federation.stopMember(a);
      }
    } finally {
      silent.close();
    }
  });

  it('of a bootstrap address without peer id at which somebody answers who is no member: who', async () => {
    const outsider = await federation.start(3);
    const members = () => federation.keys.slice(0, 3);
    const a = await federation.start(0, { bootstrap: [outsider.bareAddress, '/ip4/127.0.0.1/tcp/1'], members });
    await eventually('both failures are known', () => a.network.snapshot().unreachable.length === 2);
    assert.deepEqual(a.network.snapshot().unreachable.map(({ address, cause }) => [address, cause.split(',')[0]]).sort(), [
      ['/ip4/127.0.0.1/tcp/1', 'refused: nothing listens there'],
      [outsider.bareAddress, `${federation.peerId(3)} answered`],
    ].sort());
  });

  it('of one on another chain: which, at both ends, until it is on the same', async () => {
    const chainId = toHash('0e'.repeat(32));
    const a = await federation.start(0);
    const b = await federation.start(1, { bootstrap: [a.address], chainId });
    await eventually('both know', () => record(a, 1).otherChain === chainId && record(b, 0).otherChain !== undefined);
    assert.ok(!a.isConnectedTo(b) && !b.isConnectedTo(a));
    await federation.stopMember(b);
    const back = await federation.start(1, { bootstrap: [a.address] });
    await eventually('they are connected', () => a.isConnectedTo(back));
    await eventually('it is forgotten', () => record(a, 1).otherChain === undefined);
  });

  it('of one that takes the connection and ends it again, since this platform is no member there: so', async () => {
    const b = await federation.start(1, { members: () => federation.keys.slice(1) });
    const a = await federation.start(0, { bootstrap: [b.address] });
    await eventually('the failure is known', () => record(a, 1).lastFailure !== undefined);
    const { lastFailure, isLinked } = record(a, 1);
    assert.deepEqual([lastFailure?.address, isLinked], [b.bareAddress, false]);
    assert.match(lastFailure?.cause ?? '', /^ended before gossip was set up/);
  });
});
