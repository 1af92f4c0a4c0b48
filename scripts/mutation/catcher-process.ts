import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha from 'mocha';
import type * as RandomFaults from '../../test/simulation/random-faults.js';
import type { Scenario } from '../../test/scenario/scenario.js';
import { judged } from '../../test/scenario/scenario.js';
import type { Catcher } from '../../test/mutation/mutant.js';
import type { Outcome, Report, Task } from './messages.js';

// Runs inside a copy of the project, so that whatever it imports is the mutant's.

const PROJECT = new URL('../../', import.meta.url);
const MAX_WHAT_CHARACTERS = 240;
/** As many processes as there are workers share the host, so tests are given more time than on their own. */
const TEST_TIMEOUT_MS = 120_000;

function load(path: string): Promise<unknown> {
  return import(new URL(path.replace(/\.js$/, '.ts'), PROJECT).href) as Promise<unknown>;
}

function report(message: Report): void {
  process.send?.(message);
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return brief(text);
}

/** The first line that says something, cut to a length that fits a table. */
function brief(text: string): string {
  const line = text.split('\n').map((each) => each.trim()).find((each) => each !== '') ?? '';
  return line.length > MAX_WHAT_CHARACTERS ? `${line.slice(0, MAX_WHAT_CHARACTERS)}…` : line;
}

async function runCatcher(catcher: Catcher): Promise<Outcome> {
  switch (catcher.kind) {
    case 'specs': return runSpecs(catcher.files, catcher.title);
    case 'seeds': return runSeeds(catcher.from, catcher.to);
    case 'scenario': return runScenario(catcher);
  }
}

async function runSpecs(files: readonly string[], title: string | undefined): Promise<Outcome> {
  const mocha = new Mocha({ bail: true, timeout: TEST_TIMEOUT_MS, ...(title === undefined ? {} : { fgrep: title }) });
  for (const file of files) mocha.addFile(fileURLToPath(new URL(file, PROJECT)));
  try {
    await mocha.loadFilesAsync();
  } catch (error) {
    return { type: 'unusable', what: `${files.join(', ')} does not load: ${textOf(error)}` };
  }
  return new Promise((resolve) => {
    let tried = 0;
    let what: string | undefined;
    const runner = mocha.run(() => {
      if (what !== undefined) resolve({ type: 'failed', tried, what });
      else if (tried === 0) resolve({ type: 'unusable', what: `${files.join(', ')} has no test${title === undefined ? '' : ` named ${title}`}` });
      else resolve({ type: 'passed', tried });
    });
    runner.on('test end', () => { tried += 1; });
    runner.on('fail', (test, error: unknown) => { what ??= brief(`${test.file === undefined ? 'test' : basename(test.file)}: ${test.title} [${textOf(error)}]`); });
  });
}

async function runSeeds(from: number, to: number): Promise<Outcome> {
  const { randomRun } = await load('test/simulation/random-faults.js') as typeof RandomFaults;
  for (let seed = from; seed <= to; seed += 1) {
    const { failure } = await randomRun(seed);
    // What R10 leaves to an operator is no failure of the protocol.
    if (failure !== undefined && failure.kind !== 'known-stall') return { type: 'failed', tried: seed - from + 1, what: brief(`seed ${seed}: ${failure.message}`) };
  }
  return { type: 'passed', tried: to - from + 1 };
}

/** It must fail in the way that it is about; another failure of it would be luck. */
async function runScenario({ name, fails }: Extract<Catcher, { readonly kind: 'scenario' }>): Promise<Outcome> {
  const { SCENARIOS } = await load('test/scenario/catalogue.js') as { readonly SCENARIOS: readonly Scenario[] };
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) return { type: 'unusable', what: `there is no scenario ${name}` };
  try {
    await judged(scenario);
    return { type: 'passed', tried: 1 };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (new RegExp(fails.source, fails.flags).test(text)) return { type: 'failed', tried: 1, what: brief(`scenario ${name}: ${text}`) };
    return { type: 'unusable', what: brief(`scenario ${name} fails in another way than it is about: ${text}`) };
  }
}

async function perform({ catcher, patchedFiles }: Task): Promise<Outcome> {
  try {
    for (const file of patchedFiles) await load(file);
  } catch (error) {
    return { type: 'unusable', what: `does not load: ${textOf(error)}` };
  }
  report({ type: 'loaded' });
  try {
    return await runCatcher(catcher);
  } catch (error) {
    return { type: 'unusable', what: textOf(error) };
  }
}

// Ctrl-C reaches the whole group of processes: the parent decides when to end.
process.on('SIGINT', () => undefined);
process.once('message', (task: Task) => {
  void perform(task).then((outcome) => {
    // Whatever a mutant left open must not keep this process.
    process.send?.(outcome, undefined, undefined, () => process.exit());
  });
});
