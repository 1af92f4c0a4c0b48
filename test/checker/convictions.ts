import type { Equivocation, OwnVote } from '../../src/types/messages.js';
import type { BasisEntry, ReadBasis } from './basis-bytes.js';
import { readBasis } from './basis-bytes.js';
import { headerLayout, sha256Hex, statementLayout, ZERO } from './layouts.js';
import type { Society, Thresholds } from './society.js';
import { leaderOf } from './society.js';

/** Who is convicted by a proof of two headers, or why it proves nothing (R9). */
export function convictOf(society: Society, { epoch, slot, headers }: Equivocation): { readonly convict: number } | { readonly fault: string } {
  const [one, other] = headers;
  const convict = leaderOf(society, slot);
  if (one.blockHash === other.blockHash) return { fault: 'both headers are the same' };
  for (const { header, blockHash, signature } of headers) {
    if (header.slot !== slot || header.epoch !== epoch || header.chainId !== society.chainId) return { fault: 'a header is of another society, epoch or slot' };
    if (sha256Hex(headerLayout(header)) !== blockHash) return { fault: 'a block hash is not that of its header' };
    const statement = statementLayout(society.chainId, { type: 'PRE-PREPARE', epoch, slot, headerHash: blockHash });
    if (society.verify?.(convict, statement, signature) === false) return { fault: `a header was not signed by the leader, member ${convict}` };
  }
  return { convict };
}

/**
 * Why the basis that a vote names would convict its author (SPEC section 10): it has another hash, or does not hold
 * what R4b or R4c demands. Undefined where it would not.
 */
export function basisFault(society: Society, thresholds: Thresholds, vote: Exclude<OwnVote, { readonly type: 'COMMIT' }>, bytes: Uint8Array): string | undefined {
  if (sha256Hex(bytes) !== vote.basisHash) return 'does not hash to what was signed';
  let basis: ReadBasis;
  try {
    basis = readBasis(bytes);
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  return entriesFault(society, vote, basis.votes) ?? headersFault(society, vote, basis) ?? countFault(society, thresholds, vote, basis);
}

function entriesFault(society: Society, vote: OwnVote, votes: readonly BasisEntry[]): string | undefined {
  let previous = -1;
  for (const entry of votes) {
    if (entry.signer <= previous) return 'does not hold one vote per signer in their order';
    previous = entry.signer;
    if (entry.signer >= society.memberCount) return `holds a vote of ${entry.signer}, who is not a member`;
    if (!entry.first || entry.basisHash !== ZERO) return `holds a vote of member ${entry.signer} that is not a first vote`;
    if (entry.slot !== vote.slot || entry.epoch !== vote.epoch || entry.chainId !== society.chainId) return `holds a vote of member ${entry.signer} from elsewhere`;
    if (society.verify?.(entry.signer, entry.statement, entry.signature) === false) return `holds a vote that member ${entry.signer} never signed`;
    const isFor = entry.type === 'PREPARE' && entry.blockHash === vote.blockHash;
    if (isFor !== (vote.type === 'PREPARE')) return `holds a vote of member ${entry.signer} that speaks against it`;
  }
  return undefined;
}

function headersFault(society: Society, vote: OwnVote, { headers }: ReadBasis): string | undefined {
  const [one, other] = headers;
  if (one === undefined || other === undefined) return undefined;
  if (vote.type === 'PREPARE') return 'holds headers, which R4b does not count';
  if (one.hash === other.hash) return 'holds one header twice';
  const leader = leaderOf(society, vote.slot);
  for (const { hash, slot, epoch, chainId, signature } of headers) {
    if (slot !== vote.slot || epoch !== vote.epoch || chainId !== society.chainId) return 'holds a header from elsewhere';
    const statement = statementLayout(society.chainId, { type: 'PRE-PREPARE', epoch: vote.epoch, slot: vote.slot, headerHash: hash });
    if (society.verify?.(leader, statement, signature) === false) return `holds a header that its leader, member ${leader}, never signed`;
  }
  return undefined;
}

function countFault(society: Society, { elsewhere, elsewhereWithoutLeader }: Thresholds, vote: OwnVote, { headers, votes }: ReadBasis): string | undefined {
  const leader = leaderOf(society, vote.slot);
  const nonLeaders = votes.filter(({ signer }) => signer !== leader).length;
  if (vote.type === 'PREPARE') {
    return nonLeaders >= elsewhereWithoutLeader ? undefined : `holds ${nonLeaders} non-leaders' first votes of the ${elsewhereWithoutLeader} that R4b needs`;
  }
  if (votes.length >= elsewhere) return undefined;
  if (headers.length === 0) return `holds ${votes.length} first votes of the ${elsewhere} that R4c needs`;
  return nonLeaders >= elsewhereWithoutLeader ? undefined : `holds ${nonLeaders} non-leaders' first votes of the ${elsewhereWithoutLeader} that R4c needs beside two headers`;
}
