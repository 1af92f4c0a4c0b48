import { open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PlatformName, PublicKeyHex } from '../types/ids.js';
import { toPlatformName } from '../types/ids.js';
import { CryptoError } from './crypto-error.js';
import { createSigner, generateSeed } from './ed25519.js';
import { bytesToHex, hexToBytes } from './hash.js';
import { makeDirectory } from './make-directory.js';

/** A platform's identity: its name and its one Ed25519 key. `seed` is secret: 32 bytes, never to be shown or logged. */
export interface PlatformKey {
  readonly name: PlatformName;
  readonly publicKey: PublicKeyHex;
  readonly seed: Uint8Array;
}

const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

const keyFile = z.object({
  platform: z.string(),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  seed: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Where a home keeps its key. */
export function platformKeyPath(home: string): string {
  return join(home, 'platform.key');
}

/** The identity of a secret seed. @throws CryptoError `bad-seed` unless it is 32 bytes */
export function platformKeyOf(name: PlatformName, seed: Uint8Array): PlatformKey {
  return { name, publicKey: createSigner(seed).publicKey, seed };
}

/**
 * Makes a key and writes it to `<home>/platform.key`, mode 0600, synced with its folder. `home` is created if need be.
 * @throws CryptoError `key-exists` when there is one already, which is never overwritten; `key-unreadable`
 */
export async function createPlatformKey(home: string, name: PlatformName): Promise<PlatformKey> {
  const key = platformKeyOf(name, generateSeed());
  const path = platformKeyPath(home);
  const text = `${JSON.stringify({ platform: name, publicKey: key.publicKey, seed: bytesToHex(key.seed) }, null, 2)}\n`;
  try {
    await makeDirectory(home, 0o700);
    await writeNew(path, text);
    await syncFolder(home);
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST')) {
      throw new CryptoError('key-exists', `${path}: there is a key already, and it is never overwritten; choose another --home`, { cause });
    }
    throw new CryptoError('key-unreadable', `${path}: cannot be written: ${messageOf(cause)}`, { cause });
  }
  return key;
}

/**
 * Reads `<home>/platform.key`.
 * @throws CryptoError `key-missing`, `key-too-open`, `key-malformed` or `key-unreadable`, each saying what to do
 */
export function loadPlatformKey(home: string): Promise<PlatformKey> {
  return loadKeyFile(platformKeyPath(home), `make one with: fb-pbft init --home ${home} --platform NAME`);
}

/**
 * Reads a key file by its own path.
 * @param whereMissing what to do where there is none
 * @throws CryptoError as `loadPlatformKey`
 */
export async function loadKeyFile(path: string, whereMissing: string): Promise<PlatformKey> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
      throw new CryptoError('key-too-open', `${path}: others may read this secret key (mode ${(mode & 0o777).toString(8).padStart(4, '0')}); run: chmod 600 ${path}`);
    }
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    if (isSystemError(cause, 'ENOENT')) {
      throw new CryptoError('key-missing', `${path}: there is no key; ${whereMissing}`, { cause });
    }
    throw new CryptoError('key-unreadable', `${path}: cannot be read: ${messageOf(cause)}`, { cause });
  }
  return parseKeyFile(path, text);
}

function parseKeyFile(path: string, text: string): PlatformKey {
  // The causes are left out: a parser's message may quote the secret.
  const malformed = (why: string): CryptoError => new CryptoError('key-malformed', `${path}: ${why}; restore it from a backup`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed('is not JSON');
  }
  const parsed = keyFile.safeParse(json);
  if (!parsed.success) {
    throw malformed(`field ${parsed.error.issues[0]?.path.join('.') ?? ''} is missing or malformed`);
  }
  let name: PlatformName;
  try {
    name = toPlatformName(parsed.data.platform);
  } catch (cause) {
    throw malformed(messageOf(cause));
  }
  const key = platformKeyOf(name, hexToBytes(parsed.data.seed));
  if (key.publicKey !== parsed.data.publicKey) throw malformed('publicKey does not belong to seed');
  return key;
}

/** Creates a file that must not exist yet; what could not be written whole is taken away again. */
async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (cause) {
    await rm(path, { force: true });
    throw cause;
  } finally {
    await file.close();
  }
}

/** A new file is durable only once its folder is. Windows cannot open folders, and does not need this. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
