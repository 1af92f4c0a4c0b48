import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { PlayedRun } from '../../test/simulation/plan-player.js';
import type { SeedRange } from './options.js';

/** `npm run simulate` bundles this beside its worker, which saves a tenth of the time; tests run the sources. */
const IS_BUNDLED = !import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(new URL(IS_BUNDLED ? 'simulate/worker.mjs' : 'worker.ts', import.meta.url));
const LOADER = IS_BUNDLED ? [] : ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
/**
 * All that a run makes is garbage when it ends: a large young generation is collected at a fifth of the cost. By one
 * thread, as every core has a worker: threads that help each other to collect so little took an eighth of the time.
 */
const GARBAGE_COLLECTION = ['--max-semi-space-size=128', '--min-semi-space-size=128', '--single-threaded-gc'];
/** Seeds handed to a worker at once: enough that it need not wait for the next ones. */
const SHARE_SEEDS = 16;

export type TakeRun = (run: PlayedRun) => void;

/** Plays the seeds one after the other in this process. */
export async function playHere({ from, to }: SeedRange, play: (seed: number) => Promise<PlayedRun>, take: TakeRun, signal: AbortSignal): Promise<void> {
  for (let seed = from; seed <= to && !signal.aborted; seed += 1) {
    take(await play(seed));
    await setImmediate();
  }
}

/**
 * Shares the seeds among this many processes; runs are taken as they end, in no particular order.
 * @throws Error if a process ends by itself, naming the seeds that it was playing
 */
export async function playInWorkers({ from, to }: SeedRange, workers: number, take: TakeRun, signal: AbortSignal): Promise<void> {
  const broken = new AbortController();
  const stopped = AbortSignal.any([signal, broken.signal]);
  let next = from;
  const deal = (): SeedRange | undefined => {
    if (stopped.aborted || next > to) return undefined;
    const share = { from: next, to: Math.min(to, next + SHARE_SEEDS - 1) };
    next = share.to + 1;
    return share;
  };
  const count = Math.min(workers, Math.ceil((to - from + 1) / SHARE_SEEDS));
  await Promise.all(Array.from({ length: count }, () => playInWorker(deal, take).catch((error: unknown) => {
    broken.abort();
    throw error;
  })));
}

function playInWorker(deal: () => SeedRange | undefined, take: TakeRun): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, { execArgv: [...LOADER, ...GARBAGE_COLLECTION] });
    let share: SeedRange | undefined;
    const goOn = (): void => {
      share = deal();
      if (share === undefined) child.disconnect();
      else child.send(share);
    };
    child.on('message', (run: PlayedRun) => {
      take(run);
      if (run.seed === share?.to) goOn();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (share === undefined) resolve();
      else reject(new Error(`a worker ended by itself (${signal ?? code ?? 'unknown'}) while playing the seeds ${share.from}..${share.to}`));
    });
    goOn();
  });
}
