import { MAX_SKIP_CERTIFICATES } from '../codec/limits.js';
import { blockHash } from '../codec/header.js';
import { prePrepareStatementBytes } from '../codec/statement.js';
import { leaderOf } from '../consensus/quorum.js';
import type { Slot } from '../types/ids.js';
import type { Equivocation, PrePrepare, SignedHeader } from '../types/messages.js';
import { blockSteps, checkHeader } from './block-rules.js';
import { checkCertificate } from './certificate-rules.js';
import type { CheckSteps } from './examination.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, reject } from './verdict.js';

/**
 * A PRE-PREPARE but for its block's body: the slot's leader's own header, and a justification in which every certificate
 * given is valid and in its place. Whether it is complete is the core's to decide (rule J): what is lacking is pulled. The
 * leader's signature comes first, so that nobody else can make a platform verify anything.
 */
export function* proposalHeadSteps(context: ValidationContext, message: PrePrepare): CheckSteps {
  const { block: { header, hash }, justification: { parent, skips }, slot, signature } = message;
  const failure = firstFailure(
    () => checkHeader(context, header, hash),
    () => checkEnvelope(message),
    () => checkPlaces(message),
    () => checkLeaderSignature(context, slot, { header, blockHash: hash, signature }),
  );
  if (failure !== undefined) return failure;
  for (const certificate of parent === undefined ? skips : [parent, ...skips]) {
    yield;
    const invalid = checkCertificate(context, certificate);
    if (invalid !== undefined) return invalid;
  }
  return undefined;
}

/** The same, and its body. */
export function* proposalSteps(context: ValidationContext, message: PrePrepare): CheckSteps {
  const failure = yield* proposalHeadSteps(context, message);
  return failure ?? (yield* blockSteps(context, message.block));
}

function checkEnvelope({ signer, slot, epoch, block: { header } }: PrePrepare): Rejection | undefined {
  if (header.slot !== slot || header.epoch !== epoch) {
    return reject('header-slot', `PRE-PREPARE: is for slot ${slot} of epoch ${epoch}, but its header for slot ${header.slot} of epoch ${header.epoch}`);
  }
  if (header.proposer !== signer) return reject('not-leader', `PRE-PREPARE: signer is ${signer}, but its header's proposer is ${header.proposer}`);
  return undefined;
}

function checkLeaderSignature({ chainId, membership, quorums, signatures }: ValidationContext, slot: Slot, signed: SignedHeader): Rejection | undefined {
  const leader = leaderOf(slot, quorums.memberCount);
  const statement = prePrepareStatementBytes(chainId, membership.epoch, slot, signed.blockHash);
  if (signatures.verify(leader, statement, signed.signature)) return undefined;
  return reject('bad-signature', `PRE-PREPARE: the signature is not that of slot ${slot}'s leader, member ${leader}, over block ${signed.blockHash}`);
}

/** That the certificates given are those of the parent and of slots between, before any of their signatures is looked at. */
function checkPlaces({ block: { header }, justification: { parent, skips } }: PrePrepare): Rejection | undefined {
  if (parent !== undefined && (parent.slot !== header.parentSlot || parent.blockHash !== header.parentHash)) {
    return reject('parent-certificate', `PRE-PREPARE: the parent's certificate names block ${parent.blockHash} in slot ${parent.slot}, not the parent ${header.parentHash} in slot ${header.parentSlot}`);
  }
  if (skips.length > MAX_SKIP_CERTIFICATES) {
    return reject('skip-certificates', `PRE-PREPARE: must hold at most ${MAX_SKIP_CERTIFICATES} VIEW-CHANGE certificates, got ${skips.length}`);
  }
  const seen = new Set<Slot>();
  for (const { slot } of skips) {
    if (slot <= header.parentSlot || slot >= header.slot) {
      return reject('skip-certificates', `PRE-PREPARE: slot ${slot} is not between parentSlot ${header.parentSlot} and slot ${header.slot}`);
    }
    if (seen.has(slot)) return reject('skip-certificates', `PRE-PREPARE: slot ${slot} is skipped twice`);
    seen.add(slot);
  }
  return firstFailure(...[...skips, ...(parent === undefined ? [] : [parent])].map(({ epoch }) => () => inProposal(header.epoch, epoch)));
}

/** A certificate of another epoch is merely old on its own, but has no place in a proposal of this one. */
function inProposal(epoch: number, certificateEpoch: number): Rejection | undefined {
  if (certificateEpoch === epoch) return undefined;
  return reject('parent-certificate', `PRE-PREPARE: holds a certificate of epoch ${certificateEpoch} in a proposal of epoch ${epoch}`);
}

/** R9: two different headers for one slot, both signed by its leader. */
export function checkEquivocation(context: ValidationContext, evidence: Equivocation): Rejection | undefined {
  const [one, other] = evidence.headers;
  return firstFailure(
    () => (one.blockHash === other.blockHash ? reject('not-evidence', 'EQUIVOCATION: both headers are the same') : undefined),
    ...evidence.headers.flatMap((signed) => [
      () => checkEvidenceHeader(context, evidence, signed),
      () => checkLeaderSignature(context, evidence.slot, signed),
    ]),
  );
}

/** The signed statement convicts, whatever else is wrong with the header; it only has to be this slot's. */
function checkEvidenceHeader({ chainId }: ValidationContext, { epoch, slot }: Equivocation, { header, blockHash: claimed }: SignedHeader): Rejection | undefined {
  if (header.chainId !== chainId || header.epoch !== epoch || header.slot !== slot) {
    return reject('not-evidence', `EQUIVOCATION: a header is not for slot ${slot} of epoch ${epoch} of this society`);
  }
  return blockHash(header) === claimed ? undefined : reject('block-hash', `EQUIVOCATION: a header's hash is not ${claimed}`);
}
