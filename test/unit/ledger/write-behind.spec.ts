import assert from 'node:assert/strict';
import { WriteBehind } from '../../../src/ledger/write-behind.js';
import type { StateChange, StateStore } from '../../../src/storage/stores.js';

const key = (text: string): Uint8Array => Buffer.from(text);
const put = (name: string, value: string): StateChange => ({ key: key(name), value: key(value) });
const gone = (name: string): StateChange => ({ key: key(name), value: undefined });

/** A store whose writes end when the test says so. */
class SlowStore implements StateStore {
  readonly values = new Map<string, Uint8Array>([['old', key('1')], ['removed', key('1')]]);
  readonly written: string[] = [];
  readonly #waiting: ((error?: Error) => void)[] = [];

  get(name: Uint8Array): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.values.get(Buffer.from(name).toString()));
  }

  getMany(names: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    return Promise.all(names.map((name) => this.get(name)));
  }

  async *iterate(): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    for (const [name, value] of this.values) yield await Promise.resolve([key(name), value] as const);
  }

  write(changes: readonly StateChange[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push((error) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        for (const { key: name, value } of changes) {
          const text = Buffer.from(name).toString();
          if (value === undefined) this.values.delete(text);
          else this.values.set(text, value);
        }
        this.written.push(changes.map(({ key: name }) => Buffer.from(name).toString()).join(' '));
        resolve();
      });
    });
  }

  end(error?: Error): void {
    const end = this.#waiting.shift();
    assert.ok(end !== undefined, 'nothing is being written');
    end(error);
  }

  get writing(): number {
    return this.#waiting.length;
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('writing behind (section 6: execution at its own pace)', () => {
  let slow: SlowStore;
  let store: WriteBehind;

  beforeEach(() => {
    slow = new SlowStore();
    store = new WriteBehind(slow);
  });

  it('reads what is under way as if it had been written, what it deletes as gone, and the rest from the store', async () => {
    await store.writeBehind([put('new', '2'), gone('removed')]);
    assert.equal(slow.writing, 1);
    const read = async (): Promise<string[]> => (await store.getMany(['new', 'removed', 'old'].map(key))).map((value) => String(value));
    assert.deepEqual(await read(), ['2', 'undefined', '1']);
    assert.equal(String(await store.get(key('new'))), '2');
    assert.equal(await store.get(key('removed')), undefined);
    const before = read();
    slow.end();
    assert.deepEqual(await before, ['2', 'undefined', '1']);
    await store.settled();
    assert.deepEqual(await read(), ['2', 'undefined', '1']);
  });

  it('one batch at a time, in order, whoever writes next', async () => {
    await store.writeBehind([put('a', '1')]);
    const second = store.writeBehind([put('b', '1')]);
    await turns();
    assert.equal(slow.writing, 1);
    slow.end();
    await second;
    const third = store.write([put('c', '1')]);
    await turns();
    assert.equal(slow.writing, 1);
    slow.end();
    await turns();
    slow.end();
    await third;
    assert.deepEqual(slow.written, ['a', 'b', 'c']);
  });

  it('goes through entries only once nothing is under way', async () => {
    await store.writeBehind([put('new', '2')]);
    const names: string[] = [];
    const going = (async () => {
      for await (const [name] of store.iterate({ gte: key(''), lt: key('~'), limit: -1 })) names.push(Buffer.from(name).toString());
    })();
    await turns();
    assert.deepEqual(names, []);
    slow.end();
    await going;
    assert.deepEqual(names, ['old', 'removed', 'new']);
  });

  it('a batch that fails is told to the next, and nothing is written after it (section 5)', async () => {
    await store.writeBehind([put('a', '1')]);
    slow.end(new Error('no space left'));
    await turns();
    await assert.rejects(store.writeBehind([put('b', '1')]), /no space left/);
    await assert.rejects(store.write([put('b', '1')]), /no space left/);
    await assert.rejects(store.settled(), /no space left/);
    assert.deepEqual([slow.writing, slow.written], [0, []]);
  });
});
