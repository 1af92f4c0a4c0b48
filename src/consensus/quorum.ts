import type { MemberIndex, Slot } from '../types/ids.js';
import { toMemberIndex } from '../types/ids.js';

/**
 * Sizes that follow from the number of members and genesis' `fastPath` (SPEC section 1).
 * With the fast path off, `fastQuorum` is Infinity and the two fallback thresholds are 0, which makes the conditions
 * of R4b and R4c always true.
 */
export interface QuorumParameters {
  /** n */
  readonly memberCount: number;
  /** f: Byzantine platforms tolerated. */
  readonly faultTolerance: number;
  /** Q: any two quorums share an honest platform. */
  readonly quorum: number;
  /** p, or "off". */
  readonly fastPath: number | 'off';
  /** F = n−p: first votes that make a block final. */
  readonly fastQuorum: number;
  /** T = f+p+1: first votes elsewhere that prove a block cannot be fast-final. */
  readonly fallbackThreshold: number;
  /** Tₑ = f+p: the same counting non-leaders only, where the leader is a known equivocator. */
  readonly equivocationThreshold: number;
}

export class QuorumError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'QuorumError';
  }
}

/** f = ⌊(n−1)/3⌋ */
export function faultToleranceOf(memberCount: number): number {
  return Math.floor((memberCount - 1) / 3);
}

/** The largest p that is safe for n members: min(f, ⌊(n−3f+1)/2⌋). */
export function largestFastPath(memberCount: number): number {
  const f = faultToleranceOf(memberCount);
  return Math.min(f, Math.floor((memberCount - 3 * f + 1) / 2));
}

/**
 * @param memberCount n, from 1
 * @param fastPath p from 0 to `largestFastPath(n)`, "off", or undefined for the largest
 * @throws QuorumError naming the field and its limit
 */
export function quorumParameters(memberCount: number, fastPath?: number | 'off'): QuorumParameters {
  if (!Number.isSafeInteger(memberCount) || memberCount < 1) {
    throw new QuorumError(`members: there must be at least 1, got ${memberCount}`);
  }
  const f = faultToleranceOf(memberCount);
  const quorum = Math.ceil((memberCount + f + 1) / 2);
  if (fastPath === 'off') {
    return {
      memberCount, faultTolerance: f, quorum, fastPath,
      fastQuorum: Number.POSITIVE_INFINITY, fallbackThreshold: 0, equivocationThreshold: 0,
    };
  }
  const largest = largestFastPath(memberCount);
  const p = fastPath ?? largest;
  if (!Number.isSafeInteger(p) || p < 0 || p > largest) {
    throw new QuorumError(`fastPath: must be "off" or an integer from 0 to ${largest} for ${memberCount} members, got ${p}`);
  }
  return {
    memberCount, faultTolerance: f, quorum, fastPath: p,
    fastQuorum: memberCount - p, fallbackThreshold: f + p + 1, equivocationThreshold: f + p,
  };
}

/** The leader (proposer) of a slot: members[slot mod n]. */
export function leaderOf(slot: Slot, memberCount: number): MemberIndex {
  return toMemberIndex(slot % memberCount);
}
