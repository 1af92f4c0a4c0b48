import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformChain } from '../../scripts/federation/agreement.js';
import { readChain } from '../../scripts/federation/databases.js';
import type { FederationDescription } from '../../scripts/federation/description.js';
import { FederationError } from '../../scripts/federation/federation-error.js';
import { prepareDirectory } from '../../scripts/federation/directory.js';
import type { FederationDirectory, FederationPlatform } from '../../scripts/federation/directory.js';
import { LoadGenerator } from '../../scripts/federation/load.js';
import { COMMAND } from '../../scripts/federation/project.js';
import { PlatformProcess } from '../../scripts/federation/platform-process.js';
import type { Exit, Ready } from '../../scripts/federation/platform-process.js';
import type { PlatformStatus } from '../../src/api/platform-view.js';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';

/** A machine that does other things, too, is slow; nothing here measures time. */
const DEADLINE_MS = 60_000;
const POLL_MS = 25;
/** Of a platform's log, told where it does not answer. */
const LAST_LINES = 20;

/** What a command said, and how it ended. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface RunningProcess {
  readonly process: PlatformProcess;
  readonly ready: Ready;
}

/** What tests read of a block in the API's JSON. */
export interface BlockJson {
  readonly hash: string;
  readonly header: { readonly sequence: number; readonly prev_hash: string; readonly proposer: string };
  readonly finality_certificate: { readonly signatures: readonly { readonly platform: string }[] };
}

/** Runs the compiled `fb-pbft` command to its end. */
export function runCommand(...args: readonly string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, ...args], { timeout: DEADLINE_MS }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err });
    });
  });
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return response.json();
}

/** What went wrong, and why: `fetch` tells that only in its causes. */
function causesOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${causesOf(error.cause)}`;
}

async function lastLines(logFile: string): Promise<string> {
  return (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}

/** Resolves once `condition` gives a value; what it throws counts as not yet, unless a platform has ended of itself. */
export async function until<T>(what: string, condition: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + DEADLINE_MS;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined) return value;
      last = undefined;
    } catch (error) {
      if (error instanceof FederationError && error.code === 'platform-ended') throw error;
      last = error;
    }
    if (performance.now() > endMs) throw new Error(`waited ${DEADLINE_MS} ms in vain until ${what}${last === undefined ? '' : `; at last: ${causesOf(last)}`}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Platforms as processes of the compiled command on loopback, in a directory of their own, started and ended one by one. */
export class ProcessFederation {
  readonly directory: FederationDirectory;
  readonly #running = new Map<string, RunningProcess>();
  readonly #lastAddresses = new Map<string, readonly string[]>();
  #logs = '';

