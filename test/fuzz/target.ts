import type { Random } from '../simulation/random.js';

/** Whether the code under test took the input. Anything else that happens, a throw above all, is a failure. */
export type Outcome = 'accepted' | 'rejected';

/** One entry of the catalogue: something that takes input from outside. */
export interface Target {
  readonly name: string;
  /** A valid input, or nearly so; the campaign mutates these, too. */
  generate(random: Random): Uint8Array;
  /** @throws whatever the code under test must not throw, or AssertionError where a property does not hold */
  run(input: Uint8Array): Outcome | Promise<Outcome>;
  /** Share of generated, unmutated inputs that must be accepted, or the fuzzing would end at the first byte. */
  readonly leastAccepted: number;
  /** Its share of a campaign, where its inputs take longer than a decoder's (1). */
  readonly weight?: number;
}

/** Runs `take`; `expected` tells the errors that mean "not accepted". */
export function outcomeOf(take: () => unknown, expected: (error: unknown) => boolean): Outcome {
  try {
    take();
    return 'accepted';
  } catch (error) {
    if (!expected(error)) throw error;
    return 'rejected';
  }
}
