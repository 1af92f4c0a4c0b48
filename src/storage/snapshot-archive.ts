import { open, readFile, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../crypto/make-directory.js';
import type { Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import { replaceFile, syncDirectory } from './durable-file.js';
import { adviceOn } from './home-access.js';
import { StorageError, reasonOf } from './storage-error.js';

/** A snapshot that is not whole yet: made here, or fetched from peers. There is one of each at most. */
export type Draft = 'made' | 'fetched';

/** Snapshots of the ledger's state as files: they can be had again, so nothing depends on them. */
export interface SnapshotArchive {
  /** Sequences of the snapshots that are whole, ascending. @throws StorageError */
  list(): Promise<readonly Sequence[]>;
  /** Takes the place of the draft before; what was fetched already for the same sequence stays. @throws StorageError */
  begin(draft: Draft, sequence: Sequence): Promise<void>;
  /** What was begun is not wanted any more. @throws StorageError `write-failed` */
  discard(draft: Draft): Promise<void>;
  /** @throws StorageError `write-failed` */
  writeChunk(draft: Draft, sequence: Sequence, index: number, bytes: Uint8Array): Promise<void>;
  /** The draft is whole. @param manifest its own encoding. @throws StorageError `write-failed` */
  publish(draft: Draft, sequence: Sequence, manifest: string): Promise<void>;
  /** @throws StorageError */
  manifest(sequence: Sequence): Promise<string | undefined>;
  /** @param draft of the draft rather than of the whole snapshot. @throws StorageError */
  chunk(sequence: Sequence, index: number, draft?: Draft): Promise<Uint8Array | undefined>;
  remove(sequence: Sequence): Promise<void>;
  /** What may still be written where the archive is, in bytes; absent, or undefined, where nobody can tell. */
  freeBytes?(): Promise<number | undefined>;
}

export const SNAPSHOT_DIRECTORY = 'snapshots';
const MANIFEST_FILE = 'manifest.json';

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/**
 * One directory per snapshot under `<home>/snapshots`, named by its sequence, with a file per chunk. A draft's name ends
 * in `.made` or `.fetched`.
 */
export class SnapshotDirectory implements SnapshotArchive {
  readonly #home: string;
  readonly #path: string;

  constructor(home: string) {
    this.#home = home;
    this.#path = join(home, SNAPSHOT_DIRECTORY);
  }

  async list(): Promise<readonly Sequence[]> {
    try {
      const names = await readdir(this.#path);
      return names.filter((name) => /^\d{1,15}$/.test(name)).map((name) => toSequence(Number(name))).sort((a, b) => a - b);
    } catch (error) {
      if (isMissing(error)) return [];
      throw new StorageError('read-failed', `${this.#path} cannot be read: ${reasonOf(error)}. ${adviceOn(this.#path, error)}, then start again`, error);
    }
  }

  begin(draft: Draft, sequence: Sequence): Promise<void> {
    return this.#writing(async () => {
      const begun = this.#of(sequence, draft);
      await makeDirectory(this.#path);
      await this.#removeDrafts(draft, draft === 'fetched' ? begun : undefined);
      await makeDirectory(begun);
    });
  }

  discard(draft: Draft): Promise<void> {
    return this.#writing(async () => {
      await makeDirectory(this.#path);
      await this.#removeDrafts(draft);
    });
  }

  writeChunk(draft: Draft, sequence: Sequence, index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing(async () => {
      const file = await open(join(this.#of(sequence, draft), String(index)), 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  publish(draft: Draft, sequence: Sequence, manifest: string): Promise<void> {
    return this.#writing(async () => {
      await replaceFile(join(this.#of(sequence, draft), MANIFEST_FILE), manifest);
      await rm(this.#of(sequence), { recursive: true, force: true });
      await rename(this.#of(sequence, draft), this.#of(sequence));
      await syncDirectory(this.#path);
    });
  }

  async manifest(sequence: Sequence): Promise<string | undefined> {
    return (await this.#read(this.#of(sequence), MANIFEST_FILE))?.toString('utf8');
  }

  chunk(sequence: Sequence, index: number, draft?: Draft): Promise<Uint8Array | undefined> {
    return this.#read(this.#of(sequence, draft), String(index));
  }

  async remove(sequence: Sequence): Promise<void> {
    await this.#writing(() => rm(this.#of(sequence), { recursive: true, force: true }));
  }

  /** Of the file system that the home is on, to whoever runs the platform. */
  async freeBytes(): Promise<number | undefined> {
    try {
      const { bavail, bsize } = await statfs(this.#home);
      return bavail * bsize;
    } catch {
      return undefined;
    }
  }

  async #removeDrafts(draft: Draft, kept?: string): Promise<void> {
    for (const name of await readdir(this.#path)) {
      const path = join(this.#path, name);
      if (name.endsWith(`.${draft}`) && path !== kept) await rm(path, { recursive: true });
    }
  }

  #of(sequence: Sequence, draft?: Draft): string {
    return join(this.#path, draft === undefined ? String(sequence) : `${sequence}.${draft}`);
  }

  async #read(directory: string, name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(directory, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new StorageError('read-failed', `snapshot ${directory} cannot be read: ${reasonOf(error)}`, error);
    }
  }

  async #writing(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw new StorageError('write-failed', `${this.#path} cannot be written: ${reasonOf(error)}. ${adviceOn(this.#path, error)}`, error);
    }
  }
}
