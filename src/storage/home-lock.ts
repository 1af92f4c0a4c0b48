import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './durable-file.js';

const LOCK_FILE = 'lock';

/**
 * Names the process that uses a home, for the message to a second one. It does not keep that one out: the operating
 * system's lock on the database does, and that falls with its process, so a `kill -9` leaves nothing to clean up. A
 * file left behind is simply written over by whoever gets the database.
 */
export interface HomeHolder {
  readonly pid: number;
  readonly since: string;
}

export async function writeHolder(home: string): Promise<void> {
  const holder: HomeHolder = { pid: process.pid, since: new Date().toISOString() };
  await replaceFile(join(home, LOCK_FILE), `${JSON.stringify(holder)}\n`);
}

export async function removeHolder(home: string): Promise<void> {
  await rm(join(home, LOCK_FILE), { force: true });
}

/** Who holds the home, as far as its file tells; undefined where it is missing or unreadable. */
export async function readHolder(home: string): Promise<HomeHolder | undefined> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(join(home, LOCK_FILE), 'utf8'));
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null || !('pid' in content) || !('since' in content)) return undefined;
  const { pid, since } = content;
  return typeof pid === 'number' && typeof since === 'string' ? { pid, since } : undefined;
}
