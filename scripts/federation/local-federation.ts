import { join } from 'node:path';
import { readApiFile } from '../../src/cli/api-file.js';
import { availableAddress, rememberAddresses } from './directory.js';
import type { FederationDirectory, FederationPlatform } from './directory.js';
import type { LoadClient } from './load.js';
import { createLoadClient } from './load-client.js';
import { fetchStatus } from './observer.js';
import type { FederationObserver, ObservedPlatform, ProcessState } from './observer.js';
import { FederationError } from './federation-error.js';
import { exitText, PlatformProcess } from './platform-process.js';
import type { PlatformProcessOptions, Ready } from './platform-process.js';

/** What runs a platform, and how. */
export type PlatformProgram = Pick<PlatformProcessOptions, 'command' | 'nodeArguments'>;

export interface LocalFederationOptions {
  readonly directory: FederationDirectory;
  /** Path of the compiled `fb-pbft` command. */
  readonly command: string;
  /** Names of the platforms that the others connect to first, or multiaddrs. */
  readonly bootstrap: readonly string[];
  /** How long a platform may take to start. */
  readonly timeoutMs: number;
  /** Further arguments of `fb-pbft start`. */
  readonly startArguments?: readonly string[];
  /** Platforms that another program than `command` runs, by name. */
  readonly programs?: ReadonlyMap<string, PlatformProgram>;
}

/** All platforms of one host, each in a process of its own. */
export class LocalFederation {
  readonly #directory: FederationDirectory;
  readonly #options: LocalFederationOptions;
  readonly #processes: PlatformProcess[] = [];
  /** Processes started so far, by platform. */
  readonly #starts = new Map<string, number>();
  /** Where platforms listened when last up. */
  readonly #lastAddresses = new Map<string, readonly string[]>();
  readonly #ready = new Map<string, Ready>();
  /** Process ids of those that answered when last asked, by name. */
  readonly #answering = new Map<string, number>();

  constructor(options: LocalFederationOptions) {
    this.#options = options;
    this.#directory = options.directory;
  }

  get processes(): readonly PlatformProcess[] {
    return this.#processes;
  }

  /** URL of a platform's HTTP API; undefined before it is up. */
  url(name: string): string | undefined {
    return this.#ready.get(name)?.url;
  }

  /** Multiaddrs that a platform listened on when last up; none before. */
  listenAddresses(name: string): readonly string[] {
    return this.#lastAddresses.get(name) ?? [];
  }

