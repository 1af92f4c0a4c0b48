import { availableParallelism } from 'node:os';
import type { Terminal } from '../../src/cli/terminal.js';
import { playShares, sharesOf } from '../../test/exhaustive/random-campaign.js';
import type { SlotCase, SlotCaseResult } from '../../test/exhaustive/slot-cases.js';
import { searchSlot, slotCases } from '../../test/exhaustive/slot-cases.js';
import { conclude } from '../command/conclusion.js';
import type { ExhaustiveOptions } from './options.js';
import { parseExhaustiveOptions } from './options.js';

/** Title and width; numbers are set to the right. */
const COLUMNS = [['n', -3], ['fastPath', 9], ['rules', 20], ['expected', 9], ['found', 6], ['states', -9], ['transitions', -12], ['seconds', -8]] as const;
const MOST_VIOLATIONS_TOLD = 20;

/** `npm run exhaustive`. @returns the exit code */
export function exhaustive(args: readonly string[], terminal: Terminal): Promise<number> {
  return conclude(terminal, async () => {
    const options = parseExhaustiveOptions(args, terminal);
    if (typeof options === 'number') return options;
    const slots = searchSlots(options, terminal);
    if (options.runs === 0) return { ok: slots.unexpected === 0, ...slots };
    const random = await playRuns(options.runs, terminal);
    return { ok: slots.unexpected === 0 && random.violations === 0, ...slots, ...random };
  });
}

/** Counts over all cases searched. */
interface SlotTotals {
  cases: number;
  states: number;
  transitions: number;
  /** Cases in which something else was found than is known. */
  unexpected: number;
}

function searchSlots({ members, story }: ExhaustiveOptions, { out }: Terminal): SlotTotals {
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
  return totals;
}

/** Counts of the random runs. */
async function playRuns(runs: number, { out }: Terminal): Promise<Readonly<Record<string, number>> & { readonly violations: number }> {
  const startMs = performance.now();
  const { violations, ...counts } = await playShares(sharesOf(runs), availableParallelism());
  for (const violation of violations.slice(0, MOST_VIOLATIONS_TOLD)) out(`VIOLATION ${violation}`);
  return { ...counts, violations: violations.length, seconds: Math.round((performance.now() - startMs) / 1000) };
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
