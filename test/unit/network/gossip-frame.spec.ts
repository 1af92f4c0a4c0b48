import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GossipFrameWriter, decodeGossipFrame, originOf } from '../../../src/network/gossip-frame.js';
import { decodeLength, encodeLength } from '../../../src/network/frames.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

const KEY = toPublicKeyHex('0123456789abcdef'.repeat(4));

describe('Gossip frames', () => {
  it('carry their origin and payloads', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 20 }), (payloads) => {
        const frame = decodeGossipFrame(new GossipFrameWriter(KEY).encode(payloads));
        assert.deepEqual(frame?.origin, originOf(KEY));
        assert.deepEqual(frame.payloads.map((payload) => [...payload]), payloads.map((payload) => [...payload]));
      }),
    );
  });

  it('differ for identical payloads, within a process and between processes (SPEC section 7)', () => {
    const payload = Buffer.from('the same vote');
    const writer = new GossipFrameWriter(KEY);
    const frames = [writer.encode([payload]), writer.encode([payload]), new GossipFrameWriter(KEY).encode([payload])];
    assert.equal(new Set(frames.map((frame) => Buffer.from(frame).toString('hex'))).size, 3);
  });

  it('bytes that are no frame decode to undefined and never throw', () => {
    const header = Buffer.alloc(12);
    for (const rest of [[], [1], [2, 0], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [1, 0, 5]]) {
      assert.equal(decodeGossipFrame(Buffer.concat([header, Buffer.from(rest)])), undefined, String(rest));
    }
    assert.equal(decodeGossipFrame(Buffer.concat([header, Buffer.alloc(4097)])), undefined, 'too many payloads');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const frame = decodeGossipFrame(bytes);
        assert.ok(frame === undefined || frame.payloads.reduce((sum, { length }) => sum + length, 0) < bytes.length);
      }),
    );
  });
});

describe('Length prefixes', () => {
  it('round-trip, and ask for more bytes where some are missing', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.uint8Array({ maxLength: 3 }), (length, before) => {
        const prefix = encodeLength(length);
        const bytes = Buffer.concat([before, prefix]);
        assert.deepEqual(decodeLength(bytes, before.length), { length, next: bytes.length });
        assert.equal(decodeLength(bytes.subarray(0, -1), before.length), undefined);
      }),
    );
  });

  it('of more than five bytes are malformed', () => {
    assert.throws(() => decodeLength(new Uint8Array(6).fill(0x80), 0), { code: 'malformed' });
  });
});
