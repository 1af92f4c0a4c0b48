import type { ByteChange, ByteRange } from './byte-store.js';
import { metaKey } from './key-spaces.js';
import type { SealedStore } from './sealed-store.js';
import { StorageError, corruption } from './storage-error.js';

const SCHEMA_KEY = metaKey('schema-version');
const PROGRESS_KEY = metaKey('schema-migration');

/** One atomic batch of a step, and where the next one goes on; undefined where the step is done. */
export interface MigrationBatch {
  readonly changes: readonly ByteChange[];
  readonly next: Uint8Array | undefined;
}

/** What a step may read: whatever earlier batches of it have left. */
export interface MigrationSource {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  iterate(range: ByteRange): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
}

/**
 * Brings a database from schema version `to` − 1 to `to`, in place. `plan` is asked for one batch after the other and
 * must depend on nothing but its arguments: a start that was cut off goes on after the last batch that became durable.
 * Own votes may be moved or encoded anew, but never left out: what a platform has signed it may not forget (SPEC section 5).
 */
export interface Migration {
  readonly to: number;
  /** What it does, for the log and for errors: "drops the index by hash". */
  readonly description: string;
  plan(source: MigrationSource, from: Uint8Array | undefined): Promise<MigrationBatch>;
}

/** Every step there has been, in order; a step that was released is never changed. Schema version 1 is the first. */
export const MIGRATIONS: readonly Migration[] = [];

/** What a migration tells: a step begins, or goes on where an earlier start was cut off; a batch is durable; a step is done. */
export type MigrationNotice =
  | { readonly type: 'started' | 'resumed'; readonly from: number; readonly to: number; readonly description: string }
  | { readonly type: 'progress' | 'finished'; readonly to: number; readonly batches: number; readonly entries: number };
export type OnMigration = (notice: MigrationNotice) => void;

/** Undefined for a database that nothing was ever written to. @throws StorageError `corrupt` */
export async function schemaVersionOf(store: SealedStore): Promise<number | undefined> {
  const value = await store.get(SCHEMA_KEY);
  if (value !== undefined && value.length !== 1) throw corruption('key space META holds a schema version that is none');
  return value?.[0];
}

/** The record that a new database begins with. */
export function schemaRecord(version: number): ByteChange {
  return { key: SCHEMA_KEY, value: Uint8Array.of(version) };
}

/**
 * Brings the database to `version`, step by step. Each batch is atomic and synced, together with how far the step has
 * come, so that a crash at any moment leaves a database that the next start goes on with. The new version is written
 * with a step's first batch, not its last: no older program may open what is half migrated.
 * @throws StorageError `wrong-version` where the database is newer, or older than the first step can read
 */
export async function migrate(store: SealedStore, version: number, migrations: readonly Migration[] = MIGRATIONS, onMigration: OnMigration = () => undefined): Promise<void> {
  for (;;) {
    const stored = await schemaVersionOf(store);
    const progress = await store.get(PROGRESS_KEY);
    requireKnown(stored, version);
    if (stored === version && progress === undefined) return;
    const to = progress === undefined ? stored + 1 : stored;
    const migration = migrations.find((candidate) => candidate.to === to);
    if (migration === undefined) {
      throw new StorageError('wrong-version', `the database has schema version ${stored}, and this program cannot bring it to version ${version}: start a release in between first. Nothing was changed`);
    }
    onMigration({ type: progress === undefined ? 'started' : 'resumed', from: to - 1, to, description: migration.description });
    await runStep(store, migration, progress, onMigration);
  }
}

/** @throws StorageError `wrong-version` where a newer program wrote the database */
export function requireKnown(stored: number | undefined, version: number): asserts stored is number {
  if (stored !== undefined && stored <= version) return;
  throw new StorageError(
    'wrong-version',
    `the database has schema version ${stored ?? 'none'}, this program knows up to ${version}: start it with the newer program that wrote it. Nothing was changed, and there is no way back to an older schema`,
  );
}

async function runStep(store: SealedStore, migration: Migration, progress: Uint8Array | undefined, onMigration: OnMigration): Promise<void> {
  const { to } = migration;
  let batches = 0;
  let entries = 0;
  const source: MigrationSource = { get: (key) => store.get(key), iterate: (range) => store.iterate(range) };
  let from = progress;
  do {
    const { changes, next } = await migration.plan(source, from);
    await store.write('consensus', { sync: true }, () => [...changes, schemaRecord(to), { key: PROGRESS_KEY, value: next }]);
    from = next;
    batches += 1;
    entries += changes.length;
    onMigration({ type: from === undefined ? 'finished' : 'progress', to, batches, entries });
  } while (from !== undefined);
}
