import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytesOf, randomOf } from './entropy.js';
import { allocatedBytes, assertNoHugeAllocation } from './footprint.js';
import { mutate } from './mutation.js';
import type { Outcome, Target } from './target.js';

/** Inputs of one target: `from` up to but not including `to`, each determined by the seed and its number. */
export interface Share {
  readonly target: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly index: number;
  /** The input, cut down as far as it still fails, in hexadecimal. */
  readonly hex: string;
  readonly message: string;
}

export interface ShareResult {
  readonly target: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly rejected: number;
  /** Inputs as generated, without mutation, and how many of them were accepted. */
  readonly generated: number;
  readonly generatedAccepted: number;
  readonly milliseconds: number;
  readonly failures: readonly Failure[];
}

const MAX_SHRINK_TRIES = 400;
/** After so many failures a target's share ends: they are most likely one defect. */
const MAX_FAILURES = 3;

/** The input of that number: every other one as generated, the others mutated, one in sixteen of random bytes. */
export function inputOf(target: Target, seed: number, index: number): { readonly input: Uint8Array; readonly isGenerated: boolean } {
  const random = randomOf(seed, target.name, index);
  if (index % 16 === 15) return { input: bytesOf(random, random.pick([0, 1, 2, 8, 40, 200, 1000])), isGenerated: false };
  // Of one class, whatever made it.
  const input = new Uint8Array(target.generate(random));
  if (index % 2 === 0) return { input, isGenerated: true };
  return { input: mutate(input, random, () => target.generate(random)), isGenerated: false };
}

async function runOnce(target: Target, input: Uint8Array): Promise<Outcome> {
  const beforeBytes = allocatedBytes();
  const outcome = target.run(input);
  const settled = outcome instanceof Promise ? await outcome : outcome;
  assertNoHugeAllocation(beforeBytes, input);
  return settled;
}

export async function runShare(target: Target, { seed, from, to }: Share): Promise<ShareResult> {
  const startMs = performance.now();
  const counts = { inputs: 0, accepted: 0, rejected: 0, generated: 0, generatedAccepted: 0 };
  const failures: Failure[] = [];
  for (let index = from; index < to && failures.length < MAX_FAILURES; index += 1) {
    const { input, isGenerated } = inputOf(target, seed, index);
    counts.inputs += 1;
    if (isGenerated) counts.generated += 1;
    try {
      const outcome = await runOnce(target, input);
      counts[outcome] += 1;
      if (isGenerated && outcome === 'accepted') counts.generatedAccepted += 1;
    } catch (error) {
      const smallest = await shrink(target, input, error);
      failures.push({ target: target.name, seed, index, hex: Buffer.from(smallest.input).toString('hex'), message: messageOf(smallest.error) });
    }
    if (counts.inputs % 256 === 0) await nextTurn();
  }
  return { target: target.name, ...counts, milliseconds: performance.now() - startMs, failures };
}

/** Runs one given input. @throws what the target throws */
export function replay(target: Target, input: Uint8Array): Promise<Outcome> {
  return runOnce(target, input);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}

/** Cuts pieces out, the largest first, as long as what is left fails with an error of the same class. */
async function shrink(target: Target, input: Uint8Array, error: unknown): Promise<{ readonly input: Uint8Array; readonly error: unknown }> {
  let smallest = { input, error };
  let tries = 0;
  for (let size = Math.ceil(input.byteLength / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.input.byteLength && tries < MAX_SHRINK_TRIES;) {
      const shorter = new Uint8Array(Buffer.concat([smallest.input.subarray(0, at), smallest.input.subarray(at + size)]));
      tries += 1;
      try {
        await runOnce(target, shorter);
        at += size;
      } catch (failure) {
        if (kindOf(failure) === kindOf(error)) smallest = { input: shorter, error: failure };
        else at += size;
      }
    }
  }
  return smallest;
}
