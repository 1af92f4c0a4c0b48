import type { Epoch, Hash, Slot } from '../types/ids.js';
import type { OwnVote } from '../types/messages.js';
import { StorageError } from './storage-error.js';

/** The four kinds of own vote in one slot; the number is part of the key on disk. */
export const VOTE_KINDS = { FIRST: 0, FALLBACK: 1, SECOND_VIEW_CHANGE: 2, COMMIT: 3 } as const;
export type VoteKind = (typeof VOTE_KINDS)[keyof typeof VOTE_KINDS];

export function voteKindOf(vote: OwnVote): VoteKind {
  if (vote.type === 'COMMIT') return VOTE_KINDS.COMMIT;
  if (vote.first) return VOTE_KINDS.FIRST;
  return vote.type === 'PREPARE' ? VOTE_KINDS.FALLBACK : VOTE_KINDS.SECOND_VIEW_CHANGE;
}

/** What this platform has said in one slot. */
interface OwnSlot {
  readonly epoch: Epoch;
  readonly slot: Slot;
  first: OwnVote | undefined;
  readonly fallbacks: Map<Hash, OwnVote>;
  secondViewChange: OwnVote | undefined;
  commit: OwnVote | undefined;
  proposed: Hash | undefined;
}

function sameStatement(left: OwnVote, right: OwnVote): boolean {
  if (left.type !== right.type || left.signer !== right.signer) return false;
  if (left.type !== 'VIEW-CHANGE' && right.type !== 'VIEW-CHANGE' && left.blockHash !== right.blockHash) return false;
  if (left.type === 'COMMIT' || right.type === 'COMMIT') return true;
  return left.first === right.first && left.blockHash === right.blockHash && left.basisHash === right.basisHash;
}

function blockOf(vote: OwnVote | undefined): Hash | undefined {
  return vote === undefined || vote.type === 'VIEW-CHANGE' ? undefined : vote.blockHash;
}

/**
 * The last line of defence against double voting. Every own vote passes here before it is written, and one that
 * contradicts an earlier one (the offences of SPEC section 10; R1, R2, R4, R5) is refused. The consensus core
 * never asks for such a vote; should a defect or damaged memory make it do so, the platform stops rather than sign.
 * The same statement again is no conflict: a restart sends its votes again.
 */
export class VoteGuard {
  readonly #slots = new Map<string, OwnSlot>();

  /**
   * @returns whether the vote is new, so has to be written
   * @throws StorageError `conflict`
   */
  admitVote(vote: OwnVote): boolean {
    const own = this.#slotOf(vote.epoch, vote.slot);
    const kind = voteKindOf(vote);
    const earlier = earlierOf(own, kind, vote);
    if (earlier !== undefined) {
      if (sameStatement(earlier, vote)) return false;
      throw conflict(own, `${vote.type} differs from the ${earlier.type} of the same kind that is already durable`);
    }
    const objection = objectionTo(own, vote);
    if (objection !== undefined) throw conflict(own, objection);
    if (kind === VOTE_KINDS.FIRST) own.first = vote;
    else if (kind === VOTE_KINDS.SECOND_VIEW_CHANGE) own.secondViewChange = vote;
    else if (kind === VOTE_KINDS.COMMIT) own.commit = vote;
    else if (vote.type === 'PREPARE') own.fallbacks.set(vote.blockHash, vote);
    return true;
  }

  /**
   * @returns whether the fact is new, so has to be written
   * @throws StorageError `conflict`
   */
  admitProposal(epoch: Epoch, slot: Slot, blockHash: Hash): boolean {
    const own = this.#slotOf(epoch, slot);
    if (own.proposed === blockHash) return false;
    if (own.proposed !== undefined) throw conflict(own, `a second block ${blockHash} was proposed beside ${own.proposed} (R1)`);
    if (own.first?.type === 'VIEW-CHANGE' || own.secondViewChange !== undefined) {
      throw conflict(own, 'a block was proposed after the own VIEW-CHANGE (R1)');
    }
    own.proposed = blockHash;
    return true;
  }

  /** Forgets slots whose records were deleted; votes there can no longer be judged and must be refused by the caller. */
  forget(epoch: Epoch, slot: Slot): void {
    this.#slots.delete(slotText(epoch, slot));
  }

  #slotOf(epoch: Epoch, slot: Slot): OwnSlot {
    const text = slotText(epoch, slot);
    let own = this.#slots.get(text);
    if (own === undefined) {
      own = { epoch, slot, first: undefined, fallbacks: new Map(), secondViewChange: undefined, commit: undefined, proposed: undefined };
      this.#slots.set(text, own);
    }
    return own;
  }
}

function slotText(epoch: Epoch, slot: Slot): string {
  return `${epoch}/${slot}`;
}

function conflict(own: OwnSlot, what: string): StorageError {
  return new StorageError(
    'conflict',
    `epoch ${own.epoch} slot ${own.slot}: ${what}. Nothing was written or may be signed; this is a defect of the platform, `
    + 'stop it and report it with its log',
  );
}

function earlierOf(own: OwnSlot, kind: VoteKind, vote: OwnVote): OwnVote | undefined {
  switch (kind) {
    case VOTE_KINDS.FIRST: return own.first;
    case VOTE_KINDS.SECOND_VIEW_CHANGE: return own.secondViewChange;
    case VOTE_KINDS.COMMIT: return own.commit;
    case VOTE_KINDS.FALLBACK: return vote.type === 'PREPARE' ? own.fallbacks.get(vote.blockHash) : undefined;
  }
}

/** Why a vote of a kind not yet given contradicts those that were; undefined where it does not. */
function objectionTo(own: OwnSlot, vote: OwnVote): string | undefined {
  const firstBlock = blockOf(own.first);
  const committed = blockOf(own.commit);
  switch (vote.type) {
    case 'COMMIT':
      if (own.first?.type === 'VIEW-CHANGE' || own.secondViewChange !== undefined) return 'COMMIT after VIEW-CHANGE (R5)';
      if (firstBlock !== undefined && firstBlock !== vote.blockHash) return 'COMMIT of another block than the first vote (R5)';
      return [...own.fallbacks.keys()].some((hash) => hash !== vote.blockHash) ? 'COMMIT beside a PREPARE of another block (R5)' : undefined;
    case 'PREPARE':
      if (committed !== undefined && committed !== vote.blockHash) return 'PREPARE of another block than the own COMMIT (R5)';
      if (vote.first) return undefined;
      if (own.first === undefined) return 'PREPARE(first=0) before any first vote (R4)';
      return firstBlock === vote.blockHash ? 'PREPARE(first=0) of the block of the own first vote (R4b)' : undefined;
    case 'VIEW-CHANGE':
      if (committed !== undefined) return 'VIEW-CHANGE after COMMIT (R5)';
      if (vote.first) return undefined;
      return firstBlock === undefined || firstBlock !== vote.blockHash ? 'VIEW-CHANGE(first=0) names another block than the own first vote (R4c)' : undefined;
  }
}
