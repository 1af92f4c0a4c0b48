import assert from 'node:assert/strict';
import { SPACES, spaceRange } from '../../../src/storage/key-spaces.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { MIGRATIONS, migrate, schemaRecord, schemaVersionOf, type Migration, type MigrationNotice } from '../../../src/storage/migrations.js';
import { SCHEMA_VERSION } from '../../../src/storage/key-spaces.js';
import { SealedStore } from '../../../src/storage/sealed-store.js';
import { StorageError } from '../../../src/storage/storage-error.js';

const ENTRIES = 10;
const BATCH = 3;

/** Doubles the one byte of every entry of STATE, three entries a batch: doing one twice, or leaving one out, is seen. */
const doubling: Migration = {
  to: 2,
  description: 'doubles all entries',
  plan: async (source, from) => {
    const { gte, lt } = spaceRange('STATE');
    const changes: { key: Uint8Array; value: Uint8Array }[] = [];
    for await (const [key, value] of source.iterate({ gte: from ?? gte, lt, limit: BATCH })) changes.push({ key, value: Uint8Array.of(2 * (value[0] ?? 0)) });
    const last = changes.at(-1)?.key;
    return changes.length < BATCH || last === undefined ? { changes, next: undefined } : { changes, next: Uint8Array.of(...last, 0) };
  },
};

/** In one batch: adds one to every entry. */
const incrementing: Migration = {
  to: 3,
  description: 'adds one to all entries',
  plan: async (source) => {
    const changes = [];
    for await (const [key, value] of source.iterate({ ...spaceRange('STATE'), limit: -1 })) changes.push({ key, value: Uint8Array.of((value[0] ?? 0) + 1) });
    return { changes, next: undefined };
  },
};

async function oldDatabase(version = 1): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await SealedStore.open(disk.open());
  await store.write('consensus', { sync: true }, () => [
    schemaRecord(version), ...Array.from({ length: ENTRIES }, (_, index) => ({ key: Uint8Array.of(SPACES.STATE, index), value: Uint8Array.of(index) })),
  ]);
  return disk;
}

async function valuesOf(store: SealedStore): Promise<readonly number[]> {
  const values: number[] = [];
  for await (const [, value] of store.iterate({ ...spaceRange('STATE'), limit: -1 })) values.push(value[0] ?? -1);
  return values;
}

const EXPECTED = Array.from({ length: ENTRIES }, (_, index) => 2 * index + 1);

function wrongVersion(text: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof StorageError && error.code === 'wrong-version' && text.test(error.message);
}

describe('storage: a schema is migrated in place', () => {
  it('all steps between are done in order, each announced, whatever order they are listed in', async () => {
    const store = await SealedStore.open((await oldDatabase()).open());
    const announced: MigrationNotice[] = [];
    await migrate(store, 3, [incrementing, doubling], (notice) => announced.push(notice));
    assert.deepEqual(await valuesOf(store), EXPECTED);
    assert.equal(await schemaVersionOf(store), 3);
    const told = [
      { type: 'started', from: 1, to: 2, description: 'doubles all entries' },
      ...[3, 6, 9].map((entries, index) => ({ type: 'progress', to: 2, batches: index + 1, entries })),
      { type: 'finished', to: 2, batches: 4, entries: ENTRIES },
      { type: 'started', from: 2, to: 3, description: 'adds one to all entries' },
      { type: 'finished', to: 3, batches: 1, entries: ENTRIES },
    ];
    assert.deepEqual(announced, told);
    await migrate(store, 3, [incrementing, doubling], (notice) => announced.push(notice));
    assert.deepEqual(await valuesOf(store), EXPECTED);
    assert.deepEqual(announced, told, 'there is nothing left to do or to tell');
  });

  it('cut off at any write, it goes on after the last batch that became durable: nothing is done twice or left out', async () => {
    let isDone = false;
    let cuts = 0;
    for (; !isDone; cuts += 1) {
      const disk = await oldDatabase();
      const store = await SealedStore.open(disk.open());
      let writes = 0;
      const crashing = [doubling, incrementing].map((step): Migration => ({
        ...step,
        plan: async (source, from) => {
          const batch = await step.plan(source, from);
          if (writes++ === cuts) disk.crash();
          return batch;
        },
      }));
      isDone = await migrate(store, 3, crashing).then(() => true, () => false);
      const again = await SealedStore.open(disk.open());
      const isTouched = (await valuesOf(again)).some((value, index) => value !== index);
      if (isTouched) await assert.rejects(migrate(again, 1), wrongVersion(/newer program/), 'no older program may read what is half migrated');
      const announced: MigrationNotice[] = [];
      await migrate(again, 3, [doubling, incrementing], (notice) => announced.push(notice));
      assert.equal(announced[0]?.type, isDone ? undefined : cuts === 0 || cuts === 4 ? 'started' : 'resumed', `cut off at write ${cuts}`);
      assert.deepEqual(await valuesOf(again), EXPECTED, `cut off at write ${cuts}`);
      assert.equal(await schemaVersionOf(again), 3);
    }
    assert.ok(cuts > 5, 'every batch was cut off once');
  });

  it('a database of a newer program, or one that is too old for any step, is refused and not touched', async () => {
    const newer = await SealedStore.open((await oldDatabase(4)).open());
    await assert.rejects(migrate(newer, 3, [doubling, incrementing]), wrongVersion(/schema version 4.*up to 3.*newer program/));
    const older = await SealedStore.open((await oldDatabase(1)).open());
    await assert.rejects(migrate(older, 3, [incrementing]), wrongVersion(/schema version 1.*release in between/));
    assert.deepEqual(await valuesOf(older), Array.from({ length: ENTRIES }, (_, index) => index));
  });

  it('the released steps lead, one by one, to the schema of this program', () => {
    assert.deepEqual(MIGRATIONS.map(({ to }) => to), Array.from({ length: SCHEMA_VERSION - 1 }, (_, index) => index + 2));
  });
});
