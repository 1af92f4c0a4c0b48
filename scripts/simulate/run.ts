import type { Terminal } from '../../src/cli/terminal.js';
import type { RandomRun, RunOptions } from '../../test/simulation/random-faults.js';
import { randomRun } from '../../test/simulation/random-faults.js';
import { storyOf } from '../../test/simulation/story.js';
import type { SeedRange, SimulateOptions } from './options.js';
import { parseSimulateOptions } from './options.js';
import { playHere, playInWorkers } from './play.js';
import type { ProgressStream } from './progress.js';
import { Progress } from './progress.js';

export interface SimulateHost extends Terminal {
  readonly progress: ProgressStream;
  /** Asks to end early, with the counts so far. */
  readonly signal: AbortSignal;
  /** Other rules of play than the production ones: the seeds are then played in this process. */
  readonly rules?: RunOptions;
}

interface Totals {
  runs: number;
  finalBlocks: number;
  violations: number;
  stalls: number;
  events: number;
}

const COMMAND = 'npm run simulate --';
/** Failing runs told in full; all are counted. */
const MAX_FAILURES_TOLD = 20;

/** `npm run simulate`. @returns the exit code */
export async function simulate(args: readonly string[], host: SimulateHost): Promise<number> {
  const options = parseSimulateOptions(args, host);
  if (typeof options === 'number') return options;
  try {
    return options.trace ? await trace(options.seeds.from, host) : await campaign(options, host);
  } catch (error) {
    host.err(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

/** Nothing here depends on the clock of this host, so that two traces of one seed can be compared byte by byte. */
async function trace(seed: number, { out, rules }: SimulateHost): Promise<number> {
  const run = await randomRun(seed, {
    ...rules,
    watch: (world, cast) => {
      out(`seed ${seed}: ${cast}\n\n   time/ms  what happens`);
      return storyOf(world, out);
    },
  });
  const totals = noTotals();
  add(totals, run);
  out(`\n${run.failure === undefined ? 'Everything pending became final, and all invariants hold.' : failureText(run)}`);
  out(JSON.stringify({ seed, ...totals }));
  return run.failure === undefined ? 0 : 1;
}

async function campaign({ seeds, workers }: SimulateOptions, host: SimulateHost): Promise<number> {
  const startMs = performance.now();
  const totals = noTotals();
  const progress = new Progress(host.progress, startMs);
  const perMinute = (): number => Math.round(totals.runs / ((performance.now() - startMs) / 60_000));
  const take = (run: RandomRun): void => {
    add(totals, run);
    if (run.failure !== undefined && totals.violations + totals.stalls <= MAX_FAILURES_TOLD) {
      progress.clear();
      host.out(failureText(run));
    }
    progress.update(performance.now(), () => progressText(totals, seeds, perMinute()));
  };
  if (host.rules !== undefined || workers === 1) await playHere(seeds, (seed) => randomRun(seed, host.rules), take, host.signal);
  else await playInWorkers(seeds, workers, take, host.signal);
  progress.clear();
  if (host.signal.aborted) host.err(`interrupted after ${totals.runs} of ${countOf(seeds)} seeds`);
  host.out(JSON.stringify({ ...totals, seedsPerMinute: perMinute() }));
  return totals.violations + totals.stalls > 0 || host.signal.aborted ? 1 : 0;
}

function noTotals(): Totals {
  return { runs: 0, finalBlocks: 0, violations: 0, stalls: 0, events: 0 };
}

function add(totals: Totals, { finalBlocks, events, failure }: RandomRun): void {
  totals.runs += 1;
  totals.finalBlocks += finalBlocks;
  totals.events += events;
  if (failure?.kind === 'violation') totals.violations += 1;
  if (failure?.kind === 'stall') totals.stalls += 1;
}

function countOf({ from, to }: SeedRange): number {
  return to - from + 1;
}

function progressText({ runs, finalBlocks, violations, stalls }: Totals, seeds: SeedRange, seedsPerMinute: number): string {
  return `${runs} of ${countOf(seeds)} seeds, ${finalBlocks} final blocks, ${violations} violations, ${stalls} stalls, ${seedsPerMinute} seeds/minute`;
}

function failureText({ seed, cast, failure }: RandomRun): string {
  return [
    `${failure?.kind === 'stall' ? 'STALL' : 'VIOLATION'} in seed ${seed} (${cast})`,
    ...(failure?.message ?? '').split('\n').map((line) => `  ${line}`),
    `  rerun: ${COMMAND} --seed ${seed}`,
    `  story: ${COMMAND} --seed ${seed} --trace`,
  ].join('\n');
}
