import assert from 'node:assert/strict';
import { peerIdFromString } from '@libp2p/peer-id';
import type { MultiaddrConnection } from '@libp2p/interface';
import { libp2pPrivateKey, peerIdOf, publicKeyOfPeerId } from '../../../src/crypto/identity.js';
import { Admission } from '../../../src/network/admission.js';
import { toMonotonicMs } from '../../../src/network/clocks.js';
import { Counters } from '../../../src/network/counters.js';
import { TokenBucket } from '../../../src/network/rate-limit.js';
import { toPublicKeyHex, type PublicKeyHex } from '../../../src/types/ids.js';

const TIMINGS = { penaltyMinMs: 30_000, penaltyMaxMs: 300_000 };
const CONNECTION = {} as MultiaddrConnection;

async function keyOf(seed: number): Promise<PublicKeyHex> {
  return toPublicKeyHex(Buffer.from((await libp2pPrivateKey(new Uint8Array(32).fill(seed))).publicKey.raw).toString('hex'));
}

describe('Admission (SPEC section 7: allowlist in the connection gater)', () => {
  let nowMs: number;
  let members: PublicKeyHex[];
  let member: PublicKeyHex;
  let outsider: PublicKeyHex;
  let counters: Counters;
  let admission: Admission;
  beforeEach(async () => {
    nowMs = 1_000;
    member = await keyOf(1);
    outsider = await keyOf(2);
    members = [member];
    counters = new Counters();
    admission = new Admission(() => members, TIMINGS, counters, () => toMonotonicMs(nowMs));
  });

  it('members pass at every check of the gater, outsiders at none', async () => {
    const gater = admission.gater({ admit: () => true, settle: () => undefined }, () => false);
    const verdicts = async (peer: PublicKeyHex) => {
      const peerId = peerIdFromString(peerIdOf(peer));
      return Promise.all([
        gater.denyDialPeer?.(peerId),
        gater.denyOutboundConnection?.(peerId, CONNECTION),
        gater.denyInboundEncryptedConnection?.(peerId, CONNECTION),
        gater.denyOutboundEncryptedConnection?.(peerId, CONNECTION),
      ]);
    };
    assert.deepEqual(await verdicts(member), [false, false, false, false]);
    assert.deepEqual(await verdicts(outsider), [true, true, true, true]);
    members = [outsider];
    assert.deepEqual(await verdicts(member), [true, true, true, true]);
    assert.deepEqual(await verdicts(outsider), [false, false, false, false]);
    assert.deepEqual(counters.snapshot(), { 'gater-inbound-not-member': 2, 'gater-outbound-not-member': 6 });
  });

  it('penalties double up to the cap, end, and start afresh after as long a time of good behaviour', () => {
    const durations: number[] = [];
    for (let i = 0; i < 6; i++) {
      durations.push(admission.penalize(member));
      assert.equal(admission.isPenalized(member), true);
      nowMs += durations.at(-1) ?? 0;
      assert.equal(admission.isPenalized(member), false);
    }
    assert.deepEqual(durations, [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    nowMs += TIMINGS.penaltyMaxMs;
    assert.equal(admission.penalize(member), 30_000);
    assert.deepEqual(admission.penalties(), { [member]: 30_000 });
  });

  it('PeerId and public key give one another; other kinds of PeerId give nothing', () => {
    assert.equal(publicKeyOfPeerId(peerIdOf(member)), member);
    for (const text of ['', 'x', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG']) assert.equal(publicKeyOfPeerId(text), undefined);
  });
});

describe('Rate limits', () => {
  it('allow the burst, then the average, and never more for time that runs backwards', () => {
    const bucket = new TokenBucket(10, 20, 0);
    assert.equal(bucket.take(20, 0), true);
    assert.equal(bucket.take(1, 99), false);
    assert.equal(bucket.take(1, 100), true);
    assert.equal(bucket.take(1, 50), false);
    assert.equal(bucket.take(21, 1_000_000), false);
    assert.equal(bucket.take(20, 1_000_000), true);
  });
});
