import type { Hash } from '../types/ids.js';
import type { Prepare, SignedHeader, ViewChange } from '../types/messages.js';
import type { QuorumParameters } from './quorum.js';

/** A signed first vote: PREPARE or VIEW-CHANGE with first = 1. */
export type FirstVote = Prepare | ViewChange;

/** own[k] of SPEC section 3: what this platform said in a slot. */
export interface OwnVotes {
  /** Its first vote: a block, a VIEW-CHANGE, or none yet. */
  first: Hash | 'VIEW-CHANGE' | undefined;
  /** Blocks of its PREPAREs with first = 0. */
  readonly fallback: Set<Hash>;
  /** Whether it sent a VIEW-CHANGE with first = 0. */
  viewChangeFallback: boolean;
  commit: Hash | undefined;
}

/** What a platform holds of one slot, as far as its votes there depend on it. */
export interface SlotHoldings {
  readonly own: Readonly<Omit<OwnVotes, 'fallback'>> & { readonly fallback: ReadonlySet<Hash> };
  /** The slot's timer expired, or its leader was presumed dead (R8). */
  readonly timerExpired: boolean;
  readonly headerSeen: boolean;
  readonly leaderEquivocated: boolean;
  readonly leaderHeaders: readonly [SignedHeader, SignedHeader] | undefined;
  /** Justified and valid blocks, in the order in which they became so or were seen. */
  votable(): Iterable<Hash>;
  /** Blocks with a PREPARE certificate whose body is held. */
  committable(): Iterable<Hash>;
  /** Platforms with a VIEW-CHANGE of either `first`. */
  viewChangeCount(): number;
  /** Platforms other than the leader with a PREPARE of either `first`. */
  preparesFromNonLeaders(blockHash: Hash): number;
  /** PREPARE(first=1) of platforms other than the leader, in signer order. */
  firstPreparesFromNonLeaders(blockHash: Hash): readonly Prepare[];
  /** One first vote per signer that is not for the block, in signer order; two different ones count as "not b" for every b. */
  firstVotesElsewhere(blockHash: Hash): readonly FirstVote[];
}

/** The signed first votes a rule counted, preceded by the leader's two headers where it needed them. */
export interface Basis {
  readonly votes: readonly FirstVote[];
  readonly headers: readonly [SignedHeader, SignedHeader] | undefined;
}

/** One vote that the rules allow now. `basis` is present where the vote must name one. */
export type VoteDecision =
  | { readonly rule: 'R2'; readonly type: 'PREPARE'; readonly blockHash: Hash }
  | { readonly rule: 'R3'; readonly type: 'VIEW-CHANGE' }
  | { readonly rule: 'R4a'; readonly type: 'PREPARE'; readonly blockHash: Hash }
  | { readonly rule: 'R4b'; readonly type: 'PREPARE'; readonly blockHash: Hash; readonly basis: Basis | undefined }
  | { readonly rule: 'R4c'; readonly type: 'VIEW-CHANGE'; readonly blockHash: Hash; readonly basis: Basis | undefined }
  | { readonly rule: 'R5'; readonly type: 'COMMIT'; readonly blockHash: Hash };

/**
 * The next vote that SPEC section 3 allows in a slot, or undefined. Whoever calls records it in `own` before
 * asking again. R2 and R5 come before R3 and R4c, so that a slot which can still decide is not abandoned.
 *
 * @param isCurrent whether the slot is the one the platform is in (R3)
 */
export function nextVote(parameters: QuorumParameters, held: SlotHoldings, isCurrent: boolean): VoteDecision | undefined {
  return firstVote(held) ?? commitVote(held) ?? timeOut(parameters, held, isCurrent)
    ?? prepareAfterViewChange(parameters, held) ?? prepareElsewhere(parameters, held) ?? viewChangeAfterPrepare(parameters, held);
}

/** R2: the first justified and valid block, unless a COMMIT already binds this platform to another. */
function firstVote(held: SlotHoldings): VoteDecision | undefined {
  const { own } = held;
  if (own.first !== undefined) return undefined;
  for (const blockHash of held.votable()) {
    if (own.commit === undefined || own.commit === blockHash) return { rule: 'R2', type: 'PREPARE', blockHash };
  }
  return undefined;
}

