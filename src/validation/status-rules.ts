import type { Status } from '../types/sync.js';
import { checkCertificate } from './certificate-rules.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, ignore, reject } from './verdict.js';

/** STATUS (section 7): the final block is proven by its certificate, and the highest certificate is one. */
export function checkStatus(context: ValidationContext, status: Status): Rejection | undefined {
  const { highestCertificate } = status;
  return firstFailure(
    () => checkEpoch(context, status),
    () => checkPosition(status),
    () => checkFinalBlock(context, status),
    () => (highestCertificate === undefined ? undefined : checkCertificate(context, highestCertificate)),
  );
}

function checkEpoch({ membership }: ValidationContext, { epoch }: Status): Rejection | undefined {
  if (epoch === membership.epoch) return undefined;
  return ignore('other-epoch', `STATUS: is of epoch ${epoch}, not ${membership.epoch}`);
}

/** view = slot − sequence is never negative, and genesis alone stands below 0. */
function checkPosition({ finalSlot, finalSequence }: Status): Rejection | undefined {
  if (finalSequence <= finalSlot && (finalSequence < 0) === (finalSlot < 0)) return undefined;
  return reject('status-position', `STATUS: finalSequence ${finalSequence} does not fit finalSlot ${finalSlot}`);
}

function checkFinalBlock(context: ValidationContext, { finalSlot, finalHash, finalityCertificate: proof }: Status): Rejection | undefined {
  if (finalSlot < 0) {
    return proof === undefined ? undefined : reject('status-proof', 'STATUS: genesis has no certificate, but one is given');
  }
  if (proof === undefined) return reject('status-proof', `STATUS: the finality certificate of slot ${finalSlot} is missing`);
  if (proof.slot !== finalSlot || proof.blockHash !== finalHash) {
    return reject('status-proof', `STATUS: the certificate names block ${proof.blockHash} in slot ${proof.slot}, not ${finalHash} in slot ${finalSlot}`);
  }
  return checkCertificate(context, proof);
}
