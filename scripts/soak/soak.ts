import type { Random } from '../../test/simulation/random.js';
import { endsWithin, requireRunning } from '../chaos/faults.js';
import type { Health } from '../chaos/health.js';
import { Recoveries } from '../chaos/recovery.js';
import { seconds } from '../chaos/timeline.js';
import type { LoadedRun } from '../chaos/under-load.js';
import { underLoad } from '../chaos/under-load.js';
import { ViolationError } from '../chaos/violation.js';
import type { FederationDirectory } from '../federation/directory.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { pause } from '../federation/pause.js';
import type { PlatformProcess } from '../federation/platform-process.js';
import type { DieOrder } from './notes.js';
import { losePower } from './notes.js';
import type { Strike } from './plan.js';
import { planStrikes } from './plan.js';

/** A platform that is to be struck as soon as it is up is struck without that after this long. */
const UP_TIMEOUT_MS = 10_000;

export interface SoakPlayOptions {
  readonly federation: LocalFederation;
  readonly directory: FederationDirectory;
  readonly random: Random;
  /** Q */
  readonly quorum: number;
  /** How often platforms are killed, one, several or all at once. */
  readonly restarts: number;
  /** Transactions per second. */
  readonly load: number;
  /** One line of the timeline. */
  readonly say: (line: string) => void;
}

export interface SoakResult extends LoadedRun {
  readonly recoveries: Recoveries;
  readonly restarts: number;
  /** Processes killed. */
  readonly kills: number;
  /** Databases from which a power failure took something. */
  readonly powerLosses: number;
  readonly bytesLost: number;
}

/** A platform that starts again, until it is up or killed. */
interface Return {
  readonly process: PlatformProcess;
  /** Resolves also where it is killed before. */
  readonly up: Promise<void>;
}

/** One run: a federation loaded, struck over and over, and after each row of strikes expected to be well by itself. */
export class Soak {
  readonly #options: SoakPlayOptions;
  readonly #names: readonly string[];
  readonly #homes: ReadonlyMap<string, string>;
  readonly #recoveries = new Recoveries();
  /** Processes that were made to end. */
  readonly #killed = new Set<PlatformProcess>();
  /** Platforms that were started again since all was well. */
  #returns = new Map<string, Return>();
  #failure: Error | undefined;
  #restarts = 0;
  #powerLosses = 0;
  #bytesLost = 0;

  constructor(options: SoakPlayOptions) {
    this.#options = options;
    this.#names = options.directory.platforms.map(({ name }) => name);
    this.#homes = new Map(options.directory.platforms.map(({ name, home }) => [name, home]));
  }

