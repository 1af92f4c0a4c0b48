import type { Attacker } from './attacker.js';

/** One way to use everything that the limits allow. */
export interface Attack {
  /** As `--kinds` takes it. */
  readonly name: string;
  /** In a few words, for people. */
  readonly text: string;
  /** What is sent can come from no honest member, so that who sends it must be refused. */
  readonly invalid: boolean;
  /** Makes what takes long to make, before anything is measured. */
  prepare?(attacker: Attacker): Promise<void>;
  /** Floods every victim that takes it until then (monotonic). Cut-offs are no errors. */
  run(attacker: Attacker, untilMs: number): Promise<void>;
}
