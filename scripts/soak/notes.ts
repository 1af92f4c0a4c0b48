import { readFile, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { readStatement } from '../../test/checker/statement-bytes.js';
import type { SignedStatement } from '../../test/checker/layouts.js';
import type { Random } from '../../test/simulation/random.js';

/** Where a platform can be told to end, once it has come there so many times (witness.ts). */
export const PLACES = ['signing', 'proposing', 'writing', 'written'] as const;
export type Place = (typeof PLACES)[number];
/** What the witness in a platform's process is told. */
export interface DieOrder {
  readonly dieAt: Place;
  readonly times: number;
}

/** Arguments of Node.js by which a platform's process has a witness. @param witness path of the compiled module */
export function witnessed(witness: string, home: string): readonly string[] {
  const url = pathToFileURL(witness);
  url.searchParams.set('home', home);
  return ['--import', url.href];
}

const syncedSchema = z.object({ log: z.string(), bytes: z.int().min(0) });

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

/** Every statement that a platform signed in all its lives. What a kill cut short was not signed yet. */
export async function readSigned(home: string): Promise<SignedStatement[]> {
  return (await readIfThere(join(home, 'signed.statements'))).split('\n').flatMap((line) => readStatement(Buffer.from(line, 'hex')) ?? []);
}

/**
 * What a power failure can do to the database of a platform that was killed: all, or a part chosen by chance, of what
 * LevelDB's log took after the last batch that was synced is gone. LevelDB itself syncs the rest (tables, MANIFEST).
 * @returns bytes lost
 */
export async function losePower(home: string, random: Random): Promise<number> {
  const directory = join(home, 'db');
  const log = (await readdir(directory).catch((): string[] => [])).filter((name) => name.endsWith('.log')).sort().at(-1);
  if (log === undefined) return 0;
  const path = join(directory, log);
  const { size } = await stat(path);
  const text = await readIfThere(join(home, 'synced.json'));
  const synced = text === '' ? undefined : syncedSchema.parse(JSON.parse(text));
  // A log that came after is one to which nothing was synced yet.
  const kept = synced?.log === log ? synced.bytes : 0;
  const left = random.chance(0.5) ? kept : random.integer(Math.min(kept, size), size);
  if (left >= size) return 0;
  await truncate(path, left);
  return size - left;
}
