import { join } from 'node:path';
import type { FederationDirectory, FederationPlatform } from '../federation/directory.js';
import type { FederationError } from '../federation/federation-error.js';
import { PlatformProcess } from '../federation/platform-process.js';
import { Namespaces } from './namespaces.js';

/** Every host has these to itself. */
export const P2P_PORT = 4001;
export const API_PORT = 4080;
/** A new Node.js process on a busy machine. */
const START_TIMEOUT_MS = 60_000;

export interface LabHostOptions {
  /** From 1. */
  readonly number: number;
  readonly platform: FederationPlatform;
  readonly directory: FederationDirectory;
  readonly namespace: string;
  /** Path of the compiled `fb-pbft` command. */
  readonly command: string;
  readonly bootstrap: readonly string[];
}

/** One host of a lab with the platform that runs on it. */
export class LabHost {
  readonly number: number;
  readonly name: string;
  readonly #options: LabHostOptions;
  #process: PlatformProcess | undefined;
  #frozen = false;
  #killed = false;

  constructor(options: LabHostOptions) {
    this.#options = options;
    this.number = options.number;
    this.name = options.platform.name;
  }

  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined;
  }

  get running(): boolean {
    return this.#process !== undefined && this.#process.exit === undefined;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** @throws FederationError where it does not start */
  async start(): Promise<void> {
    const { platform, directory, command, namespace, bootstrap } = this.#options;
    this.#killed = false;
    this.#process = new PlatformProcess({
      name: this.name, command, launcher: Namespaces.launcher(namespace), logFile: join(platform.home, 'platform.log'),
      args: [
        'start', '--home', platform.home, '--genesis', directory.genesisFile, '--listen', ...platform.listen,
        '--api', platform.api, ...(bootstrap.length === 0 ? [] : ['--bootstrap', ...bootstrap]),
      ],
    });
    await this.#process.ready(START_TIMEOUT_MS);
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    if (this.#process === undefined || !this.running) return;
    this.#killed = true;
    process.kill(this.#process.pid, 'SIGKILL');
    await this.#process.exited;
    this.#frozen = false;
  }

  /** Why the platform is not running any more, where nobody meant it to end. */
  async unmeantEnd(): Promise<FederationError | undefined> {
    return this.#process?.exit === undefined || this.#killed ? undefined : this.#process.endedError();
  }

  /** SIGSTOP: the process, with all its connections, stands still, as on a suspended laptop. */
  freeze(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGSTOP');
    this.#frozen = true;
  }

  thaw(): void {
    if (this.pid !== undefined) process.kill(this.pid, 'SIGCONT');
    this.#frozen = false;
  }

  /** @returns why it did not end cleanly, where it did not */
  async stop(): Promise<FederationError | undefined> {
    if (this.#frozen) this.thaw();
    await this.#process?.stop();
    return this.#process?.endedCleanly === true ? undefined : this.unmeantEnd();
  }
}
