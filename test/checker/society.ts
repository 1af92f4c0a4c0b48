import type { Hash } from '../../src/types/ids.js';

/**
 * The society whose platforms are observed. Everything here is told by whoever observes, nothing is taken from the
 * platforms under test.
 */
export interface Society {
  readonly chainId: Hash;
  /** SHA-256 of the member list: what every header must name as the next members. */
  readonly membersHash: Hash;
  readonly genesisTimestampMs: number;
  /** n */
  readonly memberCount: number;
  /** p, or "off". */
  readonly fastPath: number | 'off';
  /** Members that are not honest: nothing is demanded of them, and they may be convicted. */
  readonly byzantine: ReadonlySet<number>;
  /** Whether this is the member's signature over these bytes. Left out where signatures cannot be checked. */
  readonly verify?: (signer: number, statement: Uint8Array, signature: Uint8Array) => boolean;
}

/** What SPEC section 1 makes of n and p, found by what each number is for rather than by the formulas given there. */
export interface Thresholds {
  /** f: the largest number of liars that is less than a third. */
  readonly liars: number;
  /** Q: the smallest number of which any two sets have more than f members in common. */
  readonly quorum: number;
  /** F: first votes that make a block final; undefined with the fast path off. */
  readonly fast: number | undefined;
  /** T: first votes elsewhere that leave fewer than F, counting f that vote twice. */
  readonly elsewhere: number;
  /** Tₑ: the same where the leader is one of the liars, and not counted. */
  readonly elsewhereWithoutLeader: number;
}

export function thresholdsOf({ memberCount, fastPath }: Pick<Society, 'memberCount' | 'fastPath'>): Thresholds {
  let liars = 0;
  while (3 * (liars + 1) < memberCount) liars += 1;
  let quorum = 1;
  while (quorum + quorum - memberCount <= liars) quorum += 1;
  if (fastPath === 'off') return { liars, quorum, fast: undefined, elsewhere: 0, elsewhereWithoutLeader: 0 };
  const fast = memberCount - fastPath;
  let elsewhere = 0;
  while (memberCount - elsewhere + liars >= fast) elsewhere += 1;
  // The leader may be among the F; of the n−1 others, f−1 may vote twice.
  let elsewhereWithoutLeader = 0;
  while (1 + (memberCount - 1 - elsewhereWithoutLeader) + (liars - 1) >= fast) elsewhereWithoutLeader += 1;
  return { liars, quorum, fast, elsewhere, elsewhereWithoutLeader };
}

export function leaderOf({ memberCount }: Pick<Society, 'memberCount'>, slot: number): number {
  return slot % memberCount;
}