/** R5: exclusive; a platform that COMMITs b prepared nothing else here and sent no VIEW-CHANGE. */
function commitVote(held: SlotHoldings): VoteDecision | undefined {
  const { own } = held;
  if (own.commit !== undefined || own.first === 'VIEW-CHANGE' || own.viewChangeFallback) return undefined;
  for (const blockHash of held.committable()) {
    const firstAllows = own.first === undefined || own.first === blockHash;
    const fallbackAllows = own.fallback.size === 0 || (own.fallback.size === 1 && own.fallback.has(blockHash));
    if (firstAllows && fallbackAllows) return { rule: 'R5', type: 'COMMIT', blockHash };
  }
  return undefined;
}

/** R3: only in the current slot, and only as the first word in it. */
function timeOut(parameters: QuorumParameters, held: SlotHoldings, isCurrent: boolean): VoteDecision | undefined {
  const { own } = held;
  if (!isCurrent || own.first !== undefined || own.commit !== undefined) return undefined;
  const othersGaveUp = !held.headerSeen && held.viewChangeCount() > parameters.faultTolerance;
  return held.timerExpired || othersGaveUp ? { rule: 'R3', type: 'VIEW-CHANGE' } : undefined;
}

/** R4a: having given up first, help whatever block may still be certified; also after leaving the slot. */
function prepareAfterViewChange(parameters: QuorumParameters, held: SlotHoldings): VoteDecision | undefined {
  const { own } = held;
  if (own.first !== 'VIEW-CHANGE') return undefined;
  for (const blockHash of held.votable()) {
    if (own.fallback.has(blockHash)) continue;
    if (own.fallback.size === 0 || held.preparesFromNonLeaders(blockHash) > parameters.faultTolerance) {
      return { rule: 'R4a', type: 'PREPARE', blockHash };
    }
  }
  return undefined;
}

/** R4b: another block only once Tₑ non-leaders' first votes for it prove that the own one cannot be fast-final. */
function prepareElsewhere(parameters: QuorumParameters, held: SlotHoldings): VoteDecision | undefined {
  const { own } = held;
  if (own.first === undefined || own.first === 'VIEW-CHANGE' || own.commit !== undefined) return undefined;
  for (const blockHash of held.votable()) {
    if (blockHash === own.first || own.fallback.has(blockHash)) continue;
    if (parameters.fastPath === 'off') return { rule: 'R4b', type: 'PREPARE', blockHash, basis: undefined };
    const votes = held.firstPreparesFromNonLeaders(blockHash);
    if (votes.length >= parameters.equivocationThreshold) {
      return { rule: 'R4b', type: 'PREPARE', blockHash, basis: { votes: votes.slice(0, parameters.equivocationThreshold), headers: undefined } };
    }
  }
  return undefined;
}

/** R4c: give up after a first vote for b only with proof that b cannot be fast-final. */
function viewChangeAfterPrepare(parameters: QuorumParameters, held: SlotHoldings): VoteDecision | undefined {
  const { own } = held;
  if (own.first === undefined || own.first === 'VIEW-CHANGE') return undefined;
  if (own.commit !== undefined || own.viewChangeFallback || !held.timerExpired) return undefined;
  const blockHash = own.first;
  if (parameters.fastPath === 'off') return { rule: 'R4c', type: 'VIEW-CHANGE', blockHash, basis: undefined };
  const elsewhere = held.firstVotesElsewhere(blockHash);
  if (elsewhere.length >= parameters.fallbackThreshold) {
    return { rule: 'R4c', type: 'VIEW-CHANGE', blockHash, basis: { votes: elsewhere.slice(0, parameters.fallbackThreshold), headers: undefined } };
  }
  if (held.leaderHeaders !== undefined) {
    const nonLeaders = elsewhere.filter((vote) => vote.signer !== vote.slot % parameters.memberCount);
    if (nonLeaders.length >= parameters.equivocationThreshold) {
      return {
        rule: 'R4c', type: 'VIEW-CHANGE', blockHash,
        basis: { votes: nonLeaders.slice(0, parameters.equivocationThreshold), headers: held.leaderHeaders },
      };
    }
  }
  return undefined;
}
