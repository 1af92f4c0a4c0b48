import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../test/simulation/plan.js';
import type { PlayedRun, PlayOptions } from '../../test/simulation/plan-player.js';
import { playPlan } from '../../test/simulation/plan-player.js';
import { planText } from '../../test/simulation/plan-text.js';
import { shrunk } from '../../test/simulation/shrink.js';

export const COMMAND = 'npm run simulate --';
/** Runs spent on making one failing plan smaller. */
const MAX_SHRINKING_RUNS = 400;

export function failureText({ seed, cast, failure }: PlayedRun, rerun = `--seed ${seed}`): string {
  return [
    `${failure?.kind === 'violation' ? 'VIOLATION' : 'STALL'} in seed ${seed} (${cast})`,
    ...(failure?.message ?? '').split('\n').map((line) => `  ${line}`),
    `  rerun: ${COMMAND} ${rerun}`,
    `  story: ${COMMAND} ${rerun} --trace`,
  ].join('\n');
}

/** What makes two failures the same: the invariant that is broken first, or that nothing went on. */
function kindOf({ failure }: PlayedRun): string | undefined {
  return failure?.kind === 'violation' ? /^invariant \d/.exec(failure.message)?.[0] ?? 'violation' : failure?.kind;
}

/**
 * Makes a failing plan as small as it gets while it still fails in the same way, and writes it to a file that
 * `--scenario` takes.
 * @returns what to tell, for people
 */
export async function smallestText(plan: Plan, failed: PlayedRun, rules: PlayOptions): Promise<string> {
  const kind = kindOf(failed);
  const smallest = await shrunk(plan, async (candidate) => kindOf(await playPlan(candidate, rules)) === kind, MAX_SHRINKING_RUNS);
  const folder = join(tmpdir(), 'fb-pbft-simulate');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `seed-${plan.seed}.json`);
  await writeFile(file, `${JSON.stringify(smallest, undefined, 2)}\n`);
  return [
    `the smallest scenario found that still fails like seed ${plan.seed} (${smallest.faults.length} of ${plan.faults.length} faults left):`,
    ...planText(smallest).map((line) => `  ${line}`),
    `  rerun: ${COMMAND} --scenario ${file}`,
    `  story: ${COMMAND} --scenario ${file} --trace`,
  ].join('\n');
}
