import type { Terminal } from '../../src/cli/terminal.js';
import type { Failure, ShareResult } from '../../test/fuzz/campaign.js';
import { replay } from '../../test/fuzz/campaign.js';
import { TARGETS } from '../../test/fuzz/catalogue.js';
import type { Target } from '../../test/fuzz/target.js';
import type { Conclusion, NothingPlayed } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import type { ProgressStream } from '../simulate/progress.js';
import { Progress } from '../simulate/progress.js';
import type { FuzzOptions } from './options.js';
import { parseFuzzOptions } from './options.js';
import { runInWorkers, sharesOf } from './shares.js';

export interface FuzzHost extends Terminal {
  readonly progress: ProgressStream;
  /** Asks to end early, with the counts so far. */
  readonly signal: AbortSignal;
}

interface Totals {
  inputs: number;
  accepted: number;
  rejected: number;
  generated: number;
  generatedAccepted: number;
  milliseconds: number;
  failures: number;
}

const COMMAND = 'npm run fuzz --';
/** A command line holds no more. */
const MAX_HEX_TOLD = 100_000;

/** `npm run fuzz`. @returns the exit code */
export function fuzz(args: readonly string[], host: FuzzHost): Promise<number> {
  return conclude(host, () => play(args, host));
}

async function play(args: readonly string[], host: FuzzHost): Promise<Conclusion | NothingPlayed> {
  const options = parseFuzzOptions(args, TARGETS, host);
  if (typeof options === 'number') return options;
  if (options.list) {
    for (const { name } of options.targets) host.out(name);
    return 0;
  }
  const [only] = options.targets;
  return options.input !== undefined && only !== undefined ? one(only, options.input, host) : campaign(options, host);
}

async function one(target: Target, input: Uint8Array, { out }: FuzzHost): Promise<Conclusion> {
  try {
    out(`${target.name}: ${await replay(target, input)}`);
    return { ok: true, inputs: 1, failures: 0 };
  } catch (error) {
    out(`${target.name}: FAILED\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { ok: false, inputs: 1, failures: 1 };
  }
}

async function campaign({ targets, inputs, seed, workers }: FuzzOptions, host: FuzzHost): Promise<Conclusion> {
  const startMs = performance.now();
  const totals = new Map<string, Totals>(targets.map(({ name }) => [name, noTotals()]));
  const whole = noTotals();
  const progress = new Progress(host.progress, startMs);
  const take = (result: ShareResult): void => {
    add(totals.get(result.target) ?? noTotals(), result);
    add(whole, result);
    for (const failure of result.failures) {
      progress.clear();
      host.out(failureText(failure));
    }
    progress.update(performance.now(), () => `${whole.inputs} of ${inputs} inputs, ${whole.failures} failures`);
  };
  await runInWorkers(sharesOf(targets, inputs, seed), workers, take, host.signal);
  progress.clear();
  host.out(tableOf(totals));
  if (host.signal.aborted) host.err(`interrupted after ${whole.inputs} of ${inputs} inputs`);
  const seconds = (performance.now() - startMs) / 1000;
  return {
    ok: whole.failures === 0 && !host.signal.aborted, inputs: whole.inputs, failures: whole.failures, targets: targets.length, accepted: whole.accepted, rejected: whole.rejected, seed, seconds: Number(seconds.toFixed(1)),
  };
}

function noTotals(): Totals {
  return { inputs: 0, accepted: 0, rejected: 0, generated: 0, generatedAccepted: 0, milliseconds: 0, failures: 0 };
}

function add(totals: Totals, { inputs, accepted, rejected, generated, generatedAccepted, milliseconds, failures }: ShareResult): void {
  totals.inputs += inputs;
  totals.accepted += accepted;
  totals.rejected += rejected;
  totals.generated += generated;
  totals.generatedAccepted += generatedAccepted;
  totals.milliseconds += milliseconds;
  totals.failures += failures.length;
}

function tableOf(totals: ReadonlyMap<string, Totals>): string {
  const rows = [...totals].map(([name, each]) => [
    name, String(each.inputs), String(each.accepted), String(each.rejected),
    each.generated === 0 ? '' : `${Math.round((100 * each.generatedAccepted) / each.generated)} %`, (each.milliseconds / 1000).toFixed(1), String(each.failures),
  ]);
  const table = [['target', 'inputs', 'accepted', 'rejected', 'of valid', 'seconds', 'failures'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n');
}

function failureText({ target, seed, index, hex, message }: Failure): string {
  return [
    `FAILURE of ${target}, input ${index} of seed ${seed}`,
    ...message.split('\n').slice(0, 12).map((line) => `  ${line}`),
    `  input: ${hex.slice(0, MAX_HEX_TOLD)}${hex.length > MAX_HEX_TOLD ? '…' : ''}`,
    `  rerun: ${COMMAND} --target ${target} --input ${hex.slice(0, MAX_HEX_TOLD)}`,
  ].join('\n');
}
