import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Connection, Stream } from '@libp2p/interface';
import { bytesEqual } from '../../../src/crypto/hash.js';
import { AddressTable, MAX_ADDRESSES_PER_MEMBER } from '../../../src/network/address-table.js';
import { parseBootstrap } from '../../../src/network/bootstrap.js';
import { Counters } from '../../../src/network/counters.js';
import { NetworkError } from '../../../src/network/errors.js';
import { decodeLength, encodeLength, readFrame } from '../../../src/network/frames.js';
import { GossipFrameWriter, decodeGossipFrame } from '../../../src/network/gossip-frame.js';
import { MAX_INTRODUCTION_BYTES, decodeIntroduction, encodeIntroduction } from '../../../src/network/introduction.js';
import { Introductions } from '../../../src/network/introductions.js';
import { dialableAddress, parsePeerAddress } from '../../../src/network/multiaddrs.js';
import { DEFAULT_TIMINGS, NO_ADDRESS_BOOK } from '../../../src/network/options.js';
import type { PublicKeyHex } from '../../../src/types/ids.js';
import type { Random } from '../../simulation/random.js';
import { bytesOf, concat, textOf, utf8 } from '../entropy.js';
import { assertProportionate } from '../footprint.js';
import { SOCIETY } from '../society.js';
import type { Target } from '../target.js';
import { outcomeOf } from '../target.js';

const MEMBERS = SOCIETY.genesis.membership.members.map(({ publicKey }) => publicKey);
const [SELF, FROM] = MEMBERS as [PublicKeyHex, PublicKeyHex];
const isNetworkError = (error: unknown): boolean => error instanceof NetworkError && error.message.length > 0;

/** As large as a society's largest block allows. */
const MAX_FRAME_BYTES = 80 * 1024 * 1024;

/** A stream that gives these bytes in chunks of `chunkBytes`. */
function streamOf(bytes: Uint8Array, chunkBytes: number): Stream {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
  return chunks() as unknown as Stream;
}

/** One byte says how large the chunks are; then what the stream gives. */
const frames: Target = {
  name: 'frame',
  generate: (random) => {
    const payload = bytesOf(random, random.pick([0, 1, 127, 128, 500]));
    const claimed = random.chance(0.8) ? payload.byteLength : random.pick([payload.byteLength + 1, MAX_FRAME_BYTES, MAX_FRAME_BYTES + 1, 2 ** 34]);
    return concat(Uint8Array.of(random.integer(0, 255)), encodeLength(claimed), payload);
  },
  run: async (input) => {
    const bytes = input.subarray(1);
    try {
      const frame = await readFrame(streamOf(bytes, 1 + (input[0] ?? 0)), MAX_FRAME_BYTES);
      const { length, next } = decodeLength(bytes, 0) ?? assert.fail('there is no length');
      assert.ok(bytesEqual(frame, bytes.subarray(next, next + length)), 'the frame is what follows its length');
      assertProportionate(frame, bytes);
      return 'accepted';
    } catch (error) {
      if (!isNetworkError(error)) throw error;
      return 'rejected';
    }
  },
  leastAccepted: 0.6,
};

const gossipFrames: Target = {
  name: 'gossip-frame',
  generate: (random) => new GossipFrameWriter().encode(Array.from({ length: random.integer(1, 6) }, () => bytesOf(random, random.pick([1, 2, 30, 200])))),
  run: (input) => {
    const payloads = decodeGossipFrame(input);
    if (payloads === undefined) return 'rejected';
    assertProportionate(payloads, input);
    const again = decodeGossipFrame(new Uint8Array(new GossipFrameWriter().encode(payloads)));
    assert.ok(isDeepStrictEqual(again, payloads), 'decode ∘ encode is the identity');
    return 'accepted';
  },
  leastAccepted: 0.95,
};

