import { LRUCache } from 'lru-cache';
import type { StateStore } from '../storage/stores.js';
import type { PublicKeyHex } from '../types/ids.js';
import { LedgerError } from './ledger-error.js';
import type { NonceVerdict } from './nonce-window.js';
import { NonceWindow } from './nonce-window.js';
import { accountKey } from './state-keys.js';

/** Accounts kept in memory, under half a KB each. */
const MAX_CACHED = 1_024;

/**
 * The accounts' nonce windows as of the last executed block. Those that were used last stay in memory: to read them
 * again for each batch of blocks meant to wait for the database while it writes the batch before.
 */
export class Accounts {
  readonly #store: Pick<StateStore, 'get' | 'getMany'>;
  readonly #cache = new LRUCache<PublicKeyHex, NonceWindow>({ max: MAX_CACHED });

  constructor(store: Pick<StateStore, 'get' | 'getMany'>) {
    this.#store = store;
  }

  /** For a query; leaves what is kept in memory as it is. @throws LedgerError `damaged`; StorageError */
  async get(publicKey: PublicKeyHex): Promise<NonceWindow> {
    return decodeAccount(publicKey, await this.#store.get(accountKey(publicKey)));
  }

  /** As of the last executed block; undefined where the account is not in memory. */
  check(publicKey: PublicKeyHex, nonce: number): NonceVerdict | undefined {
    return this.#cache.get(publicKey)?.check(nonce);
  }

  /** For execution, which may change them, and then tells by `changed` that they have been written so. @throws LedgerError `damaged`; StorageError */
  async load(publicKeys: Iterable<PublicKeyHex>): Promise<Map<PublicKeyHex, NonceWindow>> {
    const found = new Map<PublicKeyHex, NonceWindow>();
    const missing: PublicKeyHex[] = [];
    for (const publicKey of publicKeys) {
      const window = this.#cache.get(publicKey);
      if (window === undefined) missing.push(publicKey);
      else found.set(publicKey, window.copy());
    }
    const values = missing.length === 0 ? [] : await this.#store.getMany(missing.map(accountKey));
    for (const [index, publicKey] of missing.entries()) found.set(publicKey, decodeAccount(publicKey, values[index]));
    return found;
  }

  changed(accounts: ReadonlyMap<PublicKeyHex, NonceWindow>): void {
    for (const [publicKey, window] of accounts) this.#cache.set(publicKey, window);
  }

  /** The state is another one now. */
  forget(): void {
    this.#cache.clear();
  }
}

function decodeAccount(publicKey: PublicKeyHex, value: Uint8Array | undefined): NonceWindow {
  try {
    return value === undefined ? NonceWindow.unused() : NonceWindow.decode(value);
  } catch (error) {
    throw new LedgerError('damaged', `account ${publicKey}: its record cannot be decoded`, error);
  }
}
