import type { PlayedRun } from '../../test/simulation/plan-player.js';

/** What the last line of the output counts. */
export interface Totals {
  readonly runs: number;
  readonly finalBlocks: number;
  readonly violations: number;
  readonly stalls: number;
  /** So many stores were lost that only an operator can help: no fault of the protocol (R10). */
  readonly knownStalls: number;
  /** Events on the virtual clock. */
  readonly events: number;
}

export const NO_TOTALS: Totals = { runs: 0, finalBlocks: 0, violations: 0, stalls: 0, knownStalls: 0, events: 0 };

export function added(totals: Totals, { finalBlocks, events, failure }: Pick<PlayedRun, 'finalBlocks' | 'events' | 'failure'>): Totals {
  const count = (kind: NonNullable<PlayedRun['failure']>['kind']): number => Number(failure?.kind === kind);
  return {
    runs: totals.runs + 1, finalBlocks: totals.finalBlocks + finalBlocks,
    violations: totals.violations + count('violation'), stalls: totals.stalls + count('stall'), knownStalls: totals.knownStalls + count('known-stall'),
    events: totals.events + events,
  };
}

export function failuresIn({ violations, stalls }: Totals): number {
  return violations + stalls;
}
