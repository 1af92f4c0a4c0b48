import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Uint8ArrayList } from 'uint8arraylist';
import { FrameCounter, lengthPrefixFraming, yamuxFraming } from '../../../src/network/frame-counter.js';
import { encodeLength } from '../../../src/network/frames.js';

function yamuxFrame(type: number, length: number, body = new Uint8Array(type === 0 ? length : 0)): Uint8Array {
  const header = Buffer.alloc(12);
  header[1] = type;
  header.writeUInt32BE(length, 8);
  return Buffer.concat([header, body]);
}

const sizes = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });
const cuts = fc.array(fc.nat(), { maxLength: 10 });

/** The bytes in pieces, cut anywhere, every second one as a list. */
function pieces(bytes: Uint8Array, at: readonly number[]): (Uint8Array | Uint8ArrayList)[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, i) => {
    const piece = bytes.subarray(places[i], end);
    return i % 2 === 0 ? piece : new Uint8ArrayList(piece.subarray(0, 3), piece.subarray(3));
  });
}

describe('FrameCounter (row D8: what comes is counted before it is looked at)', () => {
  it('counts length-prefixed frames, however they are cut', () => {
    fc.assert(fc.property(sizes, cuts, (lengths, at) => {
      const counter = new FrameCounter(lengthPrefixFraming);
      const bytes = Buffer.concat(lengths.flatMap((length) => [encodeLength(length), new Uint8Array(length).fill(0xff)]));
      const counted = pieces(bytes, at).reduce((sum, piece) => sum + counter.count(piece), 0);
      assert.equal(counted, lengths.length);
    }));
  });

  it('counts frames of yamux, of which only data has a body', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 300 })), { maxLength: 20 }), cuts, (frames, at) => {
      const counter = new FrameCounter(yamuxFraming);
      const bytes = Buffer.concat(frames.map(([type, length]) => yamuxFrame(type, length)));
      const counted = pieces(bytes, at).reduce((sum, piece) => sum + counter.count(piece), 0);
      assert.equal(counted, frames.length);
    }));
  });

  it('a yamux frame longer than any window is refused at its header', () => {
    const header = (type: number, length: number): Uint8Array => yamuxFrame(type, length, new Uint8Array(0));
    new FrameCounter(yamuxFraming).count(header(0, 16 * 1024 * 1024));
    new FrameCounter(yamuxFraming).count(header(1, 0xffffffff));
    assert.throws(() => new FrameCounter(yamuxFraming).count(header(0, 16 * 1024 * 1024 + 1)), { code: 'too-large' });
    assert.throws(() => new FrameCounter(yamuxFraming).count(header(0, 0xffffffff)), { code: 'too-large' });
  });

  it('a length prefix without end is a frame like any other', () => {
    assert.equal(new FrameCounter(lengthPrefixFraming).count(new Uint8Array(10).fill(0xff)), 1);
  });
});
