import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processUsage } from '../bench/process-usage.js';
import type { FederationDirectory } from '../federation/directory.js';
import { LoadGenerator } from '../federation/load.js';
import { createLoadClient } from '../federation/load-client.js';
import { FederationObserver, fetchStatus } from '../federation/observer.js';
import type { ObservedStatus } from '../federation/observer.js';
import { pause } from '../federation/pause.js';
import { encodePut } from '../../src/ledger/key-value.js';
import { API_PORT, LabHost, P2P_PORT } from './lab-host.js';
import { LabError } from './lab-error.js';
import type { Links } from './links.js';
import type { Namespaces } from './namespaces.js';
import type { Timeline } from './timeline.js';
import type { Failures } from './verdict.js';

export interface LabOptions {
  readonly directory: FederationDirectory;
  readonly namespaces: Namespaces;
  readonly links: Links;
  readonly command: string;
  readonly timeline: Timeline;
  readonly failures: Failures;
  /** Transactions per second, over all hosts. */
  readonly load: number;
  readonly signal: AbortSignal;
}

/** How often every platform is asked where it stands: recovery times are as exact as this. */
const OBSERVE_MS = 100;
const STATUS_TIMEOUT_MS = 1_000;
const LOAD_KEYS = 1_000;
/** Rates are over the last 5 s. */
const WARM_UP_MS = 6_000;

/** CPU time and memory of hosts between two instants. */
export interface Usage {
  /** Of one core, the busiest host. */
  readonly cpuPercent: number;
  /** The host whose resident memory grew most. */
  readonly residentGrowthMb: number;
}

/** Running hosts, under load and under observation, with what a scenario may do to them and demand of them. */
export class Lab {
  readonly hosts: readonly LabHost[];
  readonly links: Links;
  readonly #options: LabOptions;
  readonly #observer: FederationObserver;
  readonly #statuses = new Map<number, ObservedStatus>();
  readonly #measures = new Map<string, number>();
  readonly #loads: LoadGenerator[] = [];

  constructor(options: LabOptions) {
    this.#options = options;
    this.links = options.links;
    const { directory, namespaces, command } = options;
    this.hosts = directory.platforms.map((platform, index) => new LabHost({
      number: index + 1, platform, directory, namespace: namespaces.host(index + 1), command,
      bootstrap: index === 0 ? [] : [`/ip4/${this.links.address(1)}/tcp/${P2P_PORT}`],
    }));
    this.#observer = new FederationObserver(this.hosts.map(({ name }) => name), performance.now());
  }

  get measures(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#measures);
  }

  get observer(): FederationObserver {
    return this.#observer;
  }

  get numbers(): readonly number[] {
    return this.hosts.map(({ number }) => number);
  }

  /** @throws LabError where there is no such host */
  host(number: number): LabHost {
    const host = this.hosts[number - 1];
    if (host === undefined) throw new LabError('bad-option', `--hosts: this scenario needs a host ${number}; there are ${this.hosts.length}`);
    return host;
  }

