import assert from 'node:assert/strict';
import type { MultiaddrConnection } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { Counters } from '../../../src/network/counters.js';
import { InboundHosts, hostIn } from '../../../src/network/inbound.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { toPublicKeyHex, type PublicKeyHex } from '../../../src/types/ids.js';

const [A, B] = [toPublicKeyHex('aa'.repeat(32)), toPublicKeyHex('bb'.repeat(32))];
const { inboundHandshakesPerSecond, inboundHandshakesBurst } = DEFAULT_LIMITS;

class Inbound {
  nowMs = 0;
  readonly counters = new Counters();
  readonly members = new Map<string, readonly PublicKeyHex[]>();
  readonly hosts = new InboundHosts({
    limits: DEFAULT_LIMITS, counters: this.counters, now: () => this.nowMs, membersAt: (host) => this.members.get(host) ?? [],
  });

  /** A connection that its other side gives up at once, whatever it was for. */
  connects(ip: string): boolean {
    const connection = Object.assign(new EventTarget(), { remoteAddr: multiaddr(`/ip4/${ip}/tcp/4001`) }) as unknown as MultiaddrConnection;
    const isAdmitted = this.hosts.admit(connection);
    if (isAdmitted) connection.dispatchEvent(new Event('close'));
    return isAdmitted;
  }

  /** How many of `count` connections are admitted, each from another host that nobody knows. */
  strangers(count: number): number {
    return Array.from({ length: count }, (_, index) => this.connects(`10.${(index >> 8) & 255}.${index & 255}.1`)).filter(Boolean).length;
  }
}

describe('handshakes of hosts that have shown no key (issue 10, B10)', () => {
  it('all strangers together have one allowance, which comes back with time', () => {
    const inbound = new Inbound();
    assert.equal(inbound.strangers(1000), inboundHandshakesBurst);
    assert.equal(inbound.counters.get('inbound-strangers-throttled'), 1000 - inboundHandshakesBurst);
    inbound.nowMs += 2000;
    assert.equal(inbound.strangers(1000), 2 * inboundHandshakesPerSecond);
    assert.equal(inbound.hosts.hostCount, 0, 'something is kept of those that went');
  });

  it('strangers cannot use up what a member\'s hosts have, nor one member what another has', () => {
    const inbound = new Inbound();
    inbound.members.set('192.0.2.1', [A]);
    inbound.members.set('192.0.2.2', [B]);
    inbound.strangers(1000);
    assert.equal(inbound.connects('192.0.2.1'), true);
    for (let i = 0; i < inboundHandshakesBurst; i += 1) inbound.connects('192.0.2.1');
    assert.equal(inbound.connects('192.0.2.1'), false);
    assert.equal(inbound.counters.get('inbound-member-host-throttled'), 2);
    assert.equal(inbound.connects('192.0.2.2'), true);
  });

  it('a member that claims another\'s host as its own does not shut it out', () => {
    const inbound = new Inbound();
    inbound.members.set('192.0.2.66', [A]);
    inbound.members.set('192.0.2.2', [A, B]);
    for (let i = 0; i < 2 * inboundHandshakesBurst; i += 1) inbound.connects('192.0.2.66');
    assert.equal(inbound.connects('192.0.2.2'), true);
  });

  it('an IPv6 host is its /64', () => {
    assert.equal(hostIn('/ip6/2001:db8:1:2:3:4:5:6/tcp/1'), '2001:db8:1:2');
    assert.equal(hostIn('/ip4/192.0.2.1/tcp/1/p2p/x'), '192.0.2.1');
    assert.equal(hostIn('/dns4/thor.example/tcp/1'), 'thor.example');
  });
});
