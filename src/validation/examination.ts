import { unreadable } from './unreadable.js';
import type { Rejection } from './verdict.js';
import type { WorkMeter } from './work-meter.js';

/** A check in small steps, none of more than a certificate's signatures; ends with what is wrong, or undefined. */
export type CheckSteps = Generator<undefined, Rejection | undefined, undefined>;

/**
 * One message's way through validation, as far at a time as its driver allows: a large one must not hold up everything
 * else. Pure and synchronous; it never throws on input.
 */
export class Examination<Passed> {
  readonly #steps: CheckSteps;
  readonly #meter: WorkMeter;
  readonly #passed: Passed;
  #outcome: Passed | Rejection | undefined;

  /** @param passed the outcome where nothing is wrong */
  constructor(steps: CheckSteps, meter: WorkMeter, passed: Passed) {
    this.#steps = steps;
    this.#meter = meter;
    this.#passed = passed;
  }

  /** Undefined while it is under way. */
  get outcome(): Passed | Rejection | undefined {
    return this.#outcome;
  }

  /**
   * Goes on until about so much work is done, or it has ended.
   * @returns the work done, in signature checks
   */
  step(maxWork: number): number {
    const before = this.#meter.done;
    while (this.#outcome === undefined && this.#meter.done - before < maxWork) this.#next();
    return this.#meter.done - before;
  }

  /** To the end, in one piece. */
  finish(): Passed | Rejection {
    for (;;) {
      if (this.#outcome !== undefined) return this.#outcome;
      this.#next();
    }
  }

  #next(): void {
    try {
      const next = this.#steps.next();
      if (next.done === true) this.#outcome = next.value ?? this.#passed;
    } catch (error) {
      this.#outcome = unreadable(error);
    }
  }
}
