import { LRUCache } from 'lru-cache';
import type { StateChange, StateStore } from '../../storage/stores.js';
import type { Hash } from '../../types/ids.js';
import { Page } from './page.js';
import type { StateProof } from './proof.js';
import type { Leaf, Subtree } from './subtree.js';
import { EMPTY_HASH, HASH_BYTES } from './subtree.js';

/** A leaf put in its place, or (undefined) taken away. */
export interface TrieUpdate {
  /** SHA-256 of the key; each digit is one page of the path. */
  readonly keyHash: Hash;
  readonly leafHash: Hash | undefined;
}

export interface StateTrieOptions {
  /** First byte of the keys of pages. */
  readonly prefix: number;
  /** Decoded pages kept in memory; one takes about 4 KB. */
  readonly maxCachedPages?: number;
}

const DEFAULT_CACHED_PAGES = 2_048;

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
    return pages.get('')?.root?.hash ?? EMPTY_HASH;
  }

  /**
   * Works out what a batch of updates changes; in any order, each key once.
   * @returns the changes to write, together with whatever must be atomic with them
   * @throws CodecError on a damaged page
   */
  async update(updates: readonly TrieUpdate[]): Promise<readonly StateChange[]> {
    const sorted = [...updates].sort((left, right) => (left.keyHash < right.keyHash ? -1 : 1));
    if (sorted.length === 0) return [];
    const pages = await this.#pagesOnPaths(sorted);
    const written = new Map<string, Page | undefined>();
    applyUpdates('', sorted, pages, written);
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
      const slot = digitAt(keyHash, depth);
      const subtree = page?.slot(slot);
      if (page === undefined || subtree === undefined) return undefined;
      const beside = [...page.siblings(slot)];
      if (subtree.keyHash !== undefined) {
        if (subtree.keyHash !== keyHash) return undefined;
        // Within the page the leaf may stand for the larger subtrees that hold nothing else.
        while (beside.length > 0 && beside[0] === undefined) beside.shift();
      }
      siblings.unshift(...beside.map((sibling) => sibling?.hash ?? EMPTY_HASH));
      if (subtree.keyHash !== undefined) return { siblings };
    }
    return undefined;
  }

  /** Every stored page that the updates can reach, one level of pages at a time. */
  async #pagesOnPaths(sorted: readonly TrieUpdate[]): Promise<Map<string, Page>> {
    const pages = new Map<string, Page>();
    let frontier = new Set(['']);
    for (let depth = 0; frontier.size > 0 && depth < 2 * HASH_BYTES; depth += 1) {
      for (const [path, page] of await this.#load([...frontier])) pages.set(path, page);
      const next = new Set<string>();
      for (const { keyHash } of sorted) {
        const page = pages.get(keyHash.slice(0, depth));
        const subtree = page?.slot(digitAt(keyHash, depth));
        if (subtree !== undefined && subtree.keyHash === undefined) next.add(keyHash.slice(0, depth + 1));
      }
      frontier = next;
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

function digitAt(keyHash: string, depth: number): number {
  return Number.parseInt(keyHash.charAt(depth), 16);
}

/**
 * Applies sorted updates below `path` and records each page that changed; a page of fewer than two leaves goes, its
 * leaf moving up into the page above (the topmost page may hold one).
 */
function applyUpdates(
  path: string, updates: readonly TrieUpdate[], pages: ReadonlyMap<string, Page>, written: Map<string, Page | undefined>,
): Subtree | undefined {
  const page = pages.get(path) ?? new Page();
  const slots = new Map<number, Subtree | undefined>();
  for (let start = 0; start < updates.length;) {
    const digit = updates[start]?.keyHash.charAt(path.length) ?? '';
    let end = start + 1;
    while (updates[end]?.keyHash.charAt(path.length) === digit) end += 1;
    const group = updates.slice(start, end);
    const slot = Number.parseInt(digit, 16);
    slots.set(slot, applyToSlot(page.slot(slot), path + digit, group, pages, written));
    start = end;
  }
  page.replace(slots);
  const { root } = page;
  const isKept = root !== undefined && (root.keyHash === undefined || path === '');
  written.set(path, isKept ? page : undefined);
  return root;
}

function applyToSlot(
  subtree: Subtree | undefined, path: string, updates: readonly TrieUpdate[], pages: ReadonlyMap<string, Page>, written: Map<string, Page | undefined>,
): Subtree | undefined {
  if (subtree !== undefined && subtree.keyHash === undefined) return applyUpdates(path, updates, pages, written);
  const leaves = new Map<Hash, Leaf>();
  if (subtree !== undefined) leaves.set(subtree.keyHash, subtree);
  for (const { keyHash, leafHash } of updates) {
    if (leafHash === undefined) leaves.delete(keyHash);
    else leaves.set(keyHash, { keyHash, hash: leafHash });
  }
  if (leaves.size < 2) return leaves.values().next().value;
  const inserted = [...leaves].map(([keyHash, leaf]) => ({ keyHash, leafHash: leaf.hash }));
  inserted.sort((left, right) => (left.keyHash < right.keyHash ? -1 : 1));
  // No page is stored below a leaf: this one starts empty.
  return applyUpdates(path, inserted, new Map(), written);
}