  /**
   * Starts the platforms that the others connect to first, then the others.
   * @param keepGoing whether those that end meanwhile are left so, as long as one is up
   * @throws FederationError `platform-ended` or `no-start`; those already running keep running until `stop`
   */
  async start(keepGoing = false): Promise<void> {
    const { platforms } = this.#directory;
    const addresses = this.#options.bootstrap.filter((entry) => entry.startsWith('/'));
    const named = platforms.filter(({ name }) => this.#options.bootstrap.includes(name));
    const first = named.length > 0 || addresses.length > 0 ? named : platforms.slice(0, 1);
    const ends: FederationError[] = [];
    const leaveEnded = (error: unknown): undefined => {
      if (!(keepGoing && error instanceof FederationError && error.code === 'platform-ended')) throw error;
      ends.push(error);
      return undefined;
    };
    for (const platform of first) addresses.push(...(await this.#startOne(platform, addresses).catch(leaveEnded))?.listenAddresses ?? []);
    const rest = platforms.filter((platform) => !first.includes(platform));
    const processes = rest.map((platform) => ({ platform, process: this.#spawn(platform, addresses) }));
    await Promise.all(processes.map(({ platform, process }) => this.#awaitReady(platform, process).catch(leaveEnded)));
    const [end] = ends;
    if (this.#ready.size === 0 && end !== undefined) throw end;
    await rememberAddresses(this.#directory, new Map([...this.#ready].map(([name, { listenAddresses }]) => [name, listenAddresses])));
  }

  /**
   * Starts a platform that has ended, where it listened before if it still can.
   * @param launcher a command that runs it and becomes it
   * @throws FederationError `running`, `platform-ended` or `no-start`
   */
  async startAgain(name: string, launcher: readonly string[] = []): Promise<void> {
    await (await this.spawnAgain(name, launcher)).up;
  }

  /**
   * As `startAgain`, but does not wait until the platform is up.
   * @returns `up` rejects with what `startAgain` throws of its start
   * @throws FederationError `running`
   */
  async spawnAgain(name: string, launcher: readonly string[] = []): Promise<{ readonly process: PlatformProcess; readonly up: Promise<void> }> {
    const platform = this.#directory.platforms.find((candidate) => candidate.name === name);
    const ended = this.process(name);
    if (platform === undefined || ended.exit === undefined) throw new FederationError('running', `${name} has not ended`);
    const listen = await Promise.all((this.#lastAddresses.get(name) ?? platform.listen).map((address) => availableAddress(address.replace(/\/p2p\/.*$/, ''))));
    const others = [...this.#lastAddresses].filter(([other]) => other !== name).flatMap(([, addresses]) => addresses);
    this.#ready.delete(name);
    this.#processes.splice(this.#processes.indexOf(ended), 1);
    const process = this.#spawn({ ...platform, listen }, others, launcher);
    return { process, up: this.#awaitReady(platform, process).then(() => undefined) };
  }

  /** The platform's latest process. @throws FederationError `no-start` where it was never started */
  process(name: string): PlatformProcess {
    const process = this.#processes.find((candidate) => candidate.name === name);
    if (process === undefined) throw new FederationError('no-start', `${name} was never started`);
    return process;
  }

  /** A new account for each platform, whose transactions go there. */
  loadClients(payload: (client: number, nonce: number) => Uint8Array): LoadClient[] {
    const { chainId } = this.#directory.genesis;
    return [...this.#ready.values()].map(({ url }, client) => createLoadClient(url, chainId, (nonce) => payload(client, nonce)));
  }

  /** Asks every platform where it stands; those that do not answer keep their last status. */
  async observe(observer: FederationObserver): Promise<void> {
    const answers = await Promise.allSettled(this.#processes.map(async ({ name, pid, exit }) => {
      // A platform that ended may have been started again by hand: its home tells.
      const at = exit === undefined ? { url: this.url(name), pid, instance: undefined } : await readApiFile(this.#home(name));
      return at?.url === undefined ? undefined : { name, pid: at.pid, status: await fetchStatus(at.url, undefined, at.instance) };
    }));
    this.#answering.clear();
    for (const answer of answers) {
      if (answer.status === 'rejected' || answer.value === undefined) continue;
      this.#answering.set(answer.value.name, answer.value.pid);
      observer.observe(answer.value.name, answer.value.status);
    }
    observer.sample(performance.now());
  }

  picture(observer: FederationObserver): ObservedPlatform[] {
    return this.#directory.platforms.map(({ name }) => ({ name, status: observer.status(name), process: this.#stateOf(name) }));
  }

  #stateOf(name: string): ProcessState {
    const answeringPid = this.#answering.get(name);
    if (answeringPid !== undefined) return { type: 'answering', pid: answeringPid };
    const process = this.#processes.find((candidate) => candidate.name === name);
    if (process === undefined) return { type: 'ended', how: 'was not started' };
    return process.exit === undefined ? { type: 'silent', pid: process.pid } : { type: 'ended', how: exitText(process.exit) };
  }

  /** Platforms that ended without being asked to. */
  get ended(): readonly PlatformProcess[] {
    return this.#processes.filter(({ exit, stopping }) => exit !== undefined && !stopping);
  }

  /** Stops all, cleanly where they let it. @returns names of those that had to be killed or ended with an error */
  async stop(): Promise<readonly string[]> {
    const running = this.#processes.filter(({ exit }) => exit === undefined);
    await Promise.all(running.map((process) => process.stop()));
    return running.filter(({ endedCleanly }) => !endedCleanly).map(({ name }) => name);
  }

  #home(name: string): string {
    return join(this.#directory.path, name);
  }

  async #startOne(platform: FederationPlatform, bootstrap: readonly string[]): Promise<Ready> {
    return this.#awaitReady(platform, this.#spawn(platform, bootstrap));
  }

  async #awaitReady(platform: FederationPlatform, process: PlatformProcess): Promise<Ready> {
    const ready = await process.ready(this.#options.timeoutMs);
    this.#ready.set(platform.name, ready);
    this.#lastAddresses.set(platform.name, ready.listenAddresses);
    return ready;
  }

  #spawn({ name, home, listen, api }: FederationPlatform, bootstrap: readonly string[], launcher: readonly string[] = []): PlatformProcess {
    const starts = this.#starts.get(name) ?? 0;
    this.#starts.set(name, starts + 1);
    const process = new PlatformProcess({
      name, launcher,
      ...this.#options.programs?.get(name) ?? { command: this.#options.command },
      logFile: join(home, starts === 0 ? 'platform.log' : `platform-${starts}.log`),
      args: [
        'start', '--home', home, '--genesis', this.#directory.genesisFile, '--api', api,
        '--listen', ...listen,
        ...(bootstrap.length === 0 ? [] : ['--bootstrap', ...bootstrap]),
        ...this.#options.startArguments ?? [],
      ],
    });
    this.#processes.push(process);
    return process;
  }
}