  /** All processes have ended when it returns, and when it throws. @throws FederationError where the federation does not start */
  async play(signal: AbortSignal): Promise<SoakResult> {
    const { federation, directory, load, say } = this.#options;
    const run = await underLoad({
      federation, directory, load, say, honest: this.#names, inspect: () => { this.#inspect(); }, release: () => undefined,
    }, async (health, clients) => {
      await health.recovered(performance.now(), this.#names, 'at the start', signal);
      await this.#strikeOften(health, () => clients.acknowledged.size, signal);
      say(signal.aborted ? 'interrupted' : 'no more kills; waiting for what is pending');
      const settled = await health.settled(clients, signal);
      if (settled) say(`all stand at block ${health.watch.best - 1}; ${clients.acknowledged.size} transactions were called final`);
      return settled;
    });
    return { ...run, recoveries: this.#recoveries, restarts: this.#restarts, kills: this.#killed.size, powerLosses: this.#powerLosses, bytesLost: this.#bytesLost };
  }

  #inspect(): void {
    if (this.#failure !== undefined) throw this.#failure;
    requireRunning(this.#options.federation.ended.filter((process) => !this.#killed.has(process)));
  }

  async #strikeOften(health: Health, acknowledged: () => number, signal: AbortSignal): Promise<void> {
    const { random, restarts, say } = this.#options;
    for (const planned of planStrikes({ platforms: this.#names, random })) {
      const row = planned.slice(0, restarts - this.#restarts);
      if (row.length === 0 || signal.aborted) return;
      const startMs = performance.now();
      health.watch.forgetBefore(startMs);
      this.#returns = new Map();
      for (const strike of row) {
        if (!await this.#strike(strike, signal)) return;
      }
      const endMs = performance.now();
      const last = row.at(-1)?.victims ?? [];
      const votingMs = await health.recovered(endMs, this.#names, `after ${row.length === 1 ? 'a kill' : `${row.length} kills in a row, the last`} of ${last.join(', ')}`, signal);
      if (votingMs.size < this.#names.length) return;
      const platformMs = last.map((name) => votingMs.get(name) ?? 0);
      const pausedMs = health.watch.longestPause(startMs);
      this.#recoveries.add(this.#labelOf(row), { federationMs: pausedMs, platformMs });
      say(`  ${this.#restarts} of ${restarts}: final again, longest pause ${seconds(pausedMs)}; all vote again after ${seconds(Math.max(...votingMs.values()))}; ${health.watch.best} blocks, ${acknowledged()} transactions acknowledged`);
    }
  }

  #labelOf(row: readonly Strike[]): string {
    const struck = new Set(row.flatMap(({ victims }) => victims)).size;
    const many = struck === this.#names.length ? 'all' : struck === 1 ? 'one' : this.#names.length - struck >= this.#options.quorum ? 'several' : 'several, no quorum';
    return `kill ${many}${row.length === 1 ? '' : ', again'}`;
  }

  /** @returns false where `signal` was aborted meanwhile */
  async #strike(strike: Strike, signal: AbortSignal): Promise<boolean> {
    const { federation, random, say } = this.#options;
    await this.#awaitInstant(strike, signal);
    this.#inspect();
    const processes = strike.victims.map((name) => federation.process(name));
    for (const process of processes) this.#killed.add(process);
    await this.#kill(processes, strike, signal);
    const lost = strike.powerFails ? await Promise.all(strike.victims.map((name) => losePower(this.#homes.get(name) ?? '', random))) : [];
    this.#powerLosses += lost.filter((bytes) => bytes > 0).length;
    this.#bytesLost += lost.reduce((sum, bytes) => sum + bytes, 0);
    this.#restarts += 1;
    say(`kill -9 of ${strike.victims.join(', ')}, ${strike.instant}${strike.powerFails ? `; power fails: ${lost.join(', ')} bytes lost` : ''}`);
    await pause(strike.downMs, signal);
    if (signal.aborted) return false;
    for (const name of strike.victims) await this.#startAgain(name);
    return true;
  }

  async #awaitInstant({ instant, victims, delayMs }: Strike, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    switch (instant) {
      // At a place: each process waits for itself.
      case 'signing':
      case 'proposing':
      case 'writing':
      case 'written': return;
      case 'returning':
        await Promise.race([...victims.flatMap((name) => this.#returns.get(name)?.up ?? []), pause(UP_TIMEOUT_MS, AbortSignal.any([signal, over.signal]))]);
        over.abort();
        break;
      case 'any time':
      case 'starting': break;
    }
    await pause(delayMs, signal);
  }

  async #kill(processes: readonly PlatformProcess[], { instant, delayMs, times }: Strike, signal: AbortSignal): Promise<void> {
    if (instant !== 'any time' && instant !== 'starting' && instant !== 'returning') {
      for (const process of processes) process.send({ dieAt: instant, times } satisfies DieOrder);
      await Promise.all(processes.map((process) => endsWithin(process, delayMs, signal)));
    }
    for (const process of processes) process.signal('SIGKILL');
    await Promise.all(processes.map(({ exited }) => exited));
    const otherwise = processes.find(({ exit }) => exit?.signal !== 'SIGKILL');
    if (otherwise !== undefined) throw new ViolationError(`${otherwise.name} (process ${otherwise.pid}) ended by itself, not by the kill; its log is ${otherwise.logFile}`);
  }

  async #startAgain(name: string): Promise<void> {
    const { process, up } = await this.#options.federation.spawnAgain(name);
    this.#returns.set(name, {
      process,
      up: up.catch((error: unknown) => {
        if (!this.#killed.has(process)) this.#failure ??= error instanceof Error ? error : new Error(String(error));
      }),
    });
  }
}
