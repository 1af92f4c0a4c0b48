import type { Terminal } from '../../src/cli/terminal.js';
import type { PlayedRun, PlayOptions } from '../../test/simulation/plan-player.js';
import { randomRun } from '../../test/simulation/random-faults.js';
import { planOf } from '../../test/simulation/random-plan.js';
import { Story } from '../../test/simulation/story.js';
import type { WorldEvent } from '../../test/simulation/world-events.js';
import type { World } from '../../test/simulation/world.js';
import type { Conclusion, NothingPlayed } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import { failureText, smallestText } from './failures.js';
import type { SeedRange, SimulateOptions } from './options.js';
import { parseSimulateOptions } from './options.js';
import { playHere, playInWorkers } from './play.js';
import type { ProgressStream } from './progress.js';
import { Progress } from './progress.js';
import { ScenarioError, scenarioOf, scenarios } from './scenarios.js';
import type { Totals } from './totals.js';
import { added, failuresIn, NO_TOTALS } from './totals.js';

export interface SimulateHost extends Terminal {
  readonly progress: ProgressStream;
  /** Asks to end early, with the counts so far. */
  readonly signal: AbortSignal;
  /** Other rules of play than the production ones: the seeds are then played in this process. */
  readonly rules?: PlayOptions;
}

/** Failing runs told in full; all are counted. */
const MAX_FAILURES_TOLD = 20;
/** Failing runs that are made smaller. */
const MAX_SHRUNK = 3;

/** `npm run simulate`. @returns the exit code */
export function simulate(args: readonly string[], host: SimulateHost): Promise<number> {
  return conclude(host, async () => {
    const options = parseSimulateOptions(args, host);
    return typeof options === 'number' ? options : play(options, host);
  });
}

async function play(options: SimulateOptions, host: SimulateHost): Promise<Conclusion | NothingPlayed> {
  try {
    if (options.listScenarios) return list(host);
    if (options.scenario !== undefined) return await playScenario(options.scenario, options.trace, host);
    return options.trace ? await trace(options.seeds.from, host) : await campaign(options, host);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    host.err(`error: ${error.message}`);
    return 2;
  }
}

function list({ out }: SimulateHost): 0 {
  for (const { name, story } of scenarios()) out(`${name}\n    ${story}`);
  return 0;
}

/** Tells the story of each world that is played. Nothing of it depends on the clock of this host: traces can be compared byte by byte. */
class Narrator {
  readonly #out: SimulateHost['out'];
  #story: Story | undefined;

  constructor(out: SimulateHost['out']) {
    this.#out = out;
  }

  readonly watch = (world: World, cast: string): ((event: WorldEvent) => void) => {
    this.end();
    this.#out(`${cast}\n\n   time/ms  what happens`);
    const story = new Story(world, this.#out);
    this.#story = story;
    return (event) => { story.observe(event); };
  };

  end(): void {
    this.#story?.end();
    this.#out('');
  }
}

const ALL_WELL = 'Everything pending became final, and all invariants hold.';

async function trace(seed: number, { out, rules }: SimulateHost): Promise<Conclusion> {
  const narrator = new Narrator(out);
  out(`seed ${seed}`);
  const run = await randomRun(seed, { ...rules, watch: narrator.watch });
  narrator.end();
  const totals = added(NO_TOTALS, run);
  out(run.failure === undefined ? ALL_WELL : failureText(run));
  return { ok: failuresIn(totals) === 0, seed, ...totals };
}

async function playScenario(nameOrFile: string, isTraced: boolean, { out }: SimulateHost): Promise<Conclusion> {
  const scenario = await scenarioOf(nameOrFile);
  const { name, story } = scenario;
  out(`${name}: ${story}`);
  const narrator = new Narrator(out);
  const run = await scenario.play(isTraced ? narrator.watch : undefined);
  if (isTraced) narrator.end();
  const totals = added(NO_TOTALS, run);
  const { failure } = run;
  out(failure === undefined ? ALL_WELL : `${failure.kind === 'violation' ? 'VIOLATION' : 'STALL'} in ${name}\n${failure.message}`);
  return { ok: failuresIn(totals) === 0, scenario: name, ...totals };
}

async function campaign({ seeds, workers }: SimulateOptions, host: SimulateHost): Promise<Conclusion> {
  const startMs = performance.now();
  let totals = NO_TOTALS;
  const failed: PlayedRun[] = [];
  const progress = new Progress(host.progress, startMs);
  const perMinute = (): number => Math.round(totals.runs / ((performance.now() - startMs) / 60_000));
  const take = (run: PlayedRun): void => {
    const before = failuresIn(totals);
    totals = added(totals, run);
    if (failuresIn(totals) > before && before < MAX_FAILURES_TOLD) {
      progress.clear();
      host.out(failureText(run));
      failed.push(run);
    }
    progress.update(performance.now(), () => progressText(totals, seeds, perMinute()));
  };
  if (host.rules !== undefined) await playHere(seeds, (seed) => randomRun(seed, host.rules), take, host.signal);
  else await playInWorkers(seeds, workers, take, host.signal);
  progress.clear();
  const seedsPerMinute = perMinute();
  if (host.signal.aborted) host.err(`interrupted after ${totals.runs} of ${countOf(seeds)} seeds`);
  else for (const run of failed.slice(0, MAX_SHRUNK)) host.out(await smallestText(planOf(run.seed), run, host.rules ?? {}));
  return { ok: failuresIn(totals) === 0 && !host.signal.aborted, ...totals, seedsPerMinute };
}

function countOf({ from, to }: SeedRange): number {
  return to - from + 1;
}

function progressText({ runs, finalBlocks, violations, stalls }: Totals, seeds: SeedRange, seedsPerMinute: number): string {
  return `${runs} of ${countOf(seeds)} seeds, ${finalBlocks} final blocks, ${violations} violations, ${stalls} stalls, ${seedsPerMinute} seeds/minute`;
}
