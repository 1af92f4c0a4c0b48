import type { Catcher, Mutant } from '../mutant.js';

const WALL_CLOCK: Catcher = { kind: 'specs', files: ['test/integration/wall-clock.spec.ts'] };
const DATE_WATCH: Catcher = { kind: 'specs', files: ['test/unit/network/date-watch.spec.ts'] };

/** Links between members (section 7), and what people are told of them. */
export const LINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'durations-by-date',
    rule: 'section 8, time',
    why: 'a date that is set back stops redials, and holds penalties up for as long as it was set back by',
    patches: [{
      file: 'src/network/clocks.ts',
      find: 'toMonotonicMs(performance.now())',
      replace: 'toMonotonicMs(Date.now())',
    }],
    catchers: [WALL_CLOCK],
  },
  {
    name: 'date-steps-unnoticed',
    rule: 'section 8, time',
    why: 'gossipsub remembers every message for as long as the date was set back by',
    patches: [{
      file: 'src/network/date-watch.ts',
      find: 'return Math.abs(steppedMs) < LEAST_STEP_MS',
      replace: 'return Math.abs(steppedMs) > LEAST_STEP_MS',
    }],
    catchers: [DATE_WATCH],
  },
];
