import { statementBytes } from '../codec/statement.js';
import type { SignedVote } from '../codec/statement.js';
import { ZERO_HASH } from '../types/ids.js';
import type { Checkpoint, Vote } from '../types/messages.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, ignore, reject } from './verdict.js';

/** PREPARE, COMMIT, VIEW-CHANGE and CHECKPOINT as they arrive. */
export function checkVote(context: ValidationContext, vote: Vote): Rejection | undefined {
  return firstFailure(
    () => checkSigner(context, vote),
    () => checkPosition(vote),
    () => checkVoteShape(context, vote),
    () => checkSignature(context, vote),
  );
}

export function checkCheckpoint(context: ValidationContext, checkpoint: Checkpoint): Rejection | undefined {
  return firstFailure(
    () => checkSigner(context, checkpoint),
    () => checkSignature(context, checkpoint),
  );
}

function checkSigner({ quorums }: ValidationContext, { type, signer }: Vote | Checkpoint): Rejection | undefined {
  if (signer < quorums.memberCount) return undefined;
  return reject('unknown-signer', `${type}: signer ${signer} is not one of the ${quorums.memberCount} members`);
}

/** The numbers for people are unsigned, so a wrong one may be anyone's doing: it blames nobody (section 2). */
function checkPosition(vote: Vote): Rejection | undefined {
  const sum = vote.type === 'VIEW-CHANGE' ? vote.newView + vote.lastSequence : vote.view + vote.sequence;
  if (sum === vote.slot) return undefined;
  const names = vote.type === 'VIEW-CHANGE' ? 'newView + lastSequence' : 'view + sequence';
  return ignore('position-mismatch', `${vote.type}: ${names} is ${sum}, but the slot is ${vote.slot}`);
}

/** Which `first`, block and basis go together (section 2). The same for a vote on its own and inside a certificate. */
export function checkVoteShape({ quorums }: ValidationContext, vote: SignedVote): Rejection | undefined {
  const { type, blockHash } = vote;
  if (vote.type === 'COMMIT') return blockHash === ZERO_HASH ? zeroBlock(type) : undefined;
  const { first, basisHash } = vote;
  const hasBasis = basisHash !== ZERO_HASH;
  if (first && hasBasis) return reject('first-vote-basis', `${type}: a first vote has no basis, but basisHash is not zero`);
  if (hasBasis && quorums.fastPath === 'off') return reject('basis-unexpected', `${type}: with the fast path off there is no basis, but basisHash is not zero`);
  if (vote.type === 'PREPARE') return blockHash === ZERO_HASH ? zeroBlock(type) : undefined;
  if (first) {
    return blockHash === ZERO_HASH ? undefined : reject('first-vote-block', `${type}: as a first vote it names no block, but blockHash is not zero`);
  }
  if (blockHash === ZERO_HASH) return zeroBlock(type);
  if (!hasBasis && quorums.fastPath !== 'off') return reject('basis-missing', `${type}: with first = 0 it must name its basis, but basisHash is zero`);
  return undefined;
}

function zeroBlock(type: SignedVote['type']): Rejection {
  return reject('block-hash-zero', `${type}: must name a block, but blockHash is zero`);
}

function checkSignature({ chainId, signatures }: ValidationContext, message: Vote | Checkpoint): Rejection | undefined {
  if (signatures.verify(message.signer, statementBytes(chainId, message), message.signature)) return undefined;
  return reject('bad-signature', `${message.type}: the signature is not member ${message.signer}'s over this statement`);
}
