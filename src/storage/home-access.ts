import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists, makeDirectory } from '../crypto/make-directory.js';
import { StorageError, reasonOf } from './storage-error.js';

const PROBE_FILE = '.writable';

/**
 * Makes a home where there is none, and sees that files can be made in it and in those of its directories that exist.
 * Otherwise the first write would fail somewhere deep inside, and name no path.
 * @param directories names in the home
 * @throws StorageError `open-failed` naming the path and what to do
 */
export async function requireWritableHome(home: string, directories: readonly string[]): Promise<void> {
  try {
    await makeDirectory(home);
  } catch (error) {
    throw new StorageError('open-failed', `home ${home} cannot be made: ${reasonOf(error)}. ${adviceOn(dirname(home), error)}, or give another home`, error);
  }
  await requireWritable(home, `home ${home}`);
  for (const directory of directories) {
    const path = join(home, directory);
    if (await exists(path)) await requireWritable(path, path);
  }
}

/** What is to be done about a path that cannot be written, without a full stop. */
export function adviceOn(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const text = reasonOf(error);
  if (code === 'EROFS' || /read-only file system/i.test(text)) return `Its file system is mounted read-only: mount it for writing (and see in the system's log why it is not; a failing disk is often remounted so)`;
  if (code === 'EACCES' || code === 'EPERM' || /permission denied|not permitted/i.test(text)) {
    return `Let the user that runs the platform${userText()} own it and write to it: chown -R and chmod -R u+rwX ${path}`;
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || /no space|quota/i.test(text)) return 'Make room on its disk';
  if (code === 'EMFILE' || code === 'ENFILE' || /too many open files/i.test(text)) {
    return 'This process, or the host, may not open more files: raise the limit (ulimit -n, or LimitNOFILE= of a systemd service)';
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'A file is where a directory should be: move it away';
  return 'Check the path, the permissions and the disk';
}

function userText(): string {
  const uid = process.geteuid?.();
  return uid === undefined ? '' : ` (uid ${uid})`;
}

async function requireWritable(path: string, name: string): Promise<void> {
  const probe = join(path, PROBE_FILE);
  try {
    const file = await open(probe, 'w', 0o600);
    try {
      await file.write('a full disk shows only when something is written\n');
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(probe, { force: true }).catch(() => undefined);
    throw new StorageError('open-failed', `${name} cannot be written: ${reasonOf(error)}. ${adviceOn(path, error)}, then start again`, error);
  }
  await rm(probe, { force: true });
}
