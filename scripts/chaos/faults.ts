import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BehaveOrder } from '../../test/chaos/byzantine-platform.js';
import { FederationError } from '../federation/federation-error.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { pause } from '../federation/pause.js';
import type { Exit, PlatformProcess } from '../federation/platform-process.js';
import { fillDisk, onFullDisk } from './full-disk.js';
import type { Round } from './plan.js';
import { ViolationError } from './violation.js';

/** How long a platform may take to notice that nothing can be written, under load. */
const NOTICE_MS = 10_000;
/** Where there was a little room, it is taken away after this long. */
const ROOM_MS = 3000;
/** Room for each file of a process that is started on a full disk. */
const FULL_DISK_BYTES = 4096;
/** A stopped process goes on by itself this long after it should have been made to, should this process be gone. */
const FAILSAFE_MS = 10_000;

export interface FaultsOptions {
  readonly federation: LocalFederation;
  /** Home of a platform. */
  readonly home: (name: string) => string;
  readonly byzantine: readonly string[];
  /** Whether a platform with this adversary loses its disk when it is killed. */
  readonly losesDisk: (adversary: string) => boolean;
  readonly say: (line: string) => void;
}

/** Makes faults befall the platforms of a federation, and ends them. */
export class Faults {
  readonly #options: FaultsOptions;
  /** Processes that were made to end. */
  readonly #ended = new Set<PlatformProcess>();
  /** What makes a stopped process go on, should this process be gone. */
  readonly #failsafes = new Map<PlatformProcess, ChildProcess>();

  constructor(options: FaultsOptions) {
    this.#options = options;
  }

