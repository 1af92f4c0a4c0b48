import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { largestFastPath, quorumParameters } from '../../src/consensus/quorum.js';
import { SlotSearch } from './slot-search.js';

export type SlotVerdict = 'holds' | 'fork' | 'stuck';

/** One slot, with the sizes of SPEC section 1 or with one of them changed, or with a rule as a draft had it. */
export interface SlotCase {
  readonly members: number;
  readonly fastPath: number | 'off';
  /** What was changed, such as `T-1`, or `as specified`. */
  readonly rules: string;
  readonly parameters: QuorumParameters;
  readonly dropsThirdBlock: boolean;
  readonly expected: SlotVerdict;
}

export interface SlotCaseResult {
  readonly found: SlotVerdict;
  /** With a Byzantine leader and with an honest one, together. */
  readonly states: number;
  readonly transitions: number;
  /** How it goes wrong, where it does; told by its shortest run. */
  readonly story: readonly string[];
}

/** Different blocks that a Byzantine leader signs. */
const MOST_BLOCKS = 3;

/**
 * What is known of n members. As specified the slot holds, with the fast path off and with every p from 0 to the largest.
 * Where f ≥ 1, so that there is something to lose, a size less by one forks:
 * - *Q−1*: two quorums of that size need have no honest platform in common.
 * - *T−1, F−1*: p, or p+1, honest platforms that did not vote for b first, and f Byzantine ones that did and did not, are
 *   proof against b and leave it F, or F−1, first votes.
 * - *Tₑ−1*: the same where one of the f is the leader, who is not counted.
 *
 * And *Tₑ+1* is stuck where n−f honest platforms can be split over two blocks with at most f+p first votes each: neither
 * half may then leave its block. Nor may those who voted for a block leave it, where so few did not vote for it that they
 * are no proof, and it still has no certificate because these dropped it as the third of its leader's.
 */
export function slotCases(members: number): SlotCase[] {
  const choices: (number | 'off')[] = ['off', ...Array.from({ length: largestFastPath(members) + 1 }, (_, p) => p)];
  return choices.flatMap((fastPath) => {
    const parameters = quorumParameters(members, fastPath);
    const slotCase = (rules: string, changes: Partial<QuorumParameters>, expected: SlotVerdict, dropsThirdBlock = false): SlotCase => (
      { members, fastPath, rules, parameters: { ...parameters, ...changes }, dropsThirdBlock, expected }
    );
    const { faultTolerance, quorum, fastQuorum, fallbackThreshold, equivocationThreshold } = parameters;
    const cases = [slotCase('as specified', {}, 'holds')];
    if (faultTolerance === 0) return cases;
    cases.push(slotCase('Q-1', { quorum: quorum - 1 }, 'fork'));
    if (fastPath === 'off') return cases;
    const honest = members - faultTolerance;
    const canSplit = honest <= 2 * (faultTolerance + fastPath);
    return [
      ...cases,
      slotCase('T-1', { fallbackThreshold: fallbackThreshold - 1 }, 'fork'),
      slotCase('Te-1', { equivocationThreshold: equivocationThreshold - 1 }, 'fork'),
      slotCase('F-1', { fastQuorum: fastQuorum - 1 }, 'fork'),
      slotCase('Te+1', { equivocationThreshold: equivocationThreshold + 1 }, canSplit ? 'stuck' : 'holds'),
      slotCase('third block dropped', {}, honest - quorum + 1 < equivocationThreshold ? 'stuck' : 'holds', true),
    ];
  });
}

/** Searches the slot with a Byzantine leader and with an honest one. */
export function searchSlot({ parameters, dropsThirdBlock }: SlotCase): SlotCaseResult {
  const leaders = parameters.faultTolerance === 0 ? [false] : [true, false];
  let states = 0;
  let transitions = 0;
  for (const byzantineLeader of leaders) {
    const result = new SlotSearch({ parameters, blocks: byzantineLeader ? MOST_BLOCKS : 1, byzantineLeader, dropsThirdBlock }).run();
    states += result.states;
    transitions += result.transitions;
    if (result.failure !== undefined) return { found: result.failure.kind, states, transitions, story: result.failure.story };
  }
  return { found: 'holds', states, transitions, story: [] };
}
