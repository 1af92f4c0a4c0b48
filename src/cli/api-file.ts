import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toHash, toPublicKeyHex } from '../types/ids.js';
import { CliError } from './cli-error.js';

const API_FILE = 'api.json';
const hexSchema = z.string().regex(/^[0-9a-f]{64}$/);
const apiFileSchema = z.object({
  url: z.url(),
  pid: z.int(),
  instance: z.string().min(1),
  chainId: hexSchema.transform(toHash),
  publicKey: hexSchema.transform((key) => toPublicKeyHex(key)),
});

/**
 * What a running platform leaves in its home so that other commands find it, and know that it is the one that answers:
 * after a crash the file stays, and anything may take the port.
 */
export type ApiFile = z.infer<typeof apiFileSchema>;

function apiFilePath(home: string): string {
  return join(home, API_FILE);
}

/** Written whole or not at all: another command may read it at any moment. */
export async function writeApiFile(home: string, content: ApiFile): Promise<void> {
  const path = apiFilePath(home);
  const draft = `${path}.${content.pid}`;
  await writeFile(draft, `${JSON.stringify(content)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Removes the file where it is still that of process `pid`. */
export async function removeApiFile(home: string, pid: number): Promise<void> {
  const content = await readApiFile(home).catch(() => undefined);
  if (content?.pid === pid) await rm(apiFilePath(home), { force: true });
}

/**
 * @returns undefined where there is no such file: no platform runs on this home
 * @throws CliError `failed` where the file is not one of ours
 */
export async function readApiFile(home: string): Promise<ApiFile | undefined> {
  const path = apiFilePath(home);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    return apiFileSchema.parse(JSON.parse(text));
  } catch {
    throw new CliError('failed', `${path} is damaged, or of another version; restart the platform, or give its address with --api URL`);
  }
}
