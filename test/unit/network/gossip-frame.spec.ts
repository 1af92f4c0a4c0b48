import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GossipFrameWriter, decodeGossipFrame } from '../../../src/network/gossip-frame.js';
import { decodeLength, encodeLength } from '../../../src/network/frames.js';

describe('Gossip frames', () => {
  it('carry their payloads', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 20 }), (payloads) => {
        const decoded = decodeGossipFrame(new GossipFrameWriter().encode(payloads));
        assert.deepEqual(decoded?.map((payload) => [...payload]), payloads.map((payload) => [...payload]));
      }),
    );
  });

  it('differ for identical payloads, within a process and between processes (SPEC section 7)', () => {
    const payload = Buffer.from('the same vote');
    const writer = new GossipFrameWriter();
    const frames = [writer.encode([payload]), writer.encode([payload]), new GossipFrameWriter().encode([payload])];
    assert.equal(new Set(frames.map((frame) => Buffer.from(frame).toString('hex'))).size, 3);
  });

  it('bytes that are no frame decode to undefined and never throw', () => {
    const header = Buffer.alloc(8);
    for (const rest of [[], [0], [1], [1, 5, 0], [2, 0], [0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [1, 0, 5]]) {
      assert.equal(decodeGossipFrame(Buffer.concat([header, Buffer.from(rest)])), undefined, String(rest));
    }
    assert.equal(decodeGossipFrame(Buffer.concat([header, Buffer.alloc(2 * 4097, 1)])), undefined, 'too many payloads');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const payloads = decodeGossipFrame(bytes);
        assert.ok(payloads === undefined || payloads.reduce((sum, { length }) => sum + length, 0) < bytes.length);
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
