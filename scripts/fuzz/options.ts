import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Terminal } from '../../src/cli/terminal.js';
import type { Target } from '../../test/fuzz/target.js';

/** What `npm run fuzz` takes. */
export interface FuzzOptions {
  readonly inputs: number;
  readonly targets: readonly Target[];
  readonly seed: number;
  readonly workers: number;
  /** Run this one input of the one target, and nothing else. */
  readonly input: Uint8Array | undefined;
  readonly list: boolean;
}

const DEFAULT_INPUTS = 100_000;
const MAX_INPUTS = 1_000_000_000;
const MAX_SEED = 2 ** 32 - 1;
const MAX_WORKERS = 256;

function wholeOf(text: string, min: number, max: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`);
  return value;
}

function bytesOfHex(text: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) throw new InvalidArgumentError('Give bytes in hexadecimal.');
  return new Uint8Array(Buffer.from(text, 'hex'));
}

interface Flags {
  readonly inputs: number;
  readonly target?: string;
  readonly seed: number;
  readonly workers: number;
  readonly input?: Uint8Array;
  readonly list: boolean;
}

/** @returns the options, or the exit code where there is nothing to run */
export function parseFuzzOptions(args: readonly string[], catalogue: readonly Target[], { out, err }: Terminal): FuzzOptions | 0 | 2 {
  const command = new Command('npm run fuzz --')
    .description('feeds valid, mutated and random input to everything that takes input from outside: decoders, validators, handlers of gossip and '
      + 'requests, framing, the HTTP API, files and stored records. Nothing may throw but the module\'s own error, nor allocate out of proportion.')
    .option('--inputs <N>', 'inputs in all, shared among the targets', (text) => wholeOf(text, 1, MAX_INPUTS), DEFAULT_INPUTS)
    .option('--target <name>', 'this target alone')
    .option('--seed <S>', 'other inputs with each seed, the same with the same', (text) => wholeOf(text, 0, MAX_SEED), 1)
    .option('--workers <N>', 'processes to run in', (text) => wholeOf(text, 1, MAX_WORKERS), Math.min(availableParallelism(), MAX_WORKERS))
    .option('--input <hex>', 'with --target: run this one input', bytesOfHex)
    .option('--list', 'name the targets', false)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => { out(text.trimEnd()); }, writeErr: (text) => { err(text.trimEnd()); } })
    .addHelpText('after', '\nThe last line is JSON with the counts. Ends with 0, 1 (an input that failed: it is told in hexadecimal, and how to rerun it)\n'
      + 'or 2 (called wrongly).\n\nExamples:\n  $ npm run fuzz -- --inputs 1000000\n  $ npm run fuzz -- --target wire-message --input 0a00');
  try {
    command.parse(args, { from: 'user' });
    const { inputs, target: name, seed, workers, input, list } = command.opts<Flags>();
    const targets = name === undefined ? catalogue : catalogue.filter((target) => target.name === name);
    if (targets.length === 0) command.error(`error: there is no target ${name ?? ''}; --list names them`);
    if (input !== undefined && name === undefined) command.error('error: --input is an input of one target: name it with --target');
    return { inputs, targets, seed, workers, input, list };
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
}
