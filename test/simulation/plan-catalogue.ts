import { faultToleranceOf } from '../../src/consensus/quorum.js';
import { ADVERSARIES } from '../byzantine/adversaries.js';
import { LYING_SNAPSHOTS } from '../byzantine/lying-snapshots.js';
import type { Fault, Plan } from './plan.js';

/** A plan with a name, for `npm run simulate -- --scenario NAME`. */
export interface NamedPlan {
  readonly name: string;
  /** What happens, for people. */
  readonly story: string;
  readonly plan: Plan;
}

/** A quiet network, four platforms, no faults: as little as a story needs. */
const QUIET: Plan = {
  seed: 1, members: 4, fastPath: 'largest', delayMs: 5, jitterMs: 0, lossRate: 0, duplicationRate: 0, syncMs: 1,
  adversaries: [], faults: [], healAtMs: 3000, calm: false,
};

const transaction = (atMs: number, label: string): Fault => ({ atMs, fault: 'transaction', label, platform: 'all' });

const TRANSACTIONS_UNDER_ATTACK = 12;

/** An adversary and what it needs: two that collude need seven members. */
function attack(name: string): Plan {
  const members = name.startsWith('colluders') ? 7 : 4;
  return {
    ...QUIET, members,
    adversaries: Array.from({ length: faultToleranceOf(members) }, (_, index) => ({ member: index + 1, name })),
    faults: Array.from({ length: TRANSACTIONS_UNDER_ATTACK }, (_, index) => transaction(index * 100, `transaction ${index}`)),
  };
}

/** One that comes back to others that have pruned what it lacks, and one that lies about their snapshots. */
const LIED_TO_ABOUT_SNAPSHOTS: Plan = {
  ...attack(LYING_SNAPSHOTS.name), snapshots: { checkpointInterval: 2, intervalBlocks: 2, keepBlocks: 1, aboveBlocks: 3 },
  faults: [
    { atMs: 0, fault: 'power-loss', platforms: [3], torn: 'lost' },
    ...Array.from({ length: 25 }, (_, index) => transaction(index * 100, `transaction ${index}`)),
    { atMs: 2500, fault: 'restart', platform: 3 },
  ],
};

/** Told in docs/traces.md. */
export const STORIES: readonly NamedPlan[] = [
  {
    name: 'proposer-crash',
    story: 'Four platforms agree on a block. The leader of the next slot has crashed: when the slot\'s timer expires the others skip it, and the leader after it proposes. It restarts and catches up.',
    plan: {
      ...QUIET, healAtMs: 1400,
      faults: [transaction(100, 'before'), { atMs: 150, fault: 'power-loss', platforms: [1], torn: 'lost' }, transaction(200, 'after')],
    },
  },
  {
    name: 'equivocation',
    story: 'The leader of slot 0 shows one half of the others one block, the other half another, and votes for both. Neither has the first votes to be final. As the halves show each other what they hold, the two headers that it signed convict it; one of the blocks is certified by fallback votes and becomes final.',
    plan: {
      ...QUIET, members: 5, adversaries: [{ member: 0, name: 'two headers, one per half' }], healAtMs: 1300, faults: [transaction(100, 'first')],
    },
  },
];

export const NAMED_PLANS: readonly NamedPlan[] = [
  ...STORIES,
  ...ADVERSARIES.map(({ name, against }) => ({ name, story: `A platform is Byzantine: ${name}. Against it: ${against}.`, plan: name === LYING_SNAPSHOTS.name ? LIED_TO_ABOUT_SNAPSHOTS : attack(name) })),
];
