import assert from 'node:assert/strict';
import { AddressTable, MAX_ADDRESSES_PER_MEMBER } from '../../../src/network/address-table.js';
import { addressesSeenFrom, decodeIntroduction, encodeIntroduction, hearsaySeenFrom } from '../../../src/network/introduction.js';
import { toPublicKeyHex, type PublicKeyHex } from '../../../src/types/ids.js';
import fc from 'fast-check';
import { peerIdOf } from '../../../src/crypto/identity.js';

const key = (digit: string): PublicKeyHex => toPublicKeyHex(digit.repeat(64));
const [SELF, A, B, C] = [key('1'), key('2'), key('3'), key('4')];
const OUTSIDER = key('9');
const at = (port: number): string => `/ip4/192.0.2.1/tcp/${port}`;

describe('Addresses of members', () => {
  let members: Set<PublicKeyHex>;
  let table: AddressTable;
  beforeEach(() => {
    members = new Set([SELF, A, B, C]);
    table = new AddressTable(SELF, (peer) => members.has(peer));
  });

  it('a host is a member\'s by its own word, a dial or the configuration, not by what others say (issue 10, B10)', () => {
    table.configure(A, ['/ip4/192.0.2.7/tcp/1']);
    table.announce(B, ['/ip4/192.0.2.8/tcp/1', '/ip4/192.0.2.7/tcp/2'], 100);
    table.prove(C, '/ip6/2001:db8:1:2:3:4:5:6/tcp/1', 100);
    table.hear(B, C, ['/ip4/192.0.2.66/tcp/1'], 200);
    assert.deepEqual(['192.0.2.7', '192.0.2.8', '2001:db8:1:2', '192.0.2.66'].map((host) => table.membersAt(host)), [[A, B], [B], [C], []]);
    members.delete(B);
    assert.deepEqual(table.membersAt('192.0.2.8'), []);
  });

  it('are dialled newest source first, each source in turn, the configured ones last', () => {
    table.configure(A, [at(1)]);
    table.announce(A, [at(10), at(11)], 100);
    table.hear(B, A, [at(20), at(21)], 300);
    table.hear(C, A, [at(30), at(10)], 200);
    assert.deepEqual(table.candidates(A), [at(20), at(30), at(10), at(1), at(21), at(11)]);
  });

  it('what the member says of itself comes first once it says something new', () => {
    table.hear(B, A, [at(20)], 200);
    assert.equal(table.announce(A, [at(10)], 300), true);
    assert.deepEqual(table.candidates(A), [at(10), at(20)]);
  });

  it('repeating what was said is no news and does not move it to the front', () => {
    table.hear(B, A, [at(20)], 100);
    table.announce(A, [at(10)], 200);
    assert.equal(table.hear(B, A, [at(20)], 300), false);
    assert.equal(table.announce(A, [at(10)], 400), false);
    assert.deepEqual(table.candidates(A), [at(10), at(20)]);
  });

  it('one reporter has one place: a liar of many addresses leaves those of others in the first round of turns', () => {
    table.hear(C, A, [at(30)], 100);
    for (let i = 0; i < 50; i++) table.hear(B, A, Array.from({ length: 100 }, (_, k) => at(1000 + 100 * i + k)), 200 + i);
    assert.deepEqual(table.candidates(A).slice(0, 2), [at(5900), at(30)]);
    assert.equal(table.candidates(A).length, MAX_ADDRESSES_PER_MEMBER + 1);
  });

  it('only first-hand ones are told on and kept', () => {
    table.hear(B, A, [at(20)], 100);
    assert.deepEqual(table.firstHand(), {});
    table.announce(A, [at(10)], 200);
    table.prove(A, at(11), 300);
    table.restore(B, [at(40)]);
    assert.deepEqual(table.firstHand(), { [A]: [at(10), at(11)], [B]: [at(40)] });
  });

  it('of outsiders, of oneself, of former members, or with another peer id are not taken', () => {
    assert.equal(table.announce(OUTSIDER, [at(1)], 1), false);
    assert.equal(table.hear(A, SELF, [at(1)], 1), false);
    assert.equal(table.hear(A, B, [`${at(1)}/p2p/${peerIdOf(C)}`], 1), false);
    assert.equal(table.hear(A, B, [`${at(2)}/p2p/${peerIdOf(B)}`], 1), true);
    assert.deepEqual(table.candidates(B), [at(2)]);
    table.hear(C, B, [at(3)], 2);
    members.delete(C);
    assert.deepEqual(table.candidates(B), [at(2)]);
  });

  it('that nobody can dial are left out', () => {
    const useless = ['/ip4/0.0.0.0/tcp/1', '/ip4/192.0.2.1/tcp/0', '/ip4/192.0.2.1/udp/1', '/unix/x', 'x'.repeat(1000), '', 7, null];
    assert.equal(table.announce(A, useless, 1), false);
    assert.equal(table.announce(A, [...useless, at(5)], 1), true);
    assert.deepEqual(table.candidates(A), [at(5)]);
  });
});

describe('Introductions', () => {
  it('round-trip', () => {
    const introduction = { addresses: [at(1)], links: [A, B], known: { [C]: [at(2), at(3)] } };
    assert.deepEqual(decodeIntroduction(encodeIntroduction(introduction)), introduction);
  });

  it('bytes that are none decode to undefined and never throw', () => {
    for (const value of [
      [], null, 7, { addresses: [], links: [] }, { addresses: 'x', links: [], known: {} }, { addresses: [], links: ['x'], known: {} },
      { addresses: [], links: [], known: [] }, { addresses: [], links: [], known: { x: [] } }, { addresses: [], links: [], known: { [A]: [1] } },
      { addresses: Array.from({ length: 257 }, () => at(1)), links: [], known: {} },
    ]) {
      assert.equal(decodeIntroduction(Buffer.from(JSON.stringify(value))), undefined, JSON.stringify(value));
    }
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json().map((text) => Buffer.from(text))), (bytes) => { decodeIntroduction(bytes); }));
  });

  it('loopback addresses count only from the same host, and a remote sender gets the address it came from', () => {
    const own = ['/ip4/127.0.0.1/tcp/9000', '/ip4/10.0.0.5/tcp/9000'];
    assert.deepEqual(addressesSeenFrom('/ip4/127.0.0.1/tcp/50000', own), own);
    assert.deepEqual(addressesSeenFrom('/ip4/198.51.100.3/tcp/50000/p2p/' + peerIdOf(A), own), ['/ip4/10.0.0.5/tcp/9000', '/ip4/198.51.100.3/tcp/9000']);
    assert.deepEqual(hearsaySeenFrom('/ip4/198.51.100.3/tcp/50000', own), ['/ip4/10.0.0.5/tcp/9000']);
    assert.deepEqual(hearsaySeenFrom('/ip4/127.0.0.1/tcp/50000', own), own);
  });
});
