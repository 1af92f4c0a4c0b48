import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toldSchema } from '../../test/flood/orders.js';
import type { Order, Told } from '../../test/flood/orders.js';
import { FederationError } from '../federation/federation-error.js';

const PROGRAM = fileURLToPath(new URL('../../test/flood/attacking-member.ts', import.meta.url));
/** To load, or to sign what it will send; a flood ends this long after its time at the latest. */
const PATIENCE_MS = 180_000;

export interface AttackerOptions {
  readonly home: string;
  readonly genesisFile: string;
  /** Share of the limits that it uses. */
  readonly rate: number;
  /** Multiaddrs of its victims. */
  readonly addresses: readonly string[];
  readonly logFile: string;
}

/** What was sent in one attack, to all victims together. */
export type Flooded = Extract<Told, { type: 'over' }>;

/** The attacking member's process. */
export class AttackerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #waiting: ((told: Told) => void)[] = [];
  readonly #told: Told[] = [];

  constructor({ home, genesisFile, rate, addresses, logFile }: AttackerOptions) {
    const log = openSync(logFile, 'w', 0o600);
    try {
      this.#child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, home, genesisFile, String(rate), ...addresses], {
        stdio: ['ignore', log, log, 'ipc'], detached: true,
      });
    } finally {
      closeSync(log);
    }
    this.pid = this.#child.pid ?? -1;
    this.#child.on('message', (message) => {
      const told = toldSchema.parse(message);
      const next = this.#waiting.shift();
      if (next === undefined) this.#told.push(told);
      else next(told);
    });
    this.#child.once('exit', () => { for (const next of this.#waiting.splice(0)) next({ type: 'failed', reason: 'its process has ended' }); });
  }

  /** Resolves once it runs. @throws FederationError `no-start` */
  async ready(): Promise<void> {
    await this.#expect('ready', PATIENCE_MS);
  }

  /** Makes what it will send, and connects to its victims. @throws FederationError `no-start` */
  async prepare(kind: string): Promise<void> {
    this.#order({ type: 'prepare', kind });
    await this.#expect('prepared', PATIENCE_MS);
  }

  /** @throws FederationError `no-start` where it fails */
  async flood(kind: string, durationMs: number): Promise<Flooded> {
    this.#order({ type: 'run', kind, durationMs });
    const told = await this.#expect('over', durationMs + PATIENCE_MS);
    if (told.type !== 'over') throw new FederationError('no-start', 'the attacker does something else');
    return told;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
  }

  #order(order: Order): void {
    if (this.#child.connected) this.#child.send(order);
  }

  async #expect(type: Told['type'], timeoutMs: number): Promise<Told> {
    const told = this.#told.shift() ?? await new Promise<Told>((resolve) => {
      const timer = setTimeout(() => { resolve({ type: 'failed', reason: `nothing heard for ${timeoutMs / 1000} s` }); }, timeoutMs);
      this.#waiting.push((heard) => {
        clearTimeout(timer);
        resolve(heard);
      });
      if (this.#child.exitCode !== null) this.#waiting.shift()?.({ type: 'failed', reason: 'its process has ended' });
    });
    if (told.type === type) return told;
    throw new FederationError('no-start', `the attacking member: ${told.type === 'failed' ? told.reason : `said ${told.type} in place of ${type}`}`);
  }
}
