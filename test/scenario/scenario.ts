import { SafetyViolation } from '../simulation/failures.js';
import type { World } from '../simulation/world.js';

/** Told of a scenario's world before anything happens in it, to watch it. A scenario may play in several worlds, one after another. */
export type Watch = (world: World) => void;

/** A deliberate defect that the scenario exists to notice: how the scenario ends when the production code has it. */
export interface Weakness {
  /** Name of the mutant in the catalogue of test/mutation. */
  readonly mutant: string;
  /** What the failure reads, as `<error's name>: <its message>`. Any other failure is not the one the scenario is about. */
  readonly fails: RegExp;
  /**
   * Where the vote guard of the storage would stop the platform before the worst: how the scenario ends when it is off,
   * too. `fails` then is how the guard puts it.
   */
  readonly failsUnguarded?: RegExp;
}

/**
 * One story of how agreement is lost or stuck, which must not come true (SPEC section 13). It is scripted message by
 * message where chance would hardly ever find it.
 */
export interface Scenario {
  /** For the command line: `npm run simulate -- --scenario <name>`. */
  readonly name: string;
  /** Where it comes from: a paper, another project's issue, or a draft of this protocol by its letter. */
  readonly source: string;
  /** Rules and sections of SPEC.md that stand against it. */
  readonly rules: readonly string[];
  /** What happens, for people. */
  readonly story: string;
  /** Each is tried: with it, `play` must fail in this way. */
  readonly weaknesses: readonly Weakness[];
  /**
   * Resolves where everything holds as specified.
   * @throws SafetyViolation, Stall, or an assertion that says what should have been
   */
  play(watch?: Watch): Promise<void>;
}

const MAX_VIOLATIONS_TOLD = 5;

/**
 * Plays a scenario; where it went as it should, all that happened in its worlds is held against the invariants of SPEC
 * section 13, too.
 * @throws what `play` throws, or SafetyViolation
 */
export async function judged(scenario: Scenario, watch?: Watch): Promise<void> {
  const worlds: World[] = [];
  await scenario.play((world) => {
    worlds.push(world);
    watch?.(world);
  });
  const violations = worlds.flatMap(({ judge }) => judge?.() ?? []);
  if (violations.length > 0) throw new SafetyViolation(violations.slice(0, MAX_VIOLATIONS_TOLD).join('\n'));
}
