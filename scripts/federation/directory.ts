import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { CryptoError } from '../../src/crypto/crypto-error.js';
import { createPlatformKey, loadPlatformKey } from '../../src/crypto/key-store.js';
import type { PlatformKey } from '../../src/crypto/key-store.js';
import { makeDirectory } from '../../src/crypto/make-directory.js';
import { readGenesisFile, serializeGenesis } from '../../src/ledger/genesis-file.js';
import { buildGenesis } from '../../src/ledger/genesis.js';
import type { Genesis } from '../../src/types/genesis.js';
import { toPlatformName } from '../../src/types/ids.js';
import { ApiClient } from '../../src/cli/api-client.js';
import type { DescribedPlatform, FederationDescription } from './description.js';
import { FederationError } from './federation-error.js';

const STATE_FILE = 'federation.json';
const GENESIS_FILE = 'genesis.json';

const stateSchema = z.object({
  platforms: z.array(z.object({
    name: z.string(),
    /** Multiaddrs last listened on, so that a restart finds the same ports. */
    listen: z.array(z.string()),
  })),
});
type State = z.infer<typeof stateSchema>;

/** A platform of the federation with its place on disk. */
export interface FederationPlatform {
  readonly name: string;
  readonly home: string;
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[];
  /** HOST:PORT of the HTTP API. */
  readonly api: string;
}

/** A directory that holds keys, genesis and databases of all platforms of one host. */
export interface FederationDirectory {
  readonly path: string;
  readonly genesisFile: string;
  readonly genesis: Genesis;
  readonly platforms: readonly FederationPlatform[];
}

async function readState(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(join(path, STATE_FILE), 'utf8');
  } catch {
    return undefined;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch {
    throw new FederationError('directory', `${join(path, STATE_FILE)} is damaged; start a new chain with --fresh`);
  }
}

/** Whether the platform of this home answers now. */
async function answers(home: string): Promise<boolean> {
  try {
    await (await ApiClient.find({ home })).get('/health', 2000);
    return true;
  } catch {
    return false;
  }
}

async function refuseRunning(path: string, state: State | undefined): Promise<void> {
  for (const { name } of state?.platforms ?? []) {
    if (await answers(join(path, name))) {
      throw new FederationError('running', `${name} runs on ${join(path, name)} already; stop it first, or give another --dir`);
    }
  }
}

/** @throws FederationError `directory` where what is there was not made by this script */
async function removeFederation(path: string, state: State | undefined): Promise<void> {
  const entries = await readdir(path).catch((): string[] => []);
  if (entries.length === 0) return;
  if (state === undefined && !entries.includes(STATE_FILE)) {
    throw new FederationError('directory', `${path} holds other files than a federation's, and is left alone; give an empty --dir`);
  }
  await rm(path, { recursive: true });
}

async function keyOf(home: string, name: string): Promise<PlatformKey> {
  try {
    return await loadPlatformKey(home);
  } catch (error) {
    if (error instanceof CryptoError && error.code === 'key-missing') return createPlatformKey(home, toPlatformName(name));
    throw error;
  }
}

/** Makes the keys and the genesis, as far as an earlier first start did not get to. */
async function makeSociety(path: string, description: FederationDescription, platforms: readonly DescribedPlatform[]): Promise<void> {
  await makeDirectory(path);
  await writeState(path, platforms);
  const members = await Promise.all(platforms.map(({ name }) => keyOf(join(path, name), name)));
  const genesis = buildGenesis({
    society: description.society,
    timestampMs: Date.now(),
    parameters: { fastPath: description.fastPath },
    members: members.map(({ name, publicKey }) => ({ name, publicKey })),
  });
  await writeFile(join(path, GENESIS_FILE), serializeGenesis(genesis), { flag: 'wx' });
}

async function writeState(path: string, platforms: readonly { readonly name: string; readonly listen: readonly string[] }[]): Promise<void> {
  const state: State = { platforms: platforms.map(({ name, listen }) => ({ name, listen: [...listen] })) };
  await writeFile(join(path, STATE_FILE), `${JSON.stringify(state, undefined, 2)}\n`);
}

/** Whether a TCP port can be had on this host now. */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolvePromise) => {
    const server = createServer();
    server.once('error', () => { resolvePromise(false); });
    server.listen({ host, port, exclusive: true }, () => server.close(() => { resolvePromise(true); }));
  });
}

/** The address with the port it had, or with any free one where another process has taken that. */
export async function availableAddress(address: string): Promise<string> {
  const match = /^(\/ip[46]\/([^/]+)\/tcp\/)(\d+)/.exec(address);
  const [, prefix, host, port] = match ?? [];
  if (prefix === undefined || host === undefined || port === undefined) return address;
  return await isFree(host, Number(port)) ? `${prefix}${port}` : `${prefix}0`;
}

/**
 * Makes keys and genesis at the first start, and finds them again afterwards.
 * @param fresh whether to delete a federation that is there
 * @throws FederationError `wrong-size`, `running` or `directory`; CryptoError and GenesisError on damaged files
 */
export async function prepareDirectory(
  dir: string, description: FederationDescription, platforms: readonly DescribedPlatform[], fresh: boolean,
): Promise<FederationDirectory> {
  const path = resolve(dir);
  let state = await readState(path).catch((error: unknown) => {
    if (fresh) return undefined;
    throw error;
  });
  await refuseRunning(path, state);
  if (fresh) {
    await removeFederation(path, state);
    state = undefined;
  }
  const names = platforms.map(({ name }) => name).join(', ');
  if (state !== undefined && state.platforms.map(({ name }) => name).join(', ') !== names) {
    const { length: count } = state.platforms;
    throw new FederationError('wrong-size', `${path} holds a federation of ${count} (${state.platforms.map(({ name }) => name).join(', ')}), not of ${platforms.length} (${names}); give --platforms ${count}, another --dir, or --fresh to delete it and start a new chain`);
  }
  const genesisFile = join(path, GENESIS_FILE);
  if (!existsSync(genesisFile)) await makeSociety(path, description, platforms);
  const genesis = await readGenesisFile(genesisFile);
  const known = new Map(state?.platforms.map(({ name, listen }) => [name, listen]));
  return {
    path, genesisFile, genesis,
    platforms: await Promise.all(platforms.map(async ({ name, listen, api }) => {
      const home = join(path, name);
      await loadPlatformKey(home);
      return { name, home, api, listen: await Promise.all((known.get(name) ?? listen).map(availableAddress)) };
    })),
  };
}

/** Remembers where platforms listen. @param listening name of a platform → its multiaddrs, with or without PeerId */
export async function rememberAddresses({ path, platforms }: FederationDirectory, listening: ReadonlyMap<string, readonly string[]>): Promise<void> {
  await writeState(path, platforms.map(({ name, listen }) => (
    { name, listen: listening.get(name)?.map((address) => address.replace(/\/p2p\/.*$/, '')) ?? listen })));
}
