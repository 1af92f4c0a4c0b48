import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Share, ShareResult } from '../../test/fuzz/campaign.js';
import type { Target } from '../../test/fuzz/target.js';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** Workers are TypeScript, too. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** Inputs of a decoder handed to a worker at once; of slower targets fewer. */
const SHARE_INPUTS = 2_000;
/** A share takes seconds: one that does not end holds an input that does not. */
const STUCK_AFTER_MS = 180_000;

/** How many inputs each target gets, in proportion to its weight, `inputs` in all. */
export function inputsPerTarget(targets: readonly Target[], inputs: number): ReadonlyMap<Target, number> {
  const total = targets.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const counts = new Map(targets.map((target) => [target, Math.floor((inputs * (target.weight ?? 1)) / total)]));
  const rest = inputs - [...counts.values()].reduce((sum, count) => sum + count, 0);
  const first = targets[0];
  if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + rest);
  return counts;
}

/** The whole campaign in pieces, of all targets in turn, so that an early end has seen something of each. */
export function sharesOf(targets: readonly Target[], inputs: number, seed: number): readonly Share[] {
  const rounds = [...inputsPerTarget(targets, inputs)].map(([{ name, weight = 1 }, count]) => {
    const size = Math.max(1, Math.round(SHARE_INPUTS * Math.min(1, weight)));
    return Array.from({ length: Math.ceil(count / size) }, (_, index) => ({ target: name, seed, from: index * size, to: Math.min(count, (index + 1) * size) }));
  });
  const longest = Math.max(0, ...rounds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, index) => rounds.flatMap((shares) => shares.slice(index, index + 1))).flat();
}

/**
 * Shares them out among this many processes; results are taken as they come.
 * @throws Error if a process ends by itself, or gets stuck, naming what it was running
 */
export async function runInWorkers(shares: readonly Share[], workers: number, take: (result: ShareResult) => void, signal: AbortSignal): Promise<void> {
  const broken = new AbortController();
  const stopped = AbortSignal.any([signal, broken.signal]);
  const waiting = [...shares];
  const deal = (): Share | undefined => (stopped.aborted ? undefined : waiting.shift());
  await Promise.all(Array.from({ length: Math.min(workers, shares.length) }, () => runInWorker(deal, take).catch((error: unknown) => {
    broken.abort();
    throw error;
  })));
}

function runInWorker(deal: () => Share | undefined, take: (result: ShareResult) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, { execArgv: ['--import', LOADER] });
    let share: Share | undefined;
    let watch: NodeJS.Timeout | undefined;
    const goOn = (): void => {
      clearTimeout(watch);
      share = deal();
      if (share === undefined) {
        child.disconnect();
        return;
      }
      watch = setTimeout(() => { child.kill('SIGKILL'); }, STUCK_AFTER_MS);
      child.send(share);
    };
    child.on('message', (result: ShareResult) => {
      take(result);
      goOn();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(watch);
      if (share === undefined) resolve();
      else reject(new Error(`a worker ended (${signal ?? code ?? 'unknown'}) while it ran ${share.target}, inputs ${share.from} to ${share.to - 1} of seed ${share.seed}`));
    });
    goOn();
  });
}
