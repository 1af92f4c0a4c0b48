import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Leaves } from '../../../src/ledger/state-trie/leaves.js';

/** A leaf whose key's hash begins with zeros, as many as are alike, and whose hash names its place in the list. */
function leafOf(keyHash: readonly number[], alikeBytes: number, place: number): Buffer {
  const leaf = Buffer.alloc(64);
  leaf.set(keyHash, alikeBytes);
  leaf.writeUInt32BE(place, 60);
  return leaf;
}

describe('leaves of the state trie (section 6)', () => {
  it('are in order of their keys, the last of each key, however many bits keys have in common', () => {
    const keys = fc.array(fc.tuple(fc.nat(3), fc.nat(2)), { maxLength: 60 });
    fc.assert(fc.property(keys, fc.constantFrom(0, 2, 4, 5, 6, 20, 30), (made, alikeBytes) => {
      const all = made.map((keyHash, place) => leafOf(keyHash, alikeBytes, place));
      const latest = new Map(all.map((leaf) => [leaf.toString('hex', 0, 32), leaf]));
      const expected = Buffer.concat([...latest].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, leaf]) => leaf));
      const half = all.length >>> 1;
      const leaves = Leaves.latest([Buffer.concat(all.slice(0, half)), ...all.slice(half)]);
      assert.deepEqual(leaves.bytes, expected);
      assert.equal(leaves.count, latest.size);
    }));
  });

  it('a leaf that was there joins those of its place that stay, unless one of them is of its key', () => {
    const [a, b, c] = [1, 2, 3].map((byte) => leafOf([byte], 0, byte));
    const gone = Buffer.alloc(64);
    gone.set([2], 0);
    const bytesOf = (leaf: Buffer | undefined, coming: readonly Buffer[]): Buffer => Leaves.latest(coming).joinedWith(leaf, 0, coming.length).bytes;
    assert.deepEqual(bytesOf(b, [a!, c!]), Buffer.concat([a!, b!, c!]));
    assert.deepEqual(bytesOf(b, [a!, gone]), a);
    assert.deepEqual(bytesOf(b, [gone]), Buffer.alloc(0));
    assert.deepEqual(bytesOf(leafOf([2], 0, 9), [b!]), b);
    assert.deepEqual(bytesOf(undefined, [a!, gone, c!]), Buffer.concat([a!, c!]));
  });
});
