import { mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import { replaceFile, syncDirectory } from './durable-file.js';
import { StorageError, reasonOf } from './storage-error.js';

/** Snapshots of the ledger's state as files: they can be made again, so nothing depends on them. */
export interface SnapshotArchive {
  /** Sequences of the snapshots that are whole, ascending. @throws StorageError */
  list(): Promise<readonly Sequence[]>;
  /** Forgets what was begun and not published, and begins anew. @throws StorageError */
  begin(sequence: Sequence): Promise<void>;
  /** @throws StorageError `write-failed` */
  writeChunk(sequence: Sequence, index: number, bytes: Uint8Array): Promise<void>;
  /** The snapshot is whole. @param manifest its own encoding. @throws StorageError `write-failed` */
  publish(sequence: Sequence, manifest: string): Promise<void>;
  /** @throws StorageError */
  manifest(sequence: Sequence): Promise<string | undefined>;
  chunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined>;
  remove(sequence: Sequence): Promise<void>;
}

const UNFINISHED = '.unfinished';
const MANIFEST_FILE = 'manifest.json';

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** One directory per snapshot under `<home>/snapshots`, named by its sequence, with a file per chunk. */
export class SnapshotDirectory implements SnapshotArchive {
  readonly #path: string;

  constructor(home: string) {
    this.#path = join(home, 'snapshots');
  }

  async list(): Promise<readonly Sequence[]> {
    try {
      const names = await readdir(this.#path);
      return names.filter((name) => /^\d{1,15}$/.test(name)).map((name) => toSequence(Number(name))).sort((a, b) => a - b);
    } catch (error) {
      if (isMissing(error)) return [];
      throw new StorageError('read-failed', `${this.#path} cannot be read: ${reasonOf(error)}`, error);
    }
  }

  begin(sequence: Sequence): Promise<void> {
    return this.#writing(async () => {
      await mkdir(this.#path, { recursive: true });
      for (const name of await readdir(this.#path)) {
        if (name.endsWith(UNFINISHED)) await rm(join(this.#path, name), { recursive: true });
      }
      await mkdir(this.#unfinished(sequence));
    });
  }

  writeChunk(sequence: Sequence, index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing(async () => {
      const file = await open(join(this.#unfinished(sequence), String(index)), 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }

  publish(sequence: Sequence, manifest: string): Promise<void> {
    return this.#writing(async () => {
      await replaceFile(join(this.#unfinished(sequence), MANIFEST_FILE), manifest);
      await rm(this.#of(sequence), { recursive: true, force: true });
      await rename(this.#unfinished(sequence), this.#of(sequence));
      await syncDirectory(this.#path);
    });
  }

  async manifest(sequence: Sequence): Promise<string | undefined> {
    return (await this.#read(sequence, MANIFEST_FILE))?.toString('utf8');
  }

  chunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined> {
    return this.#read(sequence, String(index));
  }

  async remove(sequence: Sequence): Promise<void> {
    await this.#writing(() => rm(this.#of(sequence), { recursive: true, force: true }));
  }

  #of(sequence: Sequence): string {
    return join(this.#path, String(sequence));
  }

  #unfinished(sequence: Sequence): string {
    return `${this.#of(sequence)}${UNFINISHED}`;
  }

  async #read(sequence: Sequence, name: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.#of(sequence), name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw new StorageError('read-failed', `snapshot ${sequence} cannot be read: ${reasonOf(error)}`, error);
    }
  }

  async #writing(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw new StorageError('write-failed', `${this.#path} cannot be written: ${reasonOf(error)}`, error);
    }
  }
}
