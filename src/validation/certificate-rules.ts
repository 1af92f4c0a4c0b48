import { certificateVotes, voteStatementBytes } from '../codec/statement.js';
import type { Certificate } from '../types/certificates.js';
import type { MemberIndex } from '../types/ids.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, ignore, reject } from './verdict.js';
import { checkVoteShape } from './vote-rules.js';

/** A certificate of this epoch (section 2): enough distinct members' votes of the right kind, each correctly signed. */
export function checkCertificate(context: ValidationContext, certificate: Certificate): Rejection | undefined {
  if (context.validCertificates.has(certificate)) return undefined;
  const failure = firstFailure(
    () => checkEpoch(context, certificate),
    () => checkSize(context, certificate),
    () => checkSigners(context, certificate),
    () => checkVotes(context, certificate),
    () => checkSignatures(context, certificate),
  );
  if (failure === undefined) context.validCertificates.add(certificate);
  return failure;
}

function checkEpoch({ membership }: ValidationContext, { kind, epoch }: Certificate): Rejection | undefined {
  if (epoch === membership.epoch) return undefined;
  return ignore('other-epoch', `${kind} certificate: is of epoch ${epoch}, not ${membership.epoch}`);
}

function checkSize({ quorums }: ValidationContext, { kind, signatures }: Certificate): Rejection | undefined {
  if (kind === 'FAST' && quorums.fastPath === 'off') {
    return reject('fast-path-off', 'FAST certificate: the fast path is off in this society');
  }
  const needed = kind === 'FAST' ? quorums.fastQuorum : quorums.quorum;
  if (signatures.length >= needed && signatures.length <= quorums.memberCount) return undefined;
  return reject('certificate-size', `${kind} certificate: must hold from ${needed} to ${quorums.memberCount} signatures, got ${signatures.length}`);
}

function checkSigners({ quorums }: ValidationContext, { kind, signatures }: Certificate): Rejection | undefined {
  const seen = new Set<MemberIndex>();
  for (const { signer } of signatures) {
    if (signer >= quorums.memberCount) {
      return reject('certificate-signer', `${kind} certificate: signer ${signer} is not one of the ${quorums.memberCount} members`);
    }
    if (seen.has(signer)) return reject('certificate-signer', `${kind} certificate: member ${signer} is in it twice`);
    seen.add(signer);
  }
  return undefined;
}

function checkVotes(context: ValidationContext, certificate: Certificate): Rejection | undefined {
  if (certificate.kind === 'FAST' && certificate.signatures.some(({ first }) => !first)) {
    return reject('certificate-vote', 'FAST certificate: may hold first votes only, but one has first = 0');
  }
  for (const vote of certificateVotes(certificate)) {
    const failure = checkVoteShape(context, vote);
    if (failure !== undefined) return reject('certificate-vote', `${certificate.kind} certificate: ${failure.detail}`);
  }
  return undefined;
}

function checkSignatures({ chainId, signatures: members }: ValidationContext, certificate: Certificate): Rejection | undefined {
  const votes = certificateVotes(certificate);
  for (const [index, { signer, signature }] of certificate.signatures.entries()) {
    const vote = votes[index];
    if (vote === undefined || !members.verify(signer, voteStatementBytes(chainId, vote), signature)) {
      return reject('certificate-signature', `${certificate.kind} certificate: the signature of member ${signer} is not over this vote`);
    }
  }
  return undefined;
}
