import { encodeBasis } from '../codec/basis.js';
import { sha256Hash } from '../crypto/hash.js';
import type { Hash, MemberIndex, Sequence, View } from '../types/ids.js';
import { toView, ZERO_HASH } from '../types/ids.js';
import type { CertificateNotice, OwnVote, SignedMessage } from '../types/messages.js';
import type { Chain } from './chain.js';
import type { Effect } from './events.js';
import type { DurableRecord } from './records.js';
import type { SlotRecord } from './slot-record.js';
import type { Basis, VoteDecision } from './voting.js';

/**
 * Turns a decision of the voting rules into this platform's vote: marks it in `own`, then persist, then sign
 * (SPEC section 5). Nothing else writes `own`.
 */
export class Ballot {
  readonly #chainId: Hash;
  readonly #self: MemberIndex;
  readonly #chain: Chain;

  constructor(chainId: Hash, self: MemberIndex, chain: Chain) {
    this.#chainId = chainId;
    this.#self = self;
    this.#chain = chain;
  }

  /** The effects of casting one vote, in order. */
  cast(record: SlotRecord, decision: VoteDecision): Effect[] {
    const effects: Effect[] = [];
    const persist = (durable: DurableRecord): void => { effects.push({ type: 'persist', record: durable }); };
    const { vote, basisBytes } = this.#voteOf(record, decision);
    if (vote.type !== 'VIEW-CHANGE') {
      const proposal = record.proposals.get(vote.blockHash);
      if (proposal !== undefined && !proposal.durable) {
        const { slot, epoch, block, signature } = proposal;
        persist({ type: 'block', slot, epoch, block, signature });
        proposal.durable = true;
      }
    }
    if (basisBytes !== undefined && vote.type !== 'COMMIT') {
      persist({ type: 'basis', epoch: record.epoch, slot: record.slot, basisHash: vote.basisHash, bytes: basisBytes });
    }
    markOwn(record, vote);
    persist({ type: 'vote', vote });
    effects.push({ type: 'sign', statement: vote });
    return effects;
  }

  #voteOf(record: SlotRecord, decision: VoteDecision): { vote: OwnVote; basisBytes: Uint8Array | undefined } {
    const { epoch, slot } = record;
    const place = { epoch, slot, signer: this.#self };
    switch (decision.rule) {
      case 'R2':
      case 'R4a':
      case 'R4b': {
        const { basisBytes, basisHash } = this.#encode(decision.rule === 'R4b' ? decision.basis : undefined);
        const { blockHash } = decision;
        return { vote: { type: 'PREPARE', ...place, blockHash, first: decision.rule === 'R2', basisHash, ...heightOf(record, blockHash) }, basisBytes };
      }
      case 'R5':
        return { vote: { type: 'COMMIT', ...place, blockHash: decision.blockHash, ...heightOf(record, decision.blockHash) }, basisBytes: undefined };
      case 'R3':
      case 'R4c': {
        const lastSequence = this.#chain.lastCertifiedSequence(slot);
        const numbers = { newView: slot - lastSequence, lastSequence };
        if (decision.rule === 'R3') {
          return { vote: { type: 'VIEW-CHANGE', ...place, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, ...numbers }, basisBytes: undefined };
        }
        const { basisBytes, basisHash } = this.#encode(decision.basis);
        return { vote: { type: 'VIEW-CHANGE', ...place, first: false, blockHash: decision.blockHash, basisHash, ...numbers }, basisBytes };
      }
    }
  }

  /**
   * A basis of no votes (R4b where Tₑ = 0) still hashes to SHA-256 of nothing rather than to zero: zero would state
   * that the first vote was a VIEW-CHANGE (SPEC section 10) and so convict an honest platform.
   */
  #encode(basis: Basis | undefined): { basisBytes: Uint8Array | undefined; basisHash: Hash } {
    if (basis === undefined) return { basisBytes: undefined, basisHash: ZERO_HASH };
    const basisBytes = encodeBasis(this.#chainId, basis.votes, basis.headers);
    return { basisBytes, basisHash: sha256Hash(basisBytes) };
  }
}

function heightOf(record: SlotRecord, blockHash: Hash): { view: View; sequence: Sequence } {
  const header = record.proposals.get(blockHash)?.block.header;
  if (header === undefined) throw new Error(`slot ${record.slot}: voted for block ${blockHash} without holding it`);
  return { view: toView(header.view), sequence: header.sequence };
}

/** Records an own vote, cast now or reloaded after a restart. */
export function markOwn({ own }: SlotRecord, vote: OwnVote): void {
  switch (vote.type) {
    case 'PREPARE':
      if (vote.first) own.first = vote.blockHash;
      else own.fallback.add(vote.blockHash);
      return;
    case 'VIEW-CHANGE':
      if (vote.first) own.first = 'VIEW-CHANGE';
      else own.viewChangeFallback = true;
      return;
    case 'COMMIT':
      own.commit = vote.blockHash;
  }
}

/**
 * Whether this platform remembers what it is shown of itself, on its own or inside a certificate (where peers restarted,
 * that may be all they have of it). If not, its vote store was lost or rolled back (R10).
 */
export function isRemembered(record: SlotRecord | undefined, shown: SignedMessage | CertificateNotice, self: MemberIndex): boolean {
  const isOwn = ({ signer }: { readonly signer: MemberIndex }): boolean => signer === self;
  switch (shown.type) {
    case 'PRE-PREPARE': return record?.ownProposal === shown.block.hash;
    case 'PREPARE': return hasPrepared(record, shown.blockHash, shown.first);
    case 'VIEW-CHANGE': return hasAbandoned(record, shown.first);
    case 'COMMIT': return record?.own.commit === shown.blockHash;
    case 'CHECKPOINT': return true;
    case 'CERTIFICATE': {
      const { certificate } = shown;
      switch (certificate.kind) {
        case 'PREPARE':
        case 'FAST': return certificate.signatures.filter(isOwn).every(({ first }) => hasPrepared(record, certificate.blockHash, first));
        case 'VIEW-CHANGE': return certificate.signatures.filter(isOwn).every(({ first }) => hasAbandoned(record, first));
        case 'SLOW': return !certificate.signatures.some(isOwn) || record?.own.commit === certificate.blockHash;
      }
    }
  }
}

function hasPrepared(record: SlotRecord | undefined, blockHash: Hash, first: boolean): boolean {
  return first ? record?.own.first === blockHash : record?.own.fallback.has(blockHash) === true;
}

function hasAbandoned(record: SlotRecord | undefined, first: boolean): boolean {
  return first ? record?.own.first === 'VIEW-CHANGE' : record?.own.viewChangeFallback === true;
}