  static async create(...names: readonly string[]): Promise<ProcessFederation> {
    const platforms = names.map((name) => ({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' }));
    const description: FederationDescription = { society: 'lct:web4:society:processes', fastPath: 'largest', platforms, bootstrap: [names[0] ?? ''] };
    const path = await mkdtemp(join(tmpdir(), 'fb-pbft-processes-'));
    return new ProcessFederation(await prepareDirectory(path, description, platforms, false));
  }

  private constructor(directory: FederationDirectory) {
    this.directory = directory;
  }

  get names(): readonly string[] {
    return this.directory.platforms.map(({ name }) => name);
  }

  /** Of all processes that have ended so far. */
  get logs(): string {
    return this.#logs;
  }

  platform(name: string): FederationPlatform {
    const platform = this.directory.platforms.find((candidate) => candidate.name === name);
    if (platform === undefined) throw new Error(`there is no platform ${name}`);
    return platform;
  }

  home(name: string): string {
    return this.platform(name).home;
  }

  url(name: string): string {
    return this.#of(name).ready.url;
  }

  listenAddress(name: string): string {
    return this.#of(name).ready.listenAddresses[0] ?? '';
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Arguments of `fb-pbft start` for a platform, as a person would give them. */
  startArguments(name: string, changed: { readonly listen?: string; readonly genesis?: string; readonly home?: string; readonly api?: string } = {}): string[] {
    const known = [...this.#running.values()].flatMap(({ ready }) => ready.listenAddresses).slice(0, 1);
    const own = this.#lastAddresses.get(name)?.map((address) => address.replace(/\/p2p\/.*$/, ''));
    return [
      'start', '--home', changed.home ?? this.home(name), '--genesis', changed.genesis ?? this.directory.genesisFile,
      '--listen', ...(changed.listen === undefined ? own ?? ['/ip4/127.0.0.1/tcp/0'] : [changed.listen]),
      '--api', changed.api ?? '127.0.0.1:0',
      ...(known.length === 0 ? [] : ['--bootstrap', ...known]),
    ];
  }

  /** Starts a platform where it listened before, or at `listen`. */
  async start(name: string, listen?: string): Promise<void> {
    const process = new PlatformProcess({
      name, command: COMMAND, logFile: join(this.home(name), 'platform.log'),
      args: this.startArguments(name, listen === undefined ? {} : { listen }),
    });
    try {
      const ready = await process.ready(DEADLINE_MS);
      this.#running.set(name, { process, ready });
      this.#lastAddresses.set(name, ready.listenAddresses);
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  /** A platform that is no member, with a home and genesis of its own, that is told of this federation's addresses. */
  async startOutsider(name: string, home: string, genesis: string): Promise<{ status(): Promise<PlatformStatus>; stop(): Promise<Exit> }> {
    const process = new PlatformProcess({
      name, command: COMMAND, logFile: join(home, 'platform.log'),
      args: this.startArguments(name, { home, genesis }),
    });
    try {
      const { url } = await process.ready(DEADLINE_MS);
      return { status: async () => await getJson(`${url}/consensus/status`) as PlatformStatus, stop: () => process.stop() };
    } catch (error) {
      await process.stop();
      throw error;
    }
  }

  /** Starts those that do not run; resolves once all are connected to all. */
  async startAll(): Promise<void> {
    const [first, ...others] = this.names.filter((name) => !this.isRunning(name));
    // The others are told the first one's address.
    if (first !== undefined) await this.start(first);
    await Promise.all(others.map((name) => this.start(name)));
    await until('every platform is connected to every other', async () => {
      const statuses = await this.statuses();
      return statuses.every(({ peers, n }) => peers.length === n - 1) ? true : undefined;
    });
  }

  /** As the operating system or a person would end it; resolves once it has ended. */
  async signal(name: string, signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM'): Promise<Exit> {
    const { process: child } = this.#of(name);
    process.kill(child.pid, signal);
    const exit = await child.exited;
    await this.#ended(name);
    return exit;
  }

  /** Stops a process where it is, or lets it go on: what a laptop's lid does. */
  freeze(name: string, isFrozen: boolean): void {
    process.kill(this.#of(name).process.pid, isFrozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Ends what still runs and removes the directory. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#running].map(async ([name, { process }]) => {
      await process.stop();
      await this.#ended(name);
    }));
    await rm(this.directory.path, { recursive: true });
  }

  async status(name: string): Promise<PlatformStatus> {
    return await this.#get(name, '/consensus/status') as PlatformStatus;
  }

  statuses(names: readonly string[] = this.names): Promise<PlatformStatus[]> {
    return Promise.all(names.map((name) => this.status(name)));
  }

  async block(name: string, which: number | 'latest'): Promise<BlockJson> {
    return await this.#get(name, `/blocks/${which}`) as BlockJson;
  }

  /** Resolves once each of these platforms has `count` more committed blocks than now. */
  async progress(count: number, names: readonly string[] = this.names): Promise<void> {
    const before = await this.statuses(names);
    const goal = Math.max(...before.map(({ sequence }) => sequence)) + count;
    await until(`${names.join(', ')} have ${goal} blocks`, async () => (
      (await this.statuses(names)).every(({ sequence }) => sequence >= goal) ? true : undefined));
  }

  /** A stream of signed transactions through these platforms, until stopped. */
  load(names: readonly string[] = this.names, transactionsPerSecond = 40): LoadGenerator {
    const { chainId } = this.directory.genesis;
    return new LoadGenerator({
      transactionsPerSecond,
      clients: names.map((name) => {
        const signer = createSigner(generateSeed());
        return {
          url: this.url(name),
          publicKey: signer.publicKey,
          transaction: (nonce) => createTransaction(
            { chainId, sender: signer.publicKey, nonce, payload: encodePut(`load/${name}`, String(nonce)) }, (message) => signer.sign(message)).bytes,
        };
      }),
    });
  }

  /** Blocks in a stopped platform's own database. */
  chain(name: string): Promise<PlatformChain> {
    return readChain(name, this.home(name), this.directory.genesis, Number.MAX_SAFE_INTEGER);
  }

  /** @throws FederationError `platform-ended`, with what it said last, where its process is gone; Error naming it else */
  async #get(name: string, path: string): Promise<unknown> {
    const { process, ready } = this.#of(name);
    try {
      return await getJson(ready.url + path);
    } catch (error) {
      // A connection is refused a moment before the process is known to have ended.
      const exit = await Promise.race([process.exited, new Promise<undefined>((resolve) => { setTimeout(resolve, POLL_MS, undefined); })]);
      if (exit === undefined) throw new Error(`${name} does not answer: ${causesOf(error)}\n${await lastLines(process.logFile)}`, { cause: error });
      throw new FederationError('platform-ended', `${(await process.endedError()).message}\n${await lastLines(process.logFile)}`);
    }
  }

  async #ended(name: string): Promise<void> {
    const { process } = this.#of(name);
    this.#running.delete(name);
    this.#logs += await readFile(process.logFile, 'utf8');
  }

  #of(name: string): RunningProcess {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`${name} does not run`);
    return running;
  }
}
