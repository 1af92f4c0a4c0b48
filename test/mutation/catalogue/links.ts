import type { Catcher, Mutant } from '../mutant.js';

const WALL_CLOCK: Catcher = { kind: 'specs', files: ['test/integration/wall-clock.spec.ts'] };
const DATE_WATCH: Catcher = { kind: 'specs', files: ['test/unit/network/date-watch.spec.ts'] };

const PEERS: Catcher = { kind: 'specs', files: ['test/integration/network-peers.spec.ts'] };
const CLOCKS: Catcher = { kind: 'specs', files: ['test/unit/network/clock-comparison.spec.ts'] };
const FEDERATION_WATCH: Catcher = { kind: 'specs', files: ['test/unit/node/federation-watch.spec.ts'] };
const WATCH = 'src/node/federation-watch.ts';

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
  {
    name: 'lost-quorum-silent',
    rule: 'issue 10, C14',
    why: 'nobody is told that nothing becomes final any more',
    patches: [{ file: WATCH, find: '} else if (this.#wasInTouch) {', replace: '} else if (this.#wasInTouch && nowMs < 0) {' }],
    catchers: [FEDERATION_WATCH],
  },
  {
    name: 'other-chain-silent',
    rule: 'issue 10, C12',
    why: 'two societies of the same members meet and say nothing',
    patches: [{
      file: 'src/network/peer-records.ts',
      find: 'other === undefined || chains.includes(this.#init.chainId)',
      replace: 'other === undefined || chains.length > 0',
    }],
    catchers: [PEERS],
  },
  {
    name: 'one-liar-makes-clocks-doubted',
    rule: 'issue 10, C15',
    why: 'one member that lies about its clock makes all others blame their own',
    patches: [{ file: 'src/node/clock-skew.ts', find: 'apart > faultTolerance && 2 * apart > otherMembers', replace: 'apart > 0' }],
    catchers: [FEDERATION_WATCH],
  },
  {
    name: 'clocks-compared-without-way-back',
    rule: 'issue 10, C15',
    why: 'a slow link looks like a wrong clock',
    patches: [{
      file: 'src/network/clock-comparison.ts',
      find: 'theirWallMs - (sentWallMs + roundTripMs / 2)',
      replace: 'theirWallMs - sentWallMs',
    }],
    catchers: [CLOCKS],
  },
  {
    name: 'dial-failures-forgotten',
    rule: 'issue 10, C13',
    why: 'a member that cannot be reached is only missing',
    patches: [{ file: 'src/network/dialer.ts', find: "if (target.kind === 'member') records.dialFailed(", replace: "if (target.kind === 'member' && cause === '') records.dialFailed(" }],
    catchers: [PEERS],
  },
];
