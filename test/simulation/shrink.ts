import { faultToleranceOf } from '../../src/consensus/quorum.js';
import type { Fault, Plan } from './plan.js';

/** What the last fault is left to do before everything heals. */
const HEAL_AFTER_MS = 1000;

/** Whether a plan still fails in the way that is being looked for. */
export type Fails = (plan: Plan) => Promise<boolean>;

/**
 * The smallest plan found that still fails: fewer faults (delta debugging), fewer liars, fewer members, a network with
 * fewer whims.
 * @param plan one that fails
 * @param maxRuns how often `fails` may be asked
 */
export async function shrunk(plan: Plan, fails: Fails, maxRuns: number): Promise<Plan> {
  let runs = 0;
  const stillFails = async (candidate: Plan): Promise<boolean> => {
    if (runs >= maxRuns) return false;
    runs += 1;
    return fails(candidate);
  };
  let smallest = plan;
  for (let before: Plan | undefined; before !== smallest && runs < maxRuns;) {
    before = smallest;
    smallest = await withFewerFaults(smallest, stillFails);
    for (const simpler of [...smallest.adversaries.map(({ member }) => without(member)), ...SIMPLIFICATIONS]) {
      const candidate = simpler(smallest);
      if (candidate !== undefined && await stillFails(candidate)) smallest = candidate;
    }
    for (let members = 1; members < smallest.members; members += 1) {
      const candidate = withMembers(smallest, members);
      if (await stillFails(candidate)) smallest = candidate;
    }
  }
  return smallest;
}

/** Zeller's ddmin: leaves out ever smaller parts, until every single fault is needed. */
async function withFewerFaults(plan: Plan, fails: Fails): Promise<Plan> {
  let { faults } = plan;
  let parts = 2;
  while (faults.length > 0) {
    const size = Math.ceil(faults.length / parts);
    let left: readonly Fault[] | undefined;
    for (let start = 0; start < faults.length && left === undefined; start += size) {
      const candidate = [...faults.slice(0, start), ...faults.slice(start + size)];
      if (await fails({ ...plan, faults: candidate })) left = candidate;
    }
    if (left !== undefined) {
      faults = left;
      parts = Math.max(2, parts - 1);
    } else if (size === 1) {
      break;
    } else {
      parts = Math.min(faults.length, 2 * parts);
    }
  }
  return faults === plan.faults ? plan : { ...plan, faults };
}

type Simplification = (plan: Plan) => Plan | undefined;

function without(liar: number): Simplification {
  return (plan) => ({ ...plan, adversaries: plan.adversaries.filter(({ member }) => member !== liar) });
}

/** One thing less each; undefined where there is nothing to take away. */
const SIMPLIFICATIONS: readonly Simplification[] = [
  (plan) => (plan.lossRate > 0 ? { ...plan, lossRate: 0 } : undefined),
  (plan) => (plan.duplicationRate > 0 ? { ...plan, duplicationRate: 0 } : undefined),
  (plan) => (plan.jitterMs > 0 ? { ...plan, jitterMs: 0 } : undefined),
  (plan) => (plan.syncMs > 0 ? { ...plan, syncMs: 0 } : undefined),
  ({ snapshots, ...plan }) => (snapshots === undefined ? undefined : plan),
  (plan) => (plan.calm ? { ...plan, calm: false } : undefined),
  (plan) => {
    const healAtMs = (plan.faults.at(-1)?.atMs ?? 0) + HEAL_AFTER_MS;
    return healAtMs < plan.healAtMs ? { ...plan, healAtMs } : undefined;
  },
];

/** The same plan for the first members only: what concerns the others is left out. */
export function withMembers(plan: Plan, members: number): Plan {
  const stays = (member: number): boolean => member < members;
  const onlyStaying = (groups: readonly (readonly number[])[]): number[][] => groups.map((group) => group.filter(stays));
  const faults = plan.faults.flatMap((each): Fault[] => {
    switch (each.fault) {
      case 'transaction': return each.platform === 'all' || stays(each.platform) ? [each] : [];
      case 'power-loss': return [{ ...each, platforms: each.platforms.filter(stays) }];
      case 'partition':
      case 'slot-partition': return [{ ...each, groups: onlyStaying(each.groups) }];
      case 'cut': return [{ ...each, links: each.links.filter(([from, to]) => stays(from) && stays(to)) }];
      case 'heal': return [each];
      default: return stays(each.platform) ? [each] : [];
    }
  });
  return { ...plan, members, faults, adversaries: plan.adversaries.filter(({ member }) => stays(member)).slice(0, faultToleranceOf(members)) };
}
