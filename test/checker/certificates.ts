import type { Certificate } from '../../src/types/certificates.js';
import { statementLayout, ZERO } from './layouts.js';
import type { SignedStatement } from './layouts.js';
import type { Society, Thresholds } from './society.js';

export type CertifiedVote = Exclude<SignedStatement, { readonly type: 'PRE-PREPARE' | 'CHECKPOINT' }>;

/** What each signer of a certificate stated, by the certificate's own words. */
export function votesOf(certificate: Certificate): readonly { readonly signer: number; readonly signature: Uint8Array; readonly vote: CertifiedVote }[] {
  const { epoch, slot } = certificate;
  switch (certificate.kind) {
    case 'PREPARE':
    case 'FAST': {
      const { blockHash } = certificate;
      return certificate.signatures.map(({ signer, signature, first, basisHash }) => (
        { signer, signature, vote: { type: 'PREPARE', epoch, slot, blockHash, first, basisHash } }));
    }
    case 'SLOW': {
      const { blockHash } = certificate;
      return certificate.signatures.map(({ signer, signature }) => ({ signer, signature, vote: { type: 'COMMIT', epoch, slot, blockHash } }));
    }
    case 'VIEW-CHANGE':
      return certificate.signatures.map(({ signer, signature, first, blockHash, basisHash }) => (
        { signer, signature, vote: { type: 'VIEW-CHANGE', epoch, slot, first, blockHash, basisHash } }));
  }
}

/**
 * Invariant 5: enough distinct members of the epoch, each with a vote that counts there and that it signed.
 * @returns what is wrong with it, or undefined
 */
export function faultOf(society: Society, { quorum, fast }: Thresholds, certificate: Certificate): string | undefined {
  const name = certificateName(certificate);
  const { signatures, kind } = certificate;
  if (certificate.epoch !== 0) return `${name} is of epoch ${certificate.epoch}, which never began`;
  const needed = kind === 'FAST' ? fast : quorum;
  if (needed === undefined) return `${name} in a society whose fast path is off`;
  const signers = new Set(signatures.map(({ signer }) => signer));
  if (signers.size !== signatures.length) return `${name} holds a signer twice`;
  if ([...signers].some((signer) => !(signer >= 0 && signer < society.memberCount))) return `${name} holds a signer that is not a member`;
  if (signers.size < needed) return `${name} holds ${signers.size} signatures of the ${needed} it needs`;
  for (const { signer, signature, vote } of votesOf(certificate)) {
    const misfit = misfitOf(society, kind, vote);
    if (misfit !== undefined) return `${name} holds ${misfit} of member ${signer}`;
    if (society.verify?.(signer, statementLayout(society.chainId, vote), signature) === false) return `${name} holds what member ${signer} never signed`;
  }
  return undefined;
}

/** A vote that the tables of SPEC section 2 do not know, or that does not count towards this kind. */
function misfitOf({ fastPath }: Society, kind: Certificate['kind'], vote: CertifiedVote): string | undefined {
  if (vote.type === 'COMMIT') return undefined;
  if (kind === 'FAST' && !vote.first) return 'a PREPARE with first=0';
  const hasBasis = vote.basisHash !== ZERO;
  if (hasBasis && (vote.first || fastPath === 'off')) return 'a basis that cannot be';
  if (vote.type === 'PREPARE') return undefined;
  if ((vote.blockHash === ZERO) !== vote.first) return `a VIEW-CHANGE with first=${Number(vote.first)} and the wrong block`;
  return !vote.first && !hasBasis && fastPath !== 'off' ? 'a VIEW-CHANGE with first=0 and no basis' : undefined;
}

export function certificateName(certificate: Certificate): string {
  const of = certificate.kind === 'VIEW-CHANGE' ? '' : ` of block ${certificate.blockHash.slice(0, 8)}`;
  return `slot ${certificate.slot}: ${certificate.kind} certificate${of}`;
}
