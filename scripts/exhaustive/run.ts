import { availableParallelism } from 'node:os';
import type { Terminal } from '../../src/cli/terminal.js';
import { playShares, sharesOf } from '../../test/exhaustive/random-campaign.js';
import type { SlotCase, SlotCaseResult } from '../../test/exhaustive/slot-cases.js';
import { searchSlot, slotCases } from '../../test/exhaustive/slot-cases.js';
import type { ExhaustiveOptions } from './options.js';
import { parseExhaustiveOptions } from './options.js';

/** Title and width; numbers are set to the right. */
const COLUMNS = [['n', -3], ['fastPath', 9], ['rules', 20], ['expected', 9], ['found', 6], ['states', -9], ['transitions', -12], ['seconds', -8]] as const;
const MOST_VIOLATIONS_TOLD = 20;

/** `npm run exhaustive`. @returns the exit code */
export async function exhaustive(args: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseExhaustiveOptions(args, terminal);
  if (typeof options === 'number') return options;
  const isSlotAsKnown = searchSlots(options, terminal);
  const areRunsSafe = options.runs === 0 || await playRuns(options.runs, terminal);
  return isSlotAsKnown && areRunsSafe ? 0 : 1;
}

function searchSlots({ members, story }: ExhaustiveOptions, { out }: Terminal): boolean {
  const totals = { cases: 0, states: 0, transitions: 0, unexpected: 0 };
  out(row(COLUMNS.map(([title]) => title)));
  for (let count = members.from; count <= members.to; count += 1) {
    for (const slotCase of slotCases(count)) {
      const startMs = performance.now();
      const result = searchSlot(slotCase);
      const isExpected = result.found === slotCase.expected;
      totals.cases += 1;
      totals.states += result.states;
      totals.transitions += result.transitions;
      if (!isExpected) totals.unexpected += 1;
      out(toldOf(slotCase, result, performance.now() - startMs) + (isExpected ? '' : '  UNEXPECTED'));
      if (story || !isExpected) for (const line of result.story) out(`      ${line}`);
    }
  }
  out(JSON.stringify(totals));
  return totals.unexpected === 0;
}

async function playRuns(runs: number, { out }: Terminal): Promise<boolean> {
  const startMs = performance.now();
  const { violations, ...counts } = await playShares(sharesOf(runs), availableParallelism());
  for (const violation of violations.slice(0, MOST_VIOLATIONS_TOLD)) out(`VIOLATION ${violation}`);
  out(JSON.stringify({ ...counts, violations: violations.length, seconds: Math.round((performance.now() - startMs) / 1000) }));
  return violations.length === 0;
}

function toldOf({ members, fastPath, rules, expected }: SlotCase, { found, states, transitions }: SlotCaseResult, durationMs: number): string {
  return row([members, fastPath, rules, expected, found, states, transitions, (durationMs / 1000).toFixed(1)]);
}

function row(cells: readonly (string | number)[]): string {
  return COLUMNS.map(([, width], column) => {
    const cell = String(cells[column]);
    return width < 0 ? cell.padStart(-width) : cell.padEnd(width);
  }).join(' ');
}
