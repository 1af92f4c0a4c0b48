import { execFile } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/*
 * A disk that is full for one process only, and for its production code as it is: the kernel's limit on the size of
 * files (RLIMIT_FSIZE), lowered from outside while the process runs. A write beyond it ends in the middle and fails,
 * in LevelDB as in Node.js, which ignores the signal that comes with it. It takes no root, and no file system of its own.
 */

/** Whether this host can do it. */
export async function canFillDisk(): Promise<boolean> {
  try {
    await run('prlimit', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** Size of the log that LevelDB is writing. */
async function logBytes(home: string): Promise<number> {
  const directory = join(home, 'db');
  const logs = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
  const last = logs.at(-1);
  return last === undefined ? 0 : (await stat(join(directory, last))).size;
}

/**
 * From now on the process can write nothing any more, or `roomBytes` to the database's log.
 * @throws Error where the process has ended
 */
export async function fillDisk(pid: number, home: string, roomBytes: number | undefined): Promise<void> {
  const limit = roomBytes === undefined ? 0 : await logBytes(home) + roomBytes;
  await run('prlimit', ['--pid', String(pid), `--fsize=${limit}:`]);
}

/** Starts a process on a disk with this much room for each file. */
export function onFullDisk(roomBytes: number): readonly string[] {
  return ['prlimit', `--fsize=${roomBytes}:`];
}
