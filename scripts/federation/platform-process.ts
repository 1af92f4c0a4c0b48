import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FederationError } from './federation-error.js';

const readySchema = z.object({ type: z.literal('ready'), url: z.string(), listenAddresses: z.array(z.string()) });
export type Ready = z.infer<typeof readySchema>;

export interface PlatformProcessOptions {
  readonly name: string;
  /** Path of the compiled `fb-pbft` command. */
  readonly command: string;
  /** Arguments of Node.js itself. */
  readonly nodeArguments?: readonly string[];
  /** Arguments of `fb-pbft`, from `start` on. */
  readonly args: readonly string[];
  /** A command that runs the process elsewhere and becomes it, such as `ip netns exec NAME`. */
  readonly launcher?: readonly string[];
  /** Takes both of the process's outputs; started anew. */
  readonly logFile: string;
}

/** How a platform's process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, in words. */
export function exitText({ code, signal }: Exit): string {
  return signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was killed by ${signal}`;
}

/** How long a platform may take to stop cleanly before it is killed. */
const STOP_GRACE_MS = 15_000;

/** Resolves as `promise` does, or rejects with what `onTimeout` gives after `timeoutMs`. */
async function within<T>(promise: Promise<T>, timeoutMs: number, onTimeout: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(onTimeout()); }, timeoutMs); });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * One platform as an operating-system process of its own. It is in a process group of its own, so that Ctrl-C reaches
 * this process only, which then stops all in order; and it ends by itself when this process is gone.
 */
export class PlatformProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** What a person types to start it again. */
  readonly restartCommand: string;
  /** Resolves once the process has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #ready: Promise<Ready>;
  #exit: Exit | undefined;
  #stopping = false;
  #isReady = false;

  constructor(options: PlatformProcessOptions) {
    this.name = options.name;
    this.logFile = options.logFile;
    this.restartCommand = ['npx fb-pbft', ...options.args].join(' ');
    const log = openSync(options.logFile, 'w', 0o600);
    const line = [...options.launcher ?? [], process.execPath, ...options.nodeArguments ?? [], options.command, ...options.args, '--exit-with-parent'];
    try {
      this.#child = spawn(line[0] ?? process.execPath, line.slice(1), {
        stdio: ['ignore', log, log, 'ipc'], detached: true,
      });
    } finally {
      closeSync(log);
    }
    this.pid = this.#child.pid ?? -1;
    this.exited = new Promise((resolve) => {
      const end = (exit: Exit): void => {
        this.#exit = exit;
        resolve(exit);
      };
      this.#child.once('exit', (code, signal) => { end({ code, signal }); });
      this.#child.once('error', () => { end({ code: null, signal: null }); });
    });
    this.#ready = new Promise((resolve) => {
      this.#child.on('message', (message) => {
        const parsed = readySchema.safeParse(message);
        if (!parsed.success) return;
        this.#isReady = true;
        resolve(parsed.data);
      });
    });
  }

  /** Undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Whether its end was asked for. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /**
   * Whether it ended as one does that is asked to. While Node.js still loads, SIGTERM ends a process before it can listen
   * for it, and before it has opened anything.
   */
  get endedCleanly(): boolean {
    return this.#exit?.code === 0 || (this.#exit?.signal === 'SIGTERM' && !this.#isReady);
  }

  /** @throws FederationError `platform-ended` or `no-start`, with what the platform said last */
  async ready(timeoutMs: number): Promise<Ready> {
    const ended = this.exited.then(async () => { throw await this.endedError(); });
    return within(Promise.race([this.#ready, ended]), timeoutMs, () => (
      new FederationError('no-start', `${this.name} did not start within ${timeoutMs / 1000} s; its log is ${this.logFile}`)));
  }

  /** In words, why it is not running any more. */
  async endedError(): Promise<FederationError> {
    const exit = await this.exited;
    // What it said last does not explain a kill.
    const last = exit.signal === null ? await this.#lastLine() : undefined;
    return new FederationError('platform-ended', `${this.name} (process ${this.pid}) ${exitText(exit)}${last === undefined ? '' : `: ${last}`}; its log is ${this.logFile}`);
  }

  /** Tells it something over the IPC channel; lost where it has ended. */
  send(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Sends a signal, where it still runs. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Asks it to stop, and kills it where it does not in time. */
  async stop(): Promise<Exit> {
    this.#stopping = true;
    if (this.#exit !== undefined) return this.#exit;
    this.#child.kill('SIGTERM');
    const killer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_GRACE_MS);
    try {
      return await this.exited;
    } finally {
      clearTimeout(killer);
    }
  }

  async #lastLine(): Promise<string | undefined> {
    try {
      const text = await readFile(this.logFile, 'utf8');
      const lines = text.split('\n').filter((line) => line.trim().length > 0);
      return lines.findLast((line) => line.startsWith('error:'))?.slice(0, 500) ?? lines.at(-1)?.slice(0, 500);
    } catch {
      return undefined;
    }
  }
}
