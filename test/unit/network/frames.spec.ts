import assert from 'node:assert/strict';
import type { Stream } from '@libp2p/interface';
import { NetworkError } from '../../../src/network/errors.js';
import { encodeLength, readFrame } from '../../../src/network/frames.js';

const MIB = 1024 * 1024;

/** A stream that gives these bytes in chunks of `chunkBytes`. */
function streamOf(bytes: Uint8Array, chunkBytes: number): Stream {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
  }
  return chunks() as unknown as Stream;
}

describe('length-prefixed frames', () => {
  it('come whole out of chunks of any size', async () => {
    for (const sizeBytes of [0, 1, 127, 128, 65_536, 65_537, 200_000]) {
      const payload = Uint8Array.from({ length: sizeBytes }, (_, index) => index % 251);
      for (const chunkBytes of [1, 3, 1000, MIB]) {
        if (sizeBytes / chunkBytes > 1000) continue;
        const frame = await readFrame(streamOf(new Uint8Array([...encodeLength(sizeBytes), ...payload]), chunkBytes), MIB);
        assert.deepEqual(frame, payload, `${sizeBytes} bytes in chunks of ${chunkBytes}`);
      }
    }
  });

  it('take memory as they come, not as their length claims (invariant 8)', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const claims = Array.from({ length: 8 }, () => readFrame(streamOf(encodeLength(64 * MIB), 9), 64 * MIB));
    await Promise.all(claims.map((claim) => assert.rejects(claim, (error) => error instanceof NetworkError && error.code === 'malformed')));
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 2 * MIB, `${grown} bytes were set aside for nothing`);
  });

  it('are refused above the limit, short, or with bytes after their end', async () => {
    const refused = (bytes: readonly number[], code: NetworkError['code']): Promise<void> => (
      assert.rejects(readFrame(streamOf(Uint8Array.from(bytes), 99), 3), (error) => error instanceof NetworkError && error.code === code));
    await refused([4, 1, 2, 3, 4], 'too-large');
    await refused([3, 1, 2], 'malformed');
    await refused([3, 1, 2, 3, 4], 'malformed');
    await refused([0x80, 0x80, 0x80, 0x80, 0x80, 1], 'malformed');
  });
});
