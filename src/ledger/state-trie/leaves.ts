import { HASH_BYTES, compareDigests, copyDigest } from '../../crypto/hash.js';
import { LEAF_BYTES, writeLeaf } from './subtree.js';

const NO_HASH = Buffer.alloc(HASH_BYTES);

/** A number that is sorted holds the first bits of a key's hash, at most this many, and below them a position. */
const MAX_PREFIX_BITS = 48;
const SAFE_INTEGER_BITS = 53;

/**
 * Leaves of the state trie to be put in their places or (with a hash of zero) taken away, in order of the hashes of
 * their keys, each key once. In one piece of memory: thousands of them, each an object of its own, would be what keeps
 * the garbage collector busy.
 */
export class Leaves {
  /** `LEAF_BYTES` for each. */
  readonly bytes: Buffer;
  readonly count: number;

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.count = bytes.byteLength / LEAF_BYTES;
  }

  /** Of keys in any order, each once. A value of undefined says that the key is gone. */
  static of(entries: readonly (readonly [key: Uint8Array, value: Uint8Array | undefined])[]): Leaves {
    const bytes = Buffer.allocUnsafe(entries.length * LEAF_BYTES);
    for (const [index, [key, value]] of entries.entries()) writeLeaf(bytes, index * LEAF_BYTES, key, value);
    return Leaves.latest([bytes]);
  }

  /** The last leaf of each key. @param parts each of `LEAF_BYTES` a leaf, in the order in which they were made */
  static latest(parts: readonly Uint8Array[]): Leaves {
    const all = Buffer.concat(parts);
    const sorted = sortedPositions(all);
    const kept = sorted.filter((position, index) => !isSameKey(all, position, sorted[index + 1]));
    const bytes = Buffer.allocUnsafe(kept.length * LEAF_BYTES);
    for (const [index, position] of kept.entries()) {
      copyDigest(all, position * LEAF_BYTES, bytes, index * LEAF_BYTES);
      copyDigest(all, position * LEAF_BYTES + HASH_BYTES, bytes, index * LEAF_BYTES + HASH_BYTES);
    }
    return new Leaves(bytes);
  }

  slice(from: number, to: number): Leaves {
    return new Leaves(this.bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES));
  }

  /** Four bits of the hash of a key: its way at this depth of pages. */
  digit(index: number, depth: number): number {
    const byte = this.bytes[index * LEAF_BYTES + (depth >>> 1)] ?? 0;
    return (depth & 1) === 0 ? byte >>> 4 : byte & 0x0f;
  }

  /** Where the leaves end that go the same way at this depth as the one at `from`; none of `to` and above is looked at. */
  groupEnd(from: number, to: number, depth: number): number {
    const digit = this.digit(from, depth);
    let end = from + 1;
    while (end < to && this.digit(end, depth) === digit) end += 1;
    return end;
  }

  isGone(index: number): boolean {
    return compareDigests(this.bytes, index * LEAF_BYTES + HASH_BYTES, NO_HASH, 0) === 0;
  }

  /**
   * Those from `from` to `to` that are not gone, and among them a leaf that was there before, unless one of these is of
   * the same key.
   */
  joinedWith(leaf: Buffer | undefined, from: number, to: number): Leaves {
    const parts: Buffer[] = leaf === undefined ? [] : [leaf];
    parts.push(this.bytes.subarray(from * LEAF_BYTES, to * LEAF_BYTES));
    const joined = leaf === undefined ? this.slice(from, to) : Leaves.latest(parts);
    const there = Array.from({ length: joined.count }, (_, index) => index).filter((index) => !joined.isGone(index));
    return there.length === joined.count ? joined : Leaves.latest(there.map((index) => joined.slice(index, index + 1).bytes));
  }
}

function compareKeys(all: Buffer, left: number, right: number): number {
  return compareDigests(all, left * LEAF_BYTES, all, right * LEAF_BYTES);
}

function isSameKey(all: Buffer, position: number, other: number | undefined): boolean {
  return other !== undefined && compareKeys(all, position, other) === 0;
}

/** Positions in order of the keys' hashes; of one key in their own order. */
function sortedPositions(all: Buffer): number[] {
  const count = all.byteLength / LEAF_BYTES;
  const positionBits = Math.max(1, Math.ceil(Math.log2(count + 1)));
  const prefixBits = Math.min(MAX_PREFIX_BITS, SAFE_INTEGER_BITS - positionBits);
  const [prefixUnit, positions] = [2 ** (MAX_PREFIX_BITS - prefixBits), 2 ** positionBits];
  // Numbers are sorted without a call per comparison.
  const sortable = new Float64Array(count);
  for (let position = 0; position < count; position += 1) {
    sortable[position] = Math.floor(all.readUIntBE(position * LEAF_BYTES, MAX_PREFIX_BITS / 8) / prefixUnit) * positions + position;
  }
  sortable.sort();
  const sorted = Array.from(sortable, (number) => number % positions);
  return orderAlike(all, sorted, sortable, positions);
}

/** Keys whose first bits are the same are put in order by all of them. */
function orderAlike(all: Buffer, sorted: number[], sortable: Float64Array, positions: number): number[] {
  const prefixOf = (index: number): number => Math.floor((sortable[index] ?? 0) / positions);
  for (let start = 0; start < sorted.length;) {
    let end = start + 1;
    while (end < sorted.length && prefixOf(end) === prefixOf(start)) end += 1;
    if (end - start > 1) {
      const alike = sorted.slice(start, end).sort((left, right) => compareKeys(all, left, right) || left - right);
      for (const [index, position] of alike.entries()) sorted[start + index] = position;
    }
    start = end;
  }
  return sorted;
}