const ADDRESSES = [
  '/ip4/192.0.2.7/tcp/9000', '/dns4/thor.example/tcp/9000', '/ip6/2001:db8::7/tcp/1', '/ip4/127.0.0.1/tcp/65535', '/dns/a/tcp/0',
  '/ip4/192.0.2.7/tcp/9000/p2p/12D3KooWGC6TvWhfapngX6wvJHMYvKpDMXPb3ZnCZ6dMoaMtimQ5', '/ip4/0.0.0.0/tcp/80', '/ip6/::1/tcp/80', '/ip4/192.0.2.7/udp/9/quic-v1',
  '/ip4/192.0.2.7', '/ip6zone/x/ip6/fe80::1/tcp/80', '/tcp/80', '/dns6/x/tcp/80/ws', '/ip4/256.1.1.1/tcp/1', '/unix/a%2Fb', '/ip4/1.2.3.4/tcp/99999',
] as const;

const multiaddrs: Target = {
  name: 'multiaddr',
  generate: (random) => utf8(random.pick(ADDRESSES)),
  run: (input) => {
    const text = textOf(input);
    const dialable = dialableAddress(text);
    const outcome = outcomeOf(() => parsePeerAddress(text, 'address'), isNetworkError);
    if (dialable !== undefined) {
      assert.equal(outcome, 'accepted');
      assert.ok(isDeepStrictEqual(parsePeerAddress(dialable.address, 'address'), { ...dialable, publicKey: undefined }), 'an address is read again as itself');
    }
    return outcome;
  },
  leastAccepted: 0.4,
};

const bootstrapLists: Target = {
  name: 'bootstrap-list',
  generate: (random) => {
    const entries = Array.from({ length: random.integer(1, 4) }, () => random.pick(ADDRESSES.slice(0, 4)));
    const depth = random.pick([0, 0, 0, 0, 0, 0, 0, 0, 100, 20_000]);
    switch (random.integer(0, 2)) {
      case 0: return utf8(`${'['.repeat(depth)}${JSON.stringify(entries)}${']'.repeat(depth)}`);
      case 1: return utf8(JSON.stringify({ bootstrap: entries }));
      default: return utf8(['# a list', '', ...entries].join('\n'));
    }
  },
  run: (input) => outcomeOf(() => parseBootstrap(textOf(input)), isNetworkError),
  leastAccepted: 0.8,
};

function introductionOf(random: Random): Uint8Array {
  const addresses = (): string[] => Array.from({ length: random.integer(0, 12) }, () => random.pick(ADDRESSES));
  const stranger = Buffer.from(bytesOf(random, 32)).toString('hex') as PublicKeyHex;
  return encodeIntroduction({
    addresses: addresses(), links: MEMBERS.filter(() => random.chance(0.5)),
    known: Object.fromEntries([...MEMBERS, stranger].filter(() => random.chance(0.6)).map((member) => [member, addresses()])),
  });
}

/** The decoder, and the handler behind it: whatever comes, it answers with its own introduction and keeps little. */
const introductions: Target = {
  name: 'introduction',
  generate: introductionOf,
  run: async (input) => {
    const introduction = decodeIntroduction(input);
    if (introduction !== undefined) {
      assertProportionate(introduction, input);
      assert.ok(isDeepStrictEqual(decodeIntroduction(encodeIntroduction(introduction)), introduction), 'decode ∘ encode is the identity');
    }
    const table = new AddressTable(SELF, (key) => MEMBERS.includes(key));
    const counters = new Counters();
    const aborted = AbortSignal.abort();
    const handler = new Introductions({
      self: SELF, chainId: SOCIETY.chainId, table, book: NO_ADDRESS_BOOK, timings: DEFAULT_TIMINGS, counters, now: () => 1,
      logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      ownAddresses: () => [], linked: () => [], peers: () => [], onNewAddress: () => undefined, abort: aborted,
      connection: () => ({ remoteAddr: '/ip4/192.0.2.9/tcp/4000' }) as unknown as Connection,
    });
    const answer = await handler.onRequest(input, FROM);
    assert.ok(answer.byteLength <= MAX_INTRODUCTION_BYTES && decodeIntroduction(answer) !== undefined);
    assert.equal(counters.get('introduction-malformed'), introduction === undefined ? 1 : 0);
    for (const member of MEMBERS) assert.ok(table.candidates(member).length <= 3 * MAX_ADDRESSES_PER_MEMBER);
    return introduction === undefined ? 'rejected' : 'accepted';
  },
  leastAccepted: 0.95,
  weight: 0.3,
};

export const NETWORK_TARGETS: readonly Target[] = [frames, gossipFrames, multiaddrs, bootstrapLists, introductions];
