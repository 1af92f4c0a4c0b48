import { SPACES, stateKey } from './key-spaces.js';
import type { SealedStore } from './sealed-store.js';
import type { StateChange, StateStore } from './stores.js';

/** The ledger's key space: its keys behind one byte. Writes are atomic. */
export class StateSpace implements StateStore {
  readonly #store: SealedStore;

  constructor(store: SealedStore) {
    this.#store = store;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#store.get(stateKey(key));
  }

  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#store.getMany(keys.map(stateKey));
  }

  async *iterate(options: { readonly gte: Uint8Array; readonly lt: Uint8Array; readonly limit: number }): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const range = { gte: stateKey(options.gte), lt: stateKey(options.lt), limit: options.limit };
    for await (const [key, value] of this.#store.iterate(range)) {
      if (key[0] === SPACES.STATE) yield [key.subarray(1), value];
    }
  }

  async write(changes: readonly StateChange[], options: { readonly sync: boolean } = { sync: false }): Promise<void> {
    await this.#store.write('state', { sync: options.sync, space: SPACES.STATE }, () => changes);
  }
}
