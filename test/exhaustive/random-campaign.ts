import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { quorumParameters } from '../../src/consensus/quorum.js';
import { randomRun } from './random-run.js';

/** Seeds from..to, both included, of a society as specified. */
export interface Share {
  readonly members: number;
  /** Undefined for the largest. */
  readonly fastPath: number | 'off' | undefined;
  readonly from: number;
  readonly to: number;
}

export interface Tallied {
  readonly runs: number;
  readonly finalBlocks: number;
  readonly slots: number;
  readonly restarts: number;
  /** What was broken, with what it takes to see it again. */
  readonly violations: readonly string[];
}

const NOTHING: Tallied = { runs: 0, finalBlocks: 0, slots: 0, restarts: 0, violations: [] };
/** Every so many runs it is seen, too, that nothing is stuck afterwards; that takes longer than the run. */
const SETTLED_EVERY = 50;
/** Runs dealt to a worker at once. */
const SHARE_RUNS = 2500;
const WORKER = fileURLToPath(new URL('random-worker.ts', import.meta.url));
/** Workers are TypeScript, too. */
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** How often each society is played, in hundredths: small ones most, where chance reaches furthest. */
const MIX: readonly (readonly [percent: number, members: number, fastPath: Share['fastPath']])[] = [
  [2, 2, undefined], [4, 3, undefined], [42, 4, undefined], [8, 4, 0], [6, 4, 'off'], [10, 5, undefined], [2, 5, 'off'], [8, 6, undefined],
  [12, 7, undefined], [4, 7, 0], [2, 10, undefined],
];

/** The runs in the mix of societies, dealt into shares; each society's seeds count from 1. */
export function sharesOf(runs: number): Share[] {
  return MIX.flatMap(([percent, members, fastPath]) => {
    const shares: Share[] = [];
    const last = Math.ceil((runs * percent) / 100);
    for (let from = 1; from <= last; from += SHARE_RUNS) shares.push({ members, fastPath, from, to: Math.min(last, from + SHARE_RUNS - 1) });
    return shares;
  });
}

export function playShare({ members, fastPath, from, to }: Share): Tallied {
  const rules = { parameters: quorumParameters(members, fastPath), skipCertificates: true };
  let tallied = NOTHING;
  for (let seed = from; seed <= to; seed += 1) {
    const { violation, ...counts } = randomRun(seed, rules, seed % SETTLED_EVERY === 0);
    const violations = violation === undefined ? [] : [`n=${members}, fastPath ${fastPath ?? 'largest'}, seed ${seed}: ${violation}`];
    tallied = added(tallied, { runs: 1, ...counts, violations });
  }
  return tallied;
}

function added(a: Tallied, b: Tallied): Tallied {
  return {
    runs: a.runs + b.runs, finalBlocks: a.finalBlocks + b.finalBlocks, slots: a.slots + b.slots, restarts: a.restarts + b.restarts,
    violations: b.violations.length === 0 ? a.violations : [...a.violations, ...b.violations],
  };
}

/** Plays the shares in this many processes. @throws Error if one of them ends by itself */
export async function playShares(shares: readonly Share[], processes: number): Promise<Tallied> {
  const left = [...shares];
  const tallies = await Promise.all(Array.from({ length: Math.min(processes, shares.length) }, () => playInProcess(() => left.shift())));
  return tallies.reduce(added, NOTHING);
}

function playInProcess(deal: () => Share | undefined): Promise<Tallied> {
  return new Promise((resolve, reject) => {
    const child = fork(WORKER, { execArgv: ['--import', LOADER] });
    let tallied = NOTHING;
    let share: Share | undefined;
    const goOn = (): void => {
      share = deal();
      if (share === undefined) child.disconnect();
      else child.send(share);
    };
    child.on('message', (played: Tallied) => {
      tallied = added(tallied, played);
      goOn();
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (share === undefined) resolve(tallied);
      else reject(new Error(`a process ended by itself (${signal ?? code ?? 'unknown'}) while playing ${JSON.stringify(share)}`));
    });
    goOn();
  });
}
