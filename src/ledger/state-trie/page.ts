import { CodecError } from '../../codec/codec-error.js';
import { HASH_BYTES, bytesToHash, compareDigests, copyDigest } from '../../crypto/hash.js';
import type { Hash } from '../../types/ids.js';
import { LEAF_BYTES, writeNodeHash } from './subtree.js';
import type { SubtreeKind } from './subtree.js';

/** Bits of the path that one page covers, and the subtrees at its lower edge. */
export const PAGE_BITS = 4;
export const PAGE_SLOTS = 1 << PAGE_BITS;

const MASK_BYTES = 2;
const ROOT = 1;

/**
 * Four levels of the trie, stored as one entry: the 16 subtrees at the lower edge, and the hashes between them and the
 * page's root, so that changing one slot costs four hashes, not fifteen.
 *
 * In memory it is a binary heap: index 1 is the page's root, 2i and 2i+1 the halves of i, 16 to 31 the slots.
 * Encoding: leaf mask u16be ‖ node mask u16be ‖ per occupied slot (leaf: keyHash ‖ hash; node: hash) ‖ hashes of the
 * inner nodes 2 to 15 that have two or more leaves, in that order.
 */
export class Page {
  /** By heap index; zero where there is nothing. One piece of memory, since a page of 31 objects is much to collect. */
  readonly #hashes = Buffer.alloc(2 * PAGE_SLOTS * HASH_BYTES);
  /** By slot: the hash of the key where there is a leaf. */
  readonly #keyHashes = Buffer.alloc(PAGE_SLOTS * HASH_BYTES);
  /** Bit i: at heap index i there is a subtree of two or more leaves, or of one. */
  #nodes = 0;
  #leaves = 0;
  /** Heap indices below which something was changed since `settle`. */
  #touched = 0;

