import type { Certificate } from '../../src/types/certificates.js';
import type { SimPlatform } from './world.js';

/**
 * Invariants 2, 3, 5 and 7 of SPEC section 13, over everything that honest platforms ever stored or sent.
 * @param byzantine indices that evidence may name
 * @returns one sentence for each violation
 */
export function violationsOf(honest: readonly SimPlatform[], byzantine: ReadonlySet<number>): string[] {
  return [...certificateViolations(honest), ...voteViolations(honest), ...evidenceViolations(honest, byzantine)];
}

function* certificatesOf(honest: readonly SimPlatform[]): Generator<Certificate> {
  for (const { disk } of honest) {
    for (const record of disk.records) {
      if (record.type === 'certificate') yield record.certificate;
      if (record.type === 'final' && record.certificate !== undefined) yield record.certificate;
    }
  }
}

/** 2: a block final by its own certificate shares its slot with no other certified block and no skip. 5: FAST is of first votes. */
function* certificateViolations(honest: readonly SimPlatform[]): Generator<string> {
  const finalIn = new Map<number, string>();
  for (const certificate of certificatesOf(honest)) {
    if (certificate.kind !== 'FAST' && certificate.kind !== 'SLOW') continue;
    finalIn.set(certificate.slot, certificate.blockHash);
    if (certificate.kind === 'FAST' && certificate.signatures.some(({ first }) => !first)) yield `invariant 5: slot ${certificate.slot}: FAST with first=0`;
  }
  for (const certificate of certificatesOf(honest)) {
    const final = finalIn.get(certificate.slot);
    if (final === undefined) continue;
    if (certificate.kind === 'VIEW-CHANGE') yield `invariant 2: slot ${certificate.slot}: skipped and final`;
    else if (certificate.blockHash !== final) yield `invariant 2: slot ${certificate.slot}: ${certificate.kind} of another block than the final one`;
  }
}

/** 3: one first vote per platform and slot, across restarts; COMMIT excludes the rest. */
function* voteViolations(honest: readonly SimPlatform[]): Generator<string> {
  for (const { index, sent } of honest) {
    const firstIn = new Map<number, string>();
    const saidIn = new Map<number, Set<string>>();
    const commitIn = new Map<number, string>();
    for (const message of sent) {
      if (message.type !== 'PREPARE' && message.type !== 'VIEW-CHANGE' && message.type !== 'COMMIT') continue;
      const { slot } = message;
      const said = message.type === 'VIEW-CHANGE' ? 'VIEW-CHANGE' : message.blockHash;
      if (message.type === 'COMMIT') {
        if ((commitIn.get(slot) ?? said) !== said) yield `invariant 3: platform ${index} slot ${slot}: two COMMITs`;
        commitIn.set(slot, said);
      } else if (message.first) {
        if ((firstIn.get(slot) ?? said) !== said) yield `invariant 3: platform ${index} slot ${slot}: two first votes`;
        firstIn.set(slot, said);
      }
      saidIn.set(slot, (saidIn.get(slot) ?? new Set()).add(said));
    }
    for (const [slot, committed] of commitIn) {
      for (const said of saidIn.get(slot) ?? []) if (said !== committed) yield `invariant 3: platform ${index} slot ${slot}: COMMIT beside another vote`;
    }
  }
}

/** 7: evidence convicts no honest platform. */
function* evidenceViolations(honest: readonly SimPlatform[], byzantine: ReadonlySet<number>): Generator<string> {
  for (const { disk } of honest) {
    for (const record of disk.records) {
      if (record.type !== 'equivocation') continue;
      const [{ header: { proposer } }] = record.evidence.headers;
      if (!byzantine.has(proposer)) yield `invariant 7: slot ${record.evidence.slot}: evidence against honest platform ${proposer}`;
    }
  }
}
