import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRANSACTION_OVERHEAD_BYTES } from '../../src/codec/transaction.js';
import { encodePut } from '../../src/ledger/key-value.js';
import type { Conclusion } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import type { InterruptibleTerminal } from '../command/process.js';
import { platformsOf, readDescription } from '../federation/description.js';
import { prepareDirectory } from '../federation/directory.js';
import type { LoadClient } from '../federation/load.js';
import { LocalFederation } from '../federation/local-federation.js';
import { COMMAND, DESCRIPTION } from '../federation/project.js';
import type { CatchUpFigures } from './catch-up.js';
import { catchUpText, measureCatchUp } from './catch-up.js';
import { parseBenchOptions } from './options.js';
import type { BenchOptions } from './options.js';
import { runPhase } from './phases.js';
import type { PhaseFigures } from './phases.js';
import { phaseText, roundedFigures } from './report.js';

const TRANSACTION_BYTES = 250;
const KEYS = 10_000;
/** Clients for each platform at saturation: each has one request under way. */
const SATURATION_CLIENTS = 4;
/** Load of the memory phase, which is about blocks rather than transactions. */
const MEMORY_LOAD = 500;
const TIMEOUT_SECONDS = 60;

/** A put of `TRANSACTION_BYTES` in all. */
function payload(client: number, nonce: number): Uint8Array {
  const key = `bench/${client}/${nonce % KEYS}`;
  const empty = TRANSACTION_OVERHEAD_BYTES + encodePut(key, '').byteLength;
  return encodePut(key, new Uint8Array(TRANSACTION_BYTES - empty).fill(nonce & 0xff));
}

async function measure(federation: LocalFederation, options: BenchOptions, say: (line: string) => void, signal: AbortSignal): Promise<Record<string, PhaseFigures>> {
  const phases: Record<string, PhaseFigures> = {};
  const run = async (name: string, title: string, load: number, clients: LoadClient[], done: (seconds: number, sequence: number) => boolean): Promise<void> => {
    if (signal.aborted) return;
    const figures = await runPhase(federation, { transactionsPerSecond: load, clients, done, timeoutSeconds: TIMEOUT_SECONDS, signal });
    phases[name] = roundedFigures(figures);
    say(`${phaseText(title, figures)}\n`);
  };
  const long = (seconds: number): boolean => seconds >= options.seconds;
  if (options.lightLoad > 0) await run('light', `light load, ${options.lightLoad} transactions/s`, options.lightLoad, federation.loadClients(payload), long);
  const many = Array.from({ length: SATURATION_CLIENTS }, () => federation.loadClients(payload)).flat();
  await run('saturation', `saturation, ${TRANSACTION_BYTES}-byte transactions`, Number.POSITIVE_INFINITY, many, long);
  const { memoryBlocks } = options;
  if (memoryBlocks !== undefined) {
    await run('memory', `memory, ${memoryBlocks} blocks in all`, MEMORY_LOAD, federation.loadClients(payload), (_seconds, sequence) => sequence >= memoryBlocks);
  }
  return phases;
}

/** `npm run bench`: figures of a fresh federation on this host. All processes have ended when it returns. @returns the exit code */
export function bench(args: readonly string[], terminal: InterruptibleTerminal): Promise<number> {
  return conclude(terminal, async () => {
    const options = parseBenchOptions(args, terminal.out, terminal.err);
    if (typeof options === 'number') return options;
    const dir = await mkdtemp(join(tmpdir(), 'fb-pbft-bench-'));
    try {
      return await benchIn(dir, options, terminal);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}

async function benchIn(dir: string, options: BenchOptions, { out: say, signal }: InterruptibleTerminal): Promise<Conclusion> {
  const description = await readDescription(DESCRIPTION);
  const directory = await prepareDirectory(dir, description, platformsOf(description, options.platforms), false);
  const federation = new LocalFederation({ directory, command: COMMAND, bootstrap: description.bootstrap, timeoutMs: TIMEOUT_SECONDS * 1000 });
  const [cpu] = cpus();
  say(`${options.platforms} platforms on one host: ${cpus().length} × ${cpu?.model ?? 'unknown CPU'}, Node.js ${process.version}, ${process.platform}\n`);
  try {
    await federation.start();
    const phases = await measure(federation, options, say, signal);
    const emptied = directory.platforms.at(-1);
    const catchUp: CatchUpFigures[] = [];
    for (let times = options.catchUp ?? 0; times > 0 && emptied !== undefined && !signal.aborted; times -= 1) {
      const figures = await measureCatchUp(federation, emptied, phases['saturation'], signal);
      catchUp.push(figures);
      say(`${catchUpText(figures)}\n`);
    }
    return {
      ok: !signal.aborted, platforms: options.platforms, transactionBytes: TRANSACTION_BYTES, node: process.version, cpus: cpus().length,
      ...phases, ...(catchUp.length === 0 ? {} : { catchUp }), ...(signal.aborted ? { interrupted: true } : {}),
    };
  } finally {
    await federation.stop();
  }
}
