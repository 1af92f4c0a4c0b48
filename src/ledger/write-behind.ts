import type { StateChange, StateStore } from '../storage/stores.js';

interface BatchUnderWay {
  readonly values: ReadonlyMap<string, Uint8Array | undefined>;
  /** Never rejects: a failure is kept until somebody waits. */
  readonly done: Promise<void>;
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

/**
 * A store of which one batch may still be on its way to the disk while the next is worked out: what is read is as if
 * it had been written already. Batches go in order, one after the other, and after one that failed there are no more.
 */
export class WriteBehind implements StateStore {
  readonly #store: StateStore;
  #underWay: BatchUnderWay | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(store: StateStore) {
    this.#store = store;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const values = this.#underWay?.values;
    const text = values === undefined ? '' : textOf(key);
    return values?.has(text) === true ? Promise.resolve(values.get(text)) : this.#store.get(key);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    // As it is now: it may have become part of the store by the time that the store answers.
    const values = this.#underWay?.values;
    const stored = await this.#store.getMany(keys);
    if (values === undefined) return stored;
    return keys.map((key, index) => {
      const text = textOf(key);
      return values.has(text) ? values.get(text) : stored[index];
    });
  }

  async *iterate(options: Parameters<StateStore['iterate']>[0]): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    await this.settled();
    yield* this.#store.iterate(options);
  }

  /** @throws what this write, or one behind which it came, failed with */
  async write(changes: readonly StateChange[], options?: { readonly sync: boolean }): Promise<void> {
    await this.settled();
    await this.#store.write(changes, options);
  }

  /**
   * Resolves once the batch is on its way; whether it arrived, the next write or `settled` tells.
   * @throws what the batch before failed with
   */
  async writeBehind(changes: readonly StateChange[]): Promise<void> {
    await this.settled();
    const values = new Map<string, Uint8Array | undefined>();
    for (const { key, value } of changes) values.set(textOf(key), value);
    const done = this.#store.write(changes).then(
      () => { this.#underWay = undefined; },
      (error: unknown) => { this.#failure = { error }; },
    );
    this.#underWay = { values, done };
  }

  /** Nothing is under way any more. @throws what a batch under way failed with */
  async settled(): Promise<void> {
    await this.#underWay?.done;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
