import { LRUCache } from 'lru-cache';
import { HASH_BYTES } from '../../crypto/hash.js';
import type { StateChange, StateStore } from '../../storage/stores.js';
import type { Hash } from '../../types/ids.js';
import type { Leaves } from './leaves.js';
import { Page } from './page.js';
import type { StateProof } from './proof.js';
import { EMPTY_HASH, LEAF_BYTES } from './subtree.js';

export interface StateTrieOptions {
  /** First byte of the keys of pages. */
  readonly prefix: number;
  /** Decoded pages kept in memory; one takes about 2 KB. */
  readonly maxCachedPages?: number;
}

const DEFAULT_CACHED_PAGES = 5_120;
const DIGITS = '0123456789abcdef';
/** Pages on a path from the root to a leaf. */
const MAX_DEPTH = 2 * HASH_BYTES;

/** Leaves that lie below one page. */
interface Part {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

type PageReader = Pick<StateStore, 'get' | 'getMany'>;

/**
 * The trie of subtree.ts in a StateStore, one entry per page under its path. Only the present version is kept.
 * One update at a time, and what it returns must be written before the next.
 */
export class StateTrie {
  readonly #store: PageReader;
  readonly #prefix: number;
  readonly #cache: LRUCache<string, Page>;

  constructor(store: PageReader, options: StateTrieOptions) {
    this.#store = store;
    this.#prefix = options.prefix;
    this.#cache = new LRUCache({ max: options.maxCachedPages ?? DEFAULT_CACHED_PAGES });
  }

  /** SHA-256 root of everything written; 32 zero bytes while empty. @throws CodecError on a damaged page */
  async root(): Promise<Hash> {
    const pages = await this.#load(['']);
    return pages.get('')?.rootHash ?? EMPTY_HASH;
  }

  /**
   * Works out what leaves that come or go change.
   * @returns the changes to write, together with whatever must be atomic with them
   * @throws CodecError on a damaged page
   */
  async update(leaves: Leaves): Promise<readonly StateChange[]> {
    if (leaves.count === 0) return [];
    const pages = await this.#pagesOnPaths(leaves);
    const written = new Map<string, Page | undefined>();
    updatePage({ path: '', from: 0, to: leaves.count }, leaves, pages, written);
    const changes: StateChange[] = [];
    for (const [path, page] of written) {
      if (page === undefined) {
        this.#cache.delete(path);
        if (pages.has(path)) changes.push({ key: this.#keyOf(path), value: undefined });
      } else {
        this.#cache.set(path, page);
        changes.push({ key: this.#keyOf(path), value: page.encode() });
      }
    }
    return changes;
  }

  /** The way from a leaf to the root; undefined where there is no such leaf. @throws CodecError on a damaged page */
  async prove(keyHash: Hash): Promise<StateProof | undefined> {
    const siblings: Hash[] = [];
    for (let depth = 0; depth < keyHash.length; depth += 1) {
      const path = keyHash.slice(0, depth);
      const page = (await this.#load([path])).get(path);
      const slot = DIGITS.indexOf(keyHash.charAt(depth));
      const kind = page?.kind(slot) ?? 'empty';
      if (page === undefined || kind === 'empty') return undefined;
      const beside = [...page.siblings(slot)];
      if (kind === 'leaf') {
        if (page.leafKeyHash(slot) !== keyHash) return undefined;
        // Within the page the leaf may stand for the larger subtrees that hold nothing else.
        while (beside.length > 0 && beside[0] === undefined) beside.shift();
      }
      siblings.unshift(...beside.map((sibling) => sibling ?? EMPTY_HASH));
      if (kind === 'leaf') return { siblings };
    }
    return undefined;
  }

  /** Every stored page that the leaves can reach, one level of pages at a time. */
  async #pagesOnPaths(leaves: Leaves): Promise<Map<string, Page>> {
    const pages = new Map<string, Page>();
    let parts: readonly Part[] = [{ path: '', from: 0, to: leaves.count }];
    for (let depth = 0; parts.length > 0 && depth < MAX_DEPTH; depth += 1) {
      for (const [path, page] of await this.#load(parts.map(({ path }) => path))) pages.set(path, page);
      parts = parts.flatMap((part) => {
        const page = pages.get(part.path);
        return page === undefined ? [] : partsBelow(part, leaves).filter(({ path }) => page.kind(lastDigit(path)) === 'node');
      });
    }
    return pages;
  }

  async #load(paths: readonly string[]): Promise<Map<string, Page>> {
    const pages = new Map<string, Page>();
    const missing = paths.filter((path) => {
      const page = this.#cache.get(path);
      if (page !== undefined) pages.set(path, page);
      return page === undefined;
    });
    const values = missing.length === 0 ? [] : await this.#store.getMany(missing.map((path) => this.#keyOf(path)));
    missing.forEach((path, index) => {
      const value = values[index];
      if (value === undefined) return;
      const page = Page.decode(value);
      this.#cache.set(path, page);
      pages.set(path, page);
    });
    return pages;
  }

  #keyOf(path: string): Uint8Array {
    const key = new Uint8Array(1 + path.length);
    key[0] = this.#prefix;
    for (let index = 0; index < path.length; index += 1) key[1 + index] = path.charCodeAt(index);
    return key;
  }
}

function partsBelow({ path, from, to }: Part, leaves: Leaves): Part[] {
  const parts: Part[] = [];
  for (let start = from; start < to;) {
    const end = leaves.groupEnd(start, to, path.length);
    parts.push({ path: path + DIGITS.charAt(leaves.digit(start, path.length)), from: start, to: end });
    start = end;
  }
  return parts;
}

function lastDigit(path: string): number {
  return DIGITS.indexOf(path.charAt(path.length - 1));
}

/**
 * Takes leaves into the page of a path and those below, and records each page that changed; a page of fewer than two
 * leaves goes, its leaf moving up into the page above (the topmost page may hold one).
 */
function updatePage(part: Part, leaves: Leaves, pages: ReadonlyMap<string, Page>, written: Map<string, Page | undefined>): Page {
  const { path } = part;
  const page = pages.get(path) ?? new Page();
  for (const below of partsBelow(part, leaves)) updateSlot(page, lastDigit(below.path), below, leaves, pages, written);
  page.settle();
  const isKept = page.rootKind === 'node' || (page.rootKind === 'leaf' && path === '');
  written.set(path, isKept ? page : undefined);
  return page;
}

function updateSlot(page: Page, slot: number, part: Part, leaves: Leaves, pages: ReadonlyMap<string, Page>, written: Map<string, Page | undefined>): void {
  const kind = page.kind(slot);
  if (kind === 'node') {
    page.setSubtree(slot, updatePage(part, leaves, pages, written));
    return;
  }
  const { path, from, to } = part;
  if (to - from === 1 && (kind === 'empty' || page.hasLeafOf(slot, leaves.bytes, from * LEAF_BYTES))) {
    if (leaves.isGone(from)) page.clear(slot);
    else page.setLeaf(slot, leaves.bytes, from * LEAF_BYTES);
    return;
  }
  const there = leaves.joinedWith(kind === 'leaf' ? page.leaf(slot) : undefined, from, to);
  if (there.count === 0) page.clear(slot);
  else if (there.count === 1) page.setLeaf(slot, there.bytes, 0);
  // No page is stored below a leaf: this one starts empty.
  else page.setSubtree(slot, updatePage({ path, from: 0, to: there.count }, there, new Map(), written));
}
