import { z } from 'zod';
import type { Timeline } from './timeline.js';

export const labVerdictSchema = z.object({
  scenario: z.string(),
  hosts: z.int(),
  ok: z.boolean(),
  failures: z.array(z.string()),
  /** By name with unit, such as `blocksAgainSeconds`. */
  measures: z.record(z.string(), z.number()),
  /** Blocks that all databases have alike; null where they differ or could not be compared. */
  blocks: z.int().nullable(),
  /** Whether delay and loss were really put on the links; null where the run asked for none. */
  netem: z.boolean().nullable(),
});
/** The last line of a run. */
export type LabVerdict = z.infer<typeof labVerdictSchema>;

/** What was otherwise than it should be in one run, told on its timeline at once. */
export class Failures {
  readonly #timeline: Timeline;
  readonly #texts: string[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get texts(): readonly string[] {
    return this.#texts;
  }

  /** Records what should have been otherwise, once; the run goes on. */
  expect(isAsItShould: boolean, otherwise: string): void {
    if (isAsItShould || this.#texts.includes(otherwise)) return;
    this.#texts.push(otherwise);
    this.#timeline.note(`FAILED: ${otherwise}`);
  }

  /**
   * Takes a step that ends early where it throws: a fork, a platform that ended. The run shall have a verdict even so.
   * @returns undefined where it threw
   */
  async attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.expect(false, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
}

export interface MeasureSummary {
  readonly median: number;
  readonly worst: number;
}

/** The last line of several runs of one scenario. */
export interface LabSummary {
  readonly scenario: string;
  readonly hosts: number;
  /** Whether as many runs as were asked for were played, and all were well. */
  readonly ok: boolean;
  readonly runs: number;
  readonly okRuns: number;
  /** Over the runs that came as far as to measure it, failed ones included. */
  readonly measures: Readonly<Record<string, MeasureSummary>>;
  /** Whether every run that asked for delay and loss had them; null where none asked. */
  readonly netem: boolean | null;
}

/** Of times and sizes the largest is the worst, of rates the smallest. */
function worstOf(name: string, sorted: readonly number[]): number {
  return (name.includes('PerSecond') ? sorted[0] : sorted.at(-1)) ?? Number.NaN;
}

function medianOf(sorted: readonly number[]): number {
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN, sorted[Math.floor(sorted.length / 2)] ?? Number.NaN];
  return Math.round(((low + high) / 2) * 100) / 100;
}

/** @param askedRuns how many runs there should have been: fewer verdicts are a failure, too */
export function summaryOf(scenario: string, hosts: number, askedRuns: number, verdicts: readonly LabVerdict[]): LabSummary {
  const names = new Set(verdicts.flatMap(({ measures }) => Object.keys(measures)));
  const measures = [...names].map((name): [string, MeasureSummary] => {
    const sorted = verdicts.flatMap((verdict) => verdict.measures[name] ?? []).sort((a, b) => a - b);
    return [name, { median: medianOf(sorted), worst: worstOf(name, sorted) }];
  });
  const okRuns = verdicts.filter(({ ok }) => ok).length;
  const asked = verdicts.flatMap(({ netem }) => netem ?? []);
  return {
    scenario, hosts, ok: okRuns === askedRuns, runs: verdicts.length, okRuns,
    measures: Object.fromEntries(measures), netem: asked.length === 0 ? null : asked.every((netem) => netem),
  };
}