  /** @throws CodecError */
  static decode(encoded: Uint8Array): Page {
    const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
    if (bytes.byteLength < 2 * MASK_BYTES) throw new CodecError('truncated', 'page', `needs ${2 * MASK_BYTES} bytes for its masks, got ${bytes.byteLength}`);
    const page = new Page();
    const leafMask = bytes.readUInt16BE(0);
    const nodeMask = bytes.readUInt16BE(MASK_BYTES);
    if ((leafMask & nodeMask) !== 0) throw new CodecError('malformed', 'nodeMask', 'must not overlap leafMask');
    page.#leaves = leafMask << PAGE_SLOTS;
    page.#nodes = nodeMask << PAGE_SLOTS;
    for (let index = PAGE_SLOTS - 1; index >= ROOT; index -= 1) page.#setKind(index, page.#kindOver(index));
    if (bytes.byteLength !== page.#sizeBytes()) {
      throw new CodecError(bytes.byteLength < page.#sizeBytes() ? 'truncated' : 'trailing-bytes', 'page', `must have ${page.#sizeBytes()} bytes, got ${bytes.byteLength}`);
    }
    let offset = 2 * MASK_BYTES;
    const take = (target: Buffer, index: number): number => {
      copyDigest(bytes, offset, target, index * HASH_BYTES);
      return offset + HASH_BYTES;
    };
    for (let slot = 0; slot < PAGE_SLOTS; slot += 1) {
      const kind = page.kind(slot);
      if (kind === 'leaf') offset = take(page.#keyHashes, slot);
      if (kind !== 'empty') offset = take(page.#hashes, PAGE_SLOTS + slot);
    }
    for (let index = 2; index < PAGE_SLOTS; index += 1) {
      if (page.#isNode(index)) offset = take(page.#hashes, index);
    }
    for (let index = PAGE_SLOTS - 1; index >= ROOT; index -= 1) if (index === ROOT || !page.#isNode(index)) page.#hashOver(index);
    return page;
  }

  encode(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.#sizeBytes());
    let offset = bytes.writeUInt16BE(this.#leaves >>> PAGE_SLOTS, 0);
    offset = bytes.writeUInt16BE(this.#nodes >>> PAGE_SLOTS, offset);
    const put = (source: Buffer, index: number): number => {
      copyDigest(source, index * HASH_BYTES, bytes, offset);
      return offset + HASH_BYTES;
    };
    for (let slot = 0; slot < PAGE_SLOTS; slot += 1) {
      const kind = this.kind(slot);
      if (kind === 'leaf') offset = put(this.#keyHashes, slot);
      if (kind !== 'empty') offset = put(this.#hashes, PAGE_SLOTS + slot);
    }
    for (let index = 2; index < PAGE_SLOTS; index += 1) {
      if (this.#isNode(index)) offset = put(this.#hashes, index);
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** What a slot holds. */
  kind(slot: number): SubtreeKind {
    return this.#kindAt(PAGE_SLOTS + slot);
  }

  /** What the whole page is. */
  get rootKind(): SubtreeKind {
    return this.#kindAt(ROOT);
  }

  get rootHash(): Hash {
    return this.#hashAt(ROOT);
  }

  /** The hash of the key of the leaf in a slot. */
  leafKeyHash(slot: number): Hash {
    return bytesToHash(this.#keyHashes.subarray(slot * HASH_BYTES, (slot + 1) * HASH_BYTES));
  }

  /** Whether the leaf in a slot is of the same key as the one that stands at `offset` of `leaves`. */
  hasLeafOf(slot: number, leaves: Buffer, offset: number): boolean {
    return compareDigests(this.#keyHashes, slot * HASH_BYTES, leaves, offset) === 0;
  }

  /** The leaf in a slot: `LEAF_BYTES`. */
  leaf(slot: number): Buffer {
    const leaf = Buffer.allocUnsafe(LEAF_BYTES);
    copyDigest(this.#keyHashes, slot * HASH_BYTES, leaf, 0);
    copyDigest(this.#hashes, (PAGE_SLOTS + slot) * HASH_BYTES, leaf, HASH_BYTES);
    return leaf;
  }

  /** Puts the leaf that stands at `offset` of `leaves` into a slot; `settle` follows. */
  setLeaf(slot: number, leaves: Buffer, offset: number): void {
    const index = PAGE_SLOTS + slot;
    copyDigest(leaves, offset, this.#keyHashes, slot * HASH_BYTES);
    copyDigest(leaves, offset + HASH_BYTES, this.#hashes, index * HASH_BYTES);
    this.#changed(index, 'leaf');
  }

  /** Puts what the page below a slot has become there; `settle` follows. */
  setSubtree(slot: number, below: Page): void {
    const index = PAGE_SLOTS + slot;
    const kind = below.rootKind;
    if (kind === 'leaf') copyDigest(below.#keyHashes, below.#slotOfOnlyLeaf() * HASH_BYTES, this.#keyHashes, slot * HASH_BYTES);
    copyDigest(below.#hashes, ROOT * HASH_BYTES, this.#hashes, index * HASH_BYTES);
    this.#changed(index, kind);
  }

  clear(slot: number): void {
    const index = PAGE_SLOTS + slot;
    this.#hashes.fill(0, index * HASH_BYTES, (index + 1) * HASH_BYTES);
    this.#changed(index, 'empty');
  }

  /** Works out again what lies above slots that were changed. */
  settle(): void {
    for (let index = PAGE_SLOTS - 1; index >= ROOT; index -= 1) {
      if (((this.#touched >>> index) & 1) === 0) continue;
      this.#setKind(index, this.#kindOver(index));
      this.#hashOver(index);
      this.#touched |= 1 << (index >>> 1);
    }
    this.#touched = 0;
  }

  /** The hashes beside the way from a slot up to the page's root, lowest first; undefined for an empty sibling. */
  siblings(slot: number): readonly (Hash | undefined)[] {
    const found: (Hash | undefined)[] = [];
    for (let index = PAGE_SLOTS + slot; index > ROOT; index >>>= 1) {
      found.push(this.#kindAt(index ^ 1) === 'empty' ? undefined : this.#hashAt(index ^ 1));
    }
    return found;
  }

  #sizeBytes(): number {
    const hashCount = 2 * bitCount(this.#leaves >>> PAGE_SLOTS) + bitCount(this.#nodes & ~((1 << (ROOT + 1)) - 1));
    return 2 * MASK_BYTES + hashCount * HASH_BYTES;
  }

  #hashAt(index: number): Hash {
    return bytesToHash(this.#hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES));
  }

  #isNode(index: number): boolean {
    return ((this.#nodes >>> index) & 1) === 1;
  }

  #isLeaf(index: number): boolean {
    return ((this.#leaves >>> index) & 1) === 1;
  }

  #kindAt(index: number): SubtreeKind {
    return this.#isNode(index) ? 'node' : this.#isLeaf(index) ? 'leaf' : 'empty';
  }

  #setKind(index: number, kind: SubtreeKind): void {
    const bit = 1 << index;
    this.#nodes = kind === 'node' ? this.#nodes | bit : this.#nodes & ~bit;
    this.#leaves = kind === 'leaf' ? this.#leaves | bit : this.#leaves & ~bit;
  }

  #changed(index: number, kind: SubtreeKind): void {
    this.#setKind(index, kind);
    this.#touched |= 1 << (index >>> 1);
  }

  /** A subtree of exactly one leaf is that leaf. */
  #kindOver(index: number): SubtreeKind {
    const [left, right] = [this.#kindAt(2 * index), this.#kindAt(2 * index + 1)];
    if (left === 'empty') return right;
    return right === 'empty' ? left : 'node';
  }

  #hashOver(index: number): void {
    const start = index * HASH_BYTES;
    if (this.#isNode(index)) {
      writeNodeHash(this.#hashes, start, 2 * start);
      return;
    }
    // The empty half, if not both, is zero.
    const half = this.#isLeaf(2 * index) ? 2 * index : 2 * index + 1;
    copyDigest(this.#hashes, half * HASH_BYTES, this.#hashes, start);
  }

  #slotOfOnlyLeaf(): number {
    return 31 - Math.clz32(this.#leaves) - PAGE_SLOTS;
  }
}

function bitCount(mask: number): number {
  let count = 0;
  for (let left = mask >>> 0; left !== 0; left = (left & (left - 1)) >>> 0) count += 1;
  return count;
}
