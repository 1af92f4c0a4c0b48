import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level } from 'level';
import { LevelByteStore } from '../../../src/storage/level-byte-store.js';

describe('LevelDB as a byte store', () => {
  let directory: string;
  const { prototype } = Level<Uint8Array, Uint8Array>;
  const original = Object.getOwnPropertyDescriptor(prototype, 'batch');

  beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'fb-pbft-level-')); });

  afterEach(async () => {
    if (original === undefined) Reflect.deleteProperty(prototype, 'batch');
    else Object.defineProperty(prototype, 'batch', original);
    await rm(directory, { recursive: true, force: true });
  });

  /** What LevelDB is asked to sync; that it then does is its own business, and nothing of it can be seen without cutting the power. */
  function watchSyncs(): unknown[] {
    const syncs: unknown[] = [];
    const batchOf = Reflect.get(prototype, 'batch') as (this: object) => { write(options?: { sync?: boolean }): Promise<void> };
    Object.defineProperty(prototype, 'batch', {
      configurable: true,
      value(this: object) {
        const batch = batchOf.call(this);
        const write = batch.write.bind(batch);
        batch.write = (options) => {
          syncs.push(options?.sync);
          return write(options);
        };
        return batch;
      },
    });
    return syncs;
  }

  it('section 5: what must be durable is written synced, what need not be is not', async () => {
    const syncs = watchSyncs();
    const store = await LevelByteStore.open(directory);
    try {
      await store.write([{ key: Uint8Array.of(1), value: Uint8Array.of(2) }], { sync: true });
      await store.write([{ key: Uint8Array.of(3), value: Uint8Array.of(4) }], { sync: false });
      assert.deepEqual(syncs, [true, false]);
      assert.deepEqual([...await store.get(Uint8Array.of(1)) ?? []], [2]);
    } finally {
      await store.close();
    }
  });
});
