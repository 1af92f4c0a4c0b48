import { mapKeyOf } from '../codec/bytes.js';
import type { StateChange, StateStore } from '../storage/stores.js';

/** A batch that is being written. Its changes are looked through by key only where something is read meanwhile. */
class BatchUnderWay {
  /** Never rejects: a failure is kept until somebody waits. */
  readonly done: Promise<void>;
  readonly #changes: readonly StateChange[];
  #byKey: ReadonlyMap<string, StateChange> | undefined;

  constructor(changes: readonly StateChange[], done: Promise<void>) {
    this.#changes = changes;
    this.done = done;
  }

  /** The change of this key; undefined where there is none. */
  of(key: Uint8Array): StateChange | undefined {
    this.#byKey ??= new Map(this.#changes.map((change) => [mapKeyOf(change.key), change]));
    return this.#byKey.get(mapKeyOf(key));
  }
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
    const change = this.#underWay?.of(key);
    return change === undefined ? this.#store.get(key) : Promise.resolve(change.value);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    // As it is now: it may have become part of the store by the time that the store answers.
    const underWay = this.#underWay;
    const stored = await this.#store.getMany(keys);
    if (underWay === undefined) return stored;
    return keys.map((key, index) => {
      const change = underWay.of(key);
      return change === undefined ? stored[index] : change.value;
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
    const done = this.#store.write(changes).then(
      () => { this.#underWay = undefined; },
      (error: unknown) => { this.#failure = { error }; },
    );
    this.#underWay = new BatchUnderWay(changes, done);
  }

  /** Nothing is under way any more. @throws what a batch under way failed with */
  async settled(): Promise<void> {
    await this.#underWay?.done;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
