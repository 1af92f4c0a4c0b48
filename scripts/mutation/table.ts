import type { Mutant } from '../../test/mutation/mutant.js';
import { nameOf } from './attempt.js';
import type { Catch, Judgement } from './gate.js';

type Cells = readonly [verdict: string, name: string, rule: string, tried: string, seconds: string, by: string];

const WIDEST_VERDICT = 'survived';
const WIDEST_TRIED = '1000 seeds';
const SECONDS = 'seconds';

/** The gate's findings as lines, one mutant after the other. */
export class Table {
  readonly #widths: readonly number[];

  constructor(mutants: readonly Mutant[]) {
    const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));
    this.#widths = [
      WIDEST_VERDICT.length, longest(mutants.map(({ name }) => name)), longest(mutants.map(({ rule }) => rule)), WIDEST_TRIED.length, SECONDS.length,
    ];
  }

  get head(): string {
    return this.#line(['', 'mutant', 'rule', 'after', SECONDS, 'caught by']);
  }

  /** @param every also what did not notice it */
  rows({ mutant: { name, rule, why }, verdict, seconds }: Judgement, every: boolean): string[] {
    const row = (after: string, by: string): string => this.#line([verdict.type, name, rule, after, seconds.toFixed(1), by]);
    switch (verdict.type) {
      case 'survived': return [row('', `nothing: ${why}`)];
      case 'broken': return [row('', verdict.why)];
      case 'caught': {
        const [first, ...others] = verdict.catches;
        return [
          row(triedText(first), first.by),
          ...others.map((also) => this.#line(['', '  also', '', triedText(also), '', also.by])),
          ...every ? verdict.missed.map((catcher) => this.#line(['', '  not', '', '', '', `by ${nameOf(catcher)}`])) : [],
        ];
      }
    }
  }

  #line(cells: Cells): string {
    return cells.map((text, column) => {
      const width = this.#widths[column] ?? 0;
      return column === this.#widths.length - 1 ? text.padStart(width) : text.padEnd(width);
    }).join('  ').trimEnd();
  }
}

/** After how many seeds, or tests of the files named. */
function triedText({ catcher, tried }: Catch): string {
  const what = catcher.kind === 'seeds' ? 'seed' : catcher.kind === 'specs' ? 'test' : 'scenario';
  return `${tried} ${what}${tried === 1 ? '' : 's'}`;
}