  /** Starts every platform, and the load once all of them vote. */
  async start(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.start()));
    this.addLoad(this.numbers, this.#options.load);
    await this.until(() => this.numbers.every((number) => this.sequence(number) > 3), 60_000, 'every host has blocks');
    await this.forMs(WARM_UP_MS);
    this.note(`${this.hosts.length} hosts make ${this.#observer.recentRates.blocksPerSecond.toFixed(1)} blocks/s`);
  }

  /** A platform that does not end cleanly is a failure. */
  async stop(): Promise<void> {
    for (const host of this.hosts) if (host.frozen) host.thaw();
    await Promise.all(this.#loads.map((load) => load.stop()));
    for (const ended of await Promise.all(this.hosts.map((host) => host.stop()))) {
      if (ended !== undefined) this.expect(false, ended.message);
    }
  }

  /** Transactions per second that the lab was asked to send. */
  get load(): number {
    return this.#options.load;
  }

  /** Sends so many transactions per second through these hosts together, besides what is sent already. */
  addLoad(numbers: readonly number[], transactionsPerSecond: number): LoadGenerator {
    const run = Date.now().toString(36);
    const load = new LoadGenerator({
      clients: numbers.map((number) => createLoadClient(
        this.#url(number), this.#options.directory.genesis.chainId, (nonce) => encodePut(`load/${number}/${nonce % LOAD_KEYS}`, `${run}/${nonce}`),
      )),
      transactionsPerSecond,
    });
    this.#loads.push(load);
    return load;
  }

  note(text: string): void {
    this.#options.timeline.note(text);
  }

  /** Records what should have been otherwise; the scenario goes on. */
  expect(isAsItShould: boolean, otherwise: string): void {
    this.#options.failures.expect(isAsItShould, otherwise);
  }

  measure(name: string, value: number): void {
    this.#measures.set(name, Math.round(value * 10) / 10);
  }

  /** Committed blocks of a host when it last answered. */
  sequence(number: number): number {
    return this.#statuses.get(number)?.sequence ?? 0;
  }

  status(number: number): ObservedStatus | undefined {
    return this.#statuses.get(number);
  }

  highest(numbers: readonly number[] = this.numbers): number {
    return Math.max(0, ...numbers.map((number) => this.sequence(number)));
  }

  /** Whether a host takes part and has what the others have, give or take what is under way. */
  isBack(number: number): boolean {
    const status = this.#statuses.get(number);
    return status?.voting === 'voting' && !status.catching_up && status.sequence + 3 >= this.highest();
  }

  /** @throws LabError `interrupted`; FederationError at once where two hosts have different blocks, or a platform ended by itself */
  async forMs(durationMs: number): Promise<void> {
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs) await this.#observe();
  }

  /**
   * Waits, and fails the scenario where it takes longer.
   * @param sinceMs of `performance.now()`, where the time runs already
   * @returns milliseconds it took
   */
  async until(isReached: () => boolean, withinMs: number, what: string, sinceMs?: number): Promise<number> {
    const startMs = sinceMs ?? performance.now();
    while (!isReached()) {
      if (performance.now() - startMs > withinMs) {
        this.expect(false, `not within ${(withinMs / 1000).toFixed(1)} s: ${what}; ${this.#whereabouts()}`);
        break;
      }
      await this.#observe();
    }
    return performance.now() - startMs;
  }

  /** Like `until`, and tells and measures how long it took. */
  async recover(measure: string, isReached: () => boolean, withinMs: number, what: string, sinceMs?: number): Promise<void> {
    const tookMs = await this.until(isReached, withinMs, what, sinceMs);
    this.measure(measure, tookMs / 1000);
    if (isReached()) this.note(`after ${(tookMs / 1000).toFixed(1)} s: ${what}`);
  }

  /** What the hosts use while `during` runs. */
  async usage(numbers: readonly number[], during: () => Promise<void>): Promise<Usage> {
    const take = (): Promise<readonly (Awaited<ReturnType<typeof processUsage>>)[]> => (
      Promise.all(numbers.map((number) => processUsage(this.host(number).pid ?? -1))));
    const before = await take();
    const startMs = performance.now();
    await during();
    const seconds = (performance.now() - startMs) / 1000;
    const after = await take();
    const change = (of: (usage: NonNullable<typeof after[number]>) => number): number[] => numbers.map((_, index) => {
      const [from, to] = [before[index], after[index]];
      return from === undefined || to === undefined ? 0 : of(to) - of(from);
    });
    return {
      cpuPercent: (100 * Math.max(...change(({ cpuSeconds }) => cpuSeconds))) / seconds,
      residentGrowthMb: Math.max(...change(({ residentBytes }) => residentBytes)) / 2 ** 20,
    };
  }

  /** As after a change of disk: the key stays, and where the others are known to be. */
  async loseDatabase(number: number): Promise<void> {
    const platform = this.#options.directory.platforms[number - 1];
    if (platform !== undefined) await rm(join(platform.home, 'db'), { recursive: true });
  }

  #url(number: number): string {
    return `http://${this.links.address(number)}:${API_PORT}`;
  }

  #whereabouts(): string {
    return this.hosts.map(({ number, name }) => {
      const status = this.#statuses.get(number);
      return status === undefined ? `${name} never answered` : `${name} has ${status.sequence} blocks, slot ${status.slot}, ${status.catching_up ? 'catching up' : status.voting}, ${status.peers.length} peers`;
    }).join('; ');
  }

  async #observe(): Promise<void> {
    const { signal } = this.#options;
    if (signal.aborted) throw new LabError('interrupted', 'stopped before the end');
    for (const host of this.hosts) {
      const ended = await host.unmeantEnd();
      if (ended !== undefined) throw ended;
    }
    const pausing = pause(OBSERVE_MS, signal);
    await Promise.all(this.hosts.filter(({ running, frozen }) => running && !frozen).map(async ({ number, name }) => {
      const status = await fetchStatus(this.#url(number), STATUS_TIMEOUT_MS).catch(() => undefined);
      if (status === undefined) return;
      this.#statuses.set(number, status);
      this.#observer.observe(name, status);
    }));
    this.#observer.sample(performance.now());
    await pausing;
  }
}
