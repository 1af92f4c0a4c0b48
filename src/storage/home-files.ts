import type { FileHandle } from 'node:fs/promises';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CounterFile } from './batch-counter.js';
import { BatchCounter } from './batch-counter.js';
import { replaceFile, syncDirectory } from './durable-file.js';
import { StorageError, reasonOf } from './storage-error.js';
import type { VoteStoreFiles } from './vote-store.js';

const MARKER_FILE = 'vote-store.json';
const COUNTER_FILE = 'vote-store.count';

/** The vote store's files in a platform's home. */
export function voteStoreFilesOf(home: string): VoteStoreFiles {
  const path = join(home, MARKER_FILE);
  // One after the other, each with a draft of the same name: a recovery may be told while the store is closed.
  let writing: Promise<void> = Promise.resolve();
  return {
    counter: new BatchCounter(counterFileOf(join(home, COUNTER_FILE))),
    readMarker: async () => {
      const bytes = await readIfThere(path);
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
    },
    writeMarker: (text) => {
      const written = writing.then(() => replaceFile(path, text)).catch((error: unknown) => {
        throw new StorageError('write-failed', `${path} cannot be written: ${reasonOf(error)}. Check free space, the permissions and the disk, then start again`, error);
      });
      writing = written.catch(() => undefined);
      return written;
    },
  };
}

function counterFileOf(path: string): CounterFile {
  let handle: Promise<FileHandle> | undefined;
  let isNew = false;
  return {
    read: () => readIfThere(path),
    write: async (bytes, offset) => {
      handle ??= openToWrite(path).then((opened) => {
        ({ isNew } = opened);
        return opened.file;
      });
      await (await handle).write(bytes, 0, bytes.byteLength, offset);
    },
    sync: async () => {
      await (await handle)?.datasync();
      if (isNew) await syncDirectory(dirname(path));
      isNew = false;
    },
    close: async () => {
      const opened = handle;
      handle = undefined;
      await (await opened)?.close();
    },
  };
}

async function openToWrite(path: string): Promise<{ readonly file: FileHandle; readonly isNew: boolean }> {
  try {
    return { file: await open(path, 'r+'), isNew: false };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { file: await open(path, 'w+', 0o600), isNew: true };
  }
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new StorageError('open-failed', `${path} cannot be read: ${reasonOf(error)}`, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
