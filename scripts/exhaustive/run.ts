import type { Terminal } from '../../src/cli/terminal.js';
import type { SlotCase, SlotCaseResult } from '../../test/exhaustive/slot-cases.js';
import { searchSlot, slotCases } from '../../test/exhaustive/slot-cases.js';
import { parseExhaustiveOptions } from './options.js';

/** Title and width; numbers are set to the right. */
const COLUMNS = [['n', -3], ['fastPath', 9], ['rules', 20], ['expected', 9], ['found', 6], ['states', -9], ['transitions', -12], ['seconds', -8]] as const;

/** `npm run exhaustive`. @returns the exit code */
export function exhaustive(args: readonly string[], terminal: Terminal): number {
  const options = parseExhaustiveOptions(args, terminal);
  if (typeof options === 'number') return options;
  const { members, story } = options;
  const totals = { cases: 0, states: 0, transitions: 0, unexpected: 0 };
  terminal.out(row(COLUMNS.map(([title]) => title)));
  for (let count = members.from; count <= members.to; count += 1) {
    for (const slotCase of slotCases(count)) {
      const startMs = performance.now();
      const result = searchSlot(slotCase);
      const isExpected = result.found === slotCase.expected;
      totals.cases += 1;
      totals.states += result.states;
      totals.transitions += result.transitions;
      if (!isExpected) totals.unexpected += 1;
      terminal.out(toldOf(slotCase, result, performance.now() - startMs) + (isExpected ? '' : '  UNEXPECTED'));
      if (story || !isExpected) for (const line of result.story) terminal.out(`      ${line}`);
    }
  }
  terminal.out(JSON.stringify(totals));
  return totals.unexpected > 0 ? 1 : 0;
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