  /** @throws ViolationError where an honest platform ended that nobody made end */
  inspect(): void {
    const { federation, byzantine } = this.#options;
    requireRunning(federation.ended.filter((process) => !this.#ended.has(process) && !byzantine.includes(process.name)));
  }

  /** Tells the Byzantine platforms what to do. */
  tell(orders: ReadonlyMap<string, string | undefined>, seed: number): void {
    for (const [name, adversary] of orders) {
      const order: BehaveOrder = {
        type: 'behave', adversary: adversary ?? null, seed,
        accomplices: this.#options.byzantine.filter((other) => other !== name).map((other) => this.#options.home(other)),
      };
      this.#options.federation.process(name).send(order);
    }
  }

  /** Starts those Byzantine platforms that have ended, for whatever reason. */
  async reviveByzantine(): Promise<void> {
    const { federation, byzantine } = this.#options;
    await Promise.all(byzantine.filter((name) => federation.process(name).exit !== undefined).map((name) => federation.startAgain(name)));
  }

  async begin(round: Round): Promise<void> {
    const processes = round.victims.map((name) => this.#options.federation.process(name)).filter(({ exit }) => exit === undefined);
    switch (round.kind) {
      case 'kill one':
      case 'kill several':
      case 'kill all':
        for (const process of processes) {
          this.#ended.add(process);
          process.signal('SIGKILL');
        }
        await Promise.all(processes.map(({ exited }) => exited));
        await this.#loseDisks(round);
        return;
      case 'pause briefly':
      case 'pause past the timer':
      case 'pause several':
        for (const process of processes) this.#stop(process, round.holdMs);
        return;
      case 'disk full':
      case 'disk full everywhere':
        for (const process of processes) {
          this.#ended.add(process);
          await fillDisk(process.pid, this.#options.home(process.name), round.roomBytes);
        }
        return;
      case 'lie': return;
    }
  }

  /**
   * Resolves once what was taken away is given back; starting takes the time it takes.
   * @returns when that began: from then on all can recover
   * @throws ViolationError where a platform did not do what it must meanwhile; FederationError where one does not start
   */
  async end({ kind, victims, startWhileFull }: Round, signal: AbortSignal): Promise<number> {
    const { federation } = this.#options;
    const processes = victims.map((name) => federation.process(name));
    switch (kind) {
      case 'kill one':
      case 'kill several':
      case 'kill all': break;
      case 'pause briefly':
      case 'pause past the timer':
      case 'pause several':
        this.goOn();
        return performance.now();
      case 'disk full':
      case 'disk full everywhere':
        await Promise.all(processes.map((process) => this.#awaitNotice(process, kind === 'disk full', signal)));
        if (startWhileFull) await Promise.all(victims.map((name) => this.#startOnFullDisk(name, signal)));
        break;
      case 'lie': return performance.now();
    }
    const endMs = performance.now();
    this.#options.say(`start ${victims.join(', ')} again`);
    await Promise.all(victims.filter((name) => federation.process(name).exit !== undefined).map((name) => federation.startAgain(name)));
    return endMs;
  }

  /** Makes all stopped processes go on. */
  goOn(): void {
    for (const [process, failsafe] of this.#failsafes) {
      process.signal('SIGCONT');
      failsafe.kill();
    }
    this.#failsafes.clear();
  }

  /** A stopped process would not notice that this one is gone, and so never end: a shell makes it go on in any case. */
  #stop(process: PlatformProcess, holdMs: number): void {
    const seconds = ((holdMs + FAILSAFE_MS) / 1000).toFixed(1);
    const failsafe = spawn('sh', ['-c', 'sleep "$1"; kill -CONT "$2"', 'sh', seconds, String(process.pid)], { detached: true, stdio: 'ignore' });
    failsafe.on('error', () => undefined);
    failsafe.unref();
    this.#failsafes.set(process, failsafe);
    process.signal('SIGSTOP');
  }

  /**
   * A write that fails must stop a platform: what it meant to remember, it could not (SPEC section 5).
   * @param writes whether it must have something to write: where the others have ended, it may have said all it may say
   */
  async #awaitNotice(process: PlatformProcess, writes: boolean, signal: AbortSignal): Promise<void> {
    if (!await endsWithin(process, ROOM_MS, signal) && !signal.aborted) {
      await fillDisk(process.pid, this.#options.home(process.name), undefined).catch(() => undefined);
    }
    if (!await endsWithin(process, NOTICE_MS, signal)) {
      if (signal.aborted) return;
      if (!writes) {
        this.#options.say(`${process.name} has nothing to write while the others are gone, and is killed`);
        process.signal('SIGKILL');
        await process.exited;
        return;
      }
      throw new ViolationError(`${process.name} (process ${process.pid}) goes on with a disk on which nothing can be written; its log is ${process.logFile}`);
    }
    if (process.exit?.code !== 1) throw new ViolationError(`${process.name} (process ${process.pid}) met a full disk and ended ${exitText(process.exit)}; its log is ${process.logFile}`);
  }

  /** It must not start, or soon end again, in order. */
  async #startOnFullDisk(name: string, signal: AbortSignal): Promise<void> {
    const { federation } = this.#options;
    try {
      const starting = federation.startAgain(name, onFullDisk(FULL_DISK_BYTES));
      await starting;
    } catch (error) {
      if (!(error instanceof FederationError) || error.code !== 'platform-ended') throw error;
    } finally {
      this.#ended.add(federation.process(name));
    }
    await this.#awaitNotice(federation.process(name), false, signal);
  }

  /** Whoever restarts an adversary that loses its disk does not tell it so. */
  async #loseDisks({ victims, adversaries }: Round): Promise<void> {
    for (const name of victims) {
      const adversary = adversaries.get(name);
      if (adversary === undefined || !this.#options.losesDisk(adversary)) continue;
      const home = this.#options.home(name);
      await rm(join(home, 'db'), { recursive: true, force: true });
      for (const file of ['vote-store.json', 'vote-store.count']) await rm(join(home, file), { force: true });
    }
  }
}

/** @param ended processes that nobody made end @throws ViolationError where there is one */
export function requireRunning([culprit]: readonly PlatformProcess[]): void {
  if (culprit !== undefined) throw new ViolationError(`${culprit.name} (process ${culprit.pid}) ended by itself, ${exitText(culprit.exit)}; its log is ${culprit.logFile}`);
}

export async function endsWithin(process: PlatformProcess, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  try {
    return await Promise.race([process.exited.then(() => true), pause(timeoutMs, AbortSignal.any([signal, over.signal])).then(() => false)]);
  } finally {
    over.abort();
  }
}

function exitText(exit: Exit | undefined): string {
  if (exit === undefined) return 'not at all';
  return exit.signal === null ? `with exit code ${exit.code ?? 'unknown'}` : `killed by ${exit.signal}`;
}
