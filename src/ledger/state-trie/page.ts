import { ByteReader, ByteWriter } from '../../codec/bytes.js';
import { CodecError } from '../../codec/codec-error.js';
import type { Hash } from '../../types/ids.js';
import type { Subtree } from './subtree.js';
import { HASH_BYTES, combine } from './subtree.js';

/** Bits of the path that one page covers, and the subtrees at its lower edge. */
export const PAGE_BITS = 4;
export const PAGE_SLOTS = 1 << PAGE_BITS;

/**
 * Four levels of the trie, stored as one entry: the 16 subtrees at the lower edge, and the hashes between them and the
 * page's root, so that changing one slot costs four hashes, not fifteen.
 *
 * `#heap` is a binary heap: index 1 is the page's root, 2i and 2i+1 the halves of i, 16 to 31 the slots.
 * Encoding: leaf mask u16be ‖ node mask u16be ‖ per occupied slot (leaf: keyHash ‖ hash; node: hash) ‖ hashes of the
 * inner nodes 2 to 15 that have two or more leaves, in that order.
 */
export class Page {
  readonly #heap: (Subtree | undefined)[] = new Array<Subtree | undefined>(2 * PAGE_SLOTS).fill(undefined);

  /** @throws CodecError */
  static decode(bytes: Uint8Array): Page {
    const reader = new ByteReader(bytes);
    const leafMask = reader.u16('leafMask');
    const nodeMask = reader.u16('nodeMask');
    if ((leafMask & nodeMask) !== 0) throw new CodecError('malformed', 'nodeMask', 'must not overlap leafMask');
    const page = new Page();
    for (let slot = 0; slot < PAGE_SLOTS; slot += 1) {
      const bit = 1 << slot;
      if ((leafMask & bit) !== 0) {
        page.#heap[PAGE_SLOTS + slot] = { keyHash: reader.hash('keyHash'), hash: reader.hash('hash') };
      } else if ((nodeMask & bit) !== 0) {
        page.#heap[PAGE_SLOTS + slot] = { keyHash: undefined, hash: reader.hash('hash') };
      }
    }
    const inner = page.#innerNodes();
    for (let index = PAGE_SLOTS - 1; index >= 1; index -= 1) {
      if (inner[index] !== true) page.#heap[index] = page.#heap[2 * index] ?? page.#heap[2 * index + 1];
    }
    for (let index = 2; index < PAGE_SLOTS; index += 1) {
      if (inner[index] === true) page.#heap[index] = { keyHash: undefined, hash: reader.hash('inner') };
    }
    if (inner[1] === true) page.#heap[1] = combine(page.#heap[2], page.#heap[3]);
    reader.finish('page');
    return page;
  }

  encode(): Uint8Array {
    let leafMask = 0;
    let nodeMask = 0;
    const parts: Hash[] = [];
    for (let slot = 0; slot < PAGE_SLOTS; slot += 1) {
      const subtree = this.slot(slot);
      if (subtree === undefined) continue;
      if (subtree.keyHash === undefined) {
        nodeMask |= 1 << slot;
      } else {
        leafMask |= 1 << slot;
        parts.push(subtree.keyHash);
      }
      parts.push(subtree.hash);
    }
    for (let index = 2; index < PAGE_SLOTS; index += 1) {
      const subtree = this.#heap[index];
      if (subtree !== undefined && subtree.keyHash === undefined) parts.push(subtree.hash);
    }
    const writer = new ByteWriter(4 + parts.length * HASH_BYTES).u16('leafMask', leafMask).u16('nodeMask', nodeMask);
    for (const part of parts) writer.hex32(part);
    return writer.finish();
  }

  slot(slot: number): Subtree | undefined {
    return this.#heap[PAGE_SLOTS + slot];
  }

  /** Replaces subtrees and works out again what lies above them. */
  replace(slots: ReadonlyMap<number, Subtree | undefined>): void {
    let touched = new Set<number>();
    for (const [slot, subtree] of slots) {
      this.#heap[PAGE_SLOTS + slot] = subtree;
      touched.add((PAGE_SLOTS + slot) >>> 1);
    }
    while (touched.size > 0) {
      const above = new Set<number>();
      for (const index of touched) {
        this.#heap[index] = combine(this.#heap[2 * index], this.#heap[2 * index + 1]);
        if (index > 1) above.add(index >>> 1);
      }
      touched = above;
    }
  }

  get root(): Subtree | undefined {
    return this.#heap[1];
  }

  /** The hashes beside the way from a slot up to the page's root, lowest first; undefined for an empty sibling. */
  siblings(slot: number): readonly (Subtree | undefined)[] {
    const found: (Subtree | undefined)[] = [];
    for (let index = PAGE_SLOTS + slot; index > 1; index >>>= 1) found.push(this.#heap[index ^ 1]);
    return found;
  }

  /** Which inner indices hold two or more leaves, told from the slots alone. */
  #innerNodes(): readonly boolean[] {
    const inner = this.#heap.map((subtree) => subtree !== undefined && subtree.keyHash === undefined);
    const occupied = this.#heap.map((subtree) => subtree !== undefined);
    for (let index = PAGE_SLOTS - 1; index >= 1; index -= 1) {
      const [left, right] = [2 * index, 2 * index + 1];
      occupied[index] = occupied[left] === true || occupied[right] === true;
      inner[index] = inner[left] === true || inner[right] === true || (occupied[left] === true && occupied[right] === true);
    }
    return inner;
  }
}
