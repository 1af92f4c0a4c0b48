import { readFile } from 'node:fs/promises';
import type { Logger } from 'pino';

/** Two links to a member may exist for a moment, while both dial. */
const PER_MEMBER = 2;
/** Handshakes that are not finished (network/options.ts). */
const HANDSHAKES = 64;
/** Connections of HTTP clients (api/limits.ts). */
const HTTP = 128;
/** The database's tables are mapped into memory; its logs, tables being written, snapshots, small files and the runtime's own. */
const FILES = 64;

/** File descriptors that a platform of a society of `memberCount` may need at once. */
export function neededOpenFiles(memberCount: number): number {
  return PER_MEMBER * (memberCount - 1) + HANDSHAKES + HTTP + FILES;
}

/** The soft limit of open files in the text of Linux's /proc/self/limits; undefined where it has none. */
export function openFilesLimit(text: string): number | undefined {
  const limit = /^Max open files +(\d+) /m.exec(text)?.[1];
  return limit === undefined ? undefined : Number(limit);
}

/** Warns where this process may open too few files. Node.js has raised the soft limit to the hard one by now. */
export async function warnOfFewOpenFiles(memberCount: number, logger: Logger): Promise<void> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const limit = openFilesLimit(text);
  const needed = neededOpenFiles(memberCount);
  if (limit === undefined || limit >= needed) return;
  logger.warn({ limit, needed }, 'this process may open few files and sockets, and may have to refuse connections: raise the limit (ulimit -n, or LimitNOFILE= of a systemd service)');
}
