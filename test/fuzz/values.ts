import { assembleBlock } from '../../src/codec/block.js';
import type { BasisVote } from '../../src/codec/basis.js';
import { createTransaction } from '../../src/codec/transaction.js';
import { bytesToHash, bytesToHex } from '../../src/crypto/hash.js';
import type { Block, Transaction } from '../../src/types/block.js';
import type { BlockCertificate, Certificate, FinalityCertificate, ViewChangeCertificate } from '../../src/types/certificates.js';
import type { Hash } from '../../src/types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../src/types/ids.js';
import type { Checkpoint, ConsensusMessage, Equivocation, OwnVote, SignedHeader, Vote } from '../../src/types/messages.js';
import type { Status, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { Random } from '../simulation/random.js';
import { bytesOf, integerOf } from './entropy.js';

/** Values of every kind that codecs carry, with any content that has an encoding: codecs check no rule and no signature. */

export function hashOf(random: Random): Hash {
  return random.chance(0.2) ? ZERO_HASH : bytesToHash(bytesOf(random, 32));
}

const MAX_PLUS_ONE = Number.MAX_SAFE_INTEGER - 1;
const signature = (random: Random): Uint8Array => bytesOf(random, 64);
const signerOf = (random: Random): ReturnType<typeof toMemberIndex> => toMemberIndex(random.pick([0, 1, 2, 3, 255, 65_535]));
const place = (random: Random): { epoch: ReturnType<typeof toEpoch>; slot: ReturnType<typeof toSlot> } => (
  { epoch: toEpoch(random.pick([0, 0, integerOf(random)])), slot: toSlot(integerOf(random)) });

function listOf<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: random.integer(0, most) }, make);
}

export function transactionOf(random: Random): Transaction {
  return createTransaction({
    chainId: hashOf(random), sender: toPublicKeyHex(bytesToHex(bytesOf(random, 32))), nonce: integerOf(random), payload: bytesOf(random, random.pick([0, 1, 20, 130])),
  }, () => signature(random));
}

export function blockOf(random: Random): Block {
  return assembleBlock({
    chainId: hashOf(random), ...place(random), view: toView(integerOf(random)), sequence: toSequence(integerOf(random)),
    parentSlot: toSlot(random.pick([-1, Math.min(integerOf(random), MAX_PLUS_ONE)])), parentHash: hashOf(random), timestampMs: integerOf(random), nextMembersHash: hashOf(random), proposer: signerOf(random),
  }, listOf(random, 3, () => transactionOf(random)));
}

function viewChangeCertificateOf(random: Random): ViewChangeCertificate {
  return {
    kind: 'VIEW-CHANGE', ...place(random),
    signatures: listOf(random, 4, () => ({ signer: signerOf(random), first: random.chance(0.5), blockHash: hashOf(random), basisHash: hashOf(random), signature: signature(random) })),
  };
}

function finalityCertificateOf(random: Random): FinalityCertificate {
  if (random.chance(0.5)) return { ...prepareLike(random), kind: 'FAST' };
  return { kind: 'SLOW', ...place(random), blockHash: hashOf(random), signatures: listOf(random, 4, () => ({ signer: signerOf(random), signature: signature(random) })) };
}

function blockCertificateOf(random: Random): BlockCertificate {
  return random.chance(0.5) ? { ...prepareLike(random), kind: 'PREPARE' } : finalityCertificateOf(random);
}

export function certificateOf(random: Random): Certificate {
  return random.chance(0.3) ? viewChangeCertificateOf(random) : blockCertificateOf(random);
}

function prepareLike(random: Random) {
  return {
    ...place(random), blockHash: hashOf(random),
    signatures: listOf(random, 4, () => ({ signer: signerOf(random), first: random.chance(0.5), basisHash: hashOf(random), signature: signature(random) })),
  };
}

export function voteOf(random: Random): Vote {
  const envelope = { ...place(random), signer: signerOf(random), signature: signature(random) };
  const numbers = { view: toView(integerOf(random)), sequence: toSequence(integerOf(random)) };
  switch (random.integer(0, 2)) {
    case 0: return { type: 'PREPARE', ...envelope, ...numbers, blockHash: hashOf(random), first: random.chance(0.5), basisHash: hashOf(random) };
    case 1: return { type: 'COMMIT', ...envelope, ...numbers, blockHash: hashOf(random) };
    default: return {
      type: 'VIEW-CHANGE', ...envelope, first: random.chance(0.5), blockHash: hashOf(random), basisHash: hashOf(random), newView: integerOf(random),
      lastSequence: toSequence(random.pick([-1, Math.min(integerOf(random), MAX_PLUS_ONE)])),
    };
  }
}

export function ownVoteOf(random: Random): OwnVote {
  const { signature: _, ...vote } = voteOf(random);
  return vote;
}

export function signedHeaderOf(random: Random): SignedHeader {
  const { header, hash } = blockOf(random);
  return { header, blockHash: hash, signature: signature(random) };
}

export function equivocationOf(random: Random): Equivocation {
  return { type: 'EQUIVOCATION', ...place(random), headers: [signedHeaderOf(random), signedHeaderOf(random)] };
}

export function messageOf(random: Random): ConsensusMessage {
  switch (random.integer(0, 4)) {
    case 0: return {
      type: 'PRE-PREPARE', ...place(random), signer: signerOf(random), block: blockOf(random), signature: signature(random),
      justification: { parent: random.chance(0.5) ? blockCertificateOf(random) : undefined, skips: listOf(random, 3, () => viewChangeCertificateOf(random)) },
    };
    case 1: return checkpointOf(random);
    case 2: return { type: 'CERTIFICATE', certificate: certificateOf(random) };
    case 3: return equivocationOf(random);
    default: return voteOf(random);
  }
}

export function statusOf(random: Random): Status {
  return {
    epoch: toEpoch(integerOf(random)), finalSlot: toSlot(Math.min(integerOf(random), MAX_PLUS_ONE) - 1), finalSequence: toSequence(Math.min(integerOf(random), MAX_PLUS_ONE) - 1),
    finalHash: hashOf(random), finalityCertificate: random.chance(0.6) ? finalityCertificateOf(random) : undefined,
    highestCertificate: random.chance(0.6) ? certificateOf(random) : undefined, currentSlot: toSlot(integerOf(random)), observing: random.chance(0.2),
  };
}

export function requestOf(random: Random): SyncRequest {
  switch (random.integer(0, 2)) {
    case 0: return { type: 'STATUS-REQUEST', status: statusOf(random) };
    case 1: return { type: 'BLOCKS-REQUEST', fromSequence: toSequence(integerOf(random)), maxCount: integerOf(random), maxBytes: integerOf(random) };
    default: return {
      type: 'SLOTS-REQUEST', status: statusOf(random), messages: listOf(random, 4, () => messageOf(random)),
      transactions: listOf(random, 4, () => (random.chance(0.5) ? transactionOf(random).bytes : bytesOf(random, random.integer(0, 50)))),
    };
  }
}

export function responseOf(random: Random): SyncResponse {
  switch (random.integer(0, 2)) {
    case 0: return { type: 'STATUS-RESPONSE', status: statusOf(random) };
    case 1: return {
      type: 'BLOCKS-RESPONSE', finalSequence: toSequence(Math.min(integerOf(random), MAX_PLUS_ONE) - 1), firstSequence: toSequence(integerOf(random) % MAX_PLUS_ONE),
      blocks: listOf(random, 3, () => ({ block: blockOf(random), certificate: random.chance(0.5) ? finalityCertificateOf(random) : undefined })),
    };
    default: return { type: 'SLOTS-RESPONSE', status: statusOf(random), messages: listOf(random, 4, () => messageOf(random)) };
  }
}

export function snapshotRequestOf(random: Random): SyncRequest {
  if (random.chance(0.3)) return { type: 'SNAPSHOT-REQUEST' };
  return { type: 'CHUNK-REQUEST', sequence: toSequence(integerOf(random)), index: integerOf(random) % 2 ** 32 };
}

export function snapshotResponseOf(random: Random): SyncResponse {
  if (random.chance(0.4)) return { type: 'CHUNK-RESPONSE', chunk: random.chance(0.2) ? undefined : bytesOf(random, random.pick([0, 1, 100, 3000])) };
  if (random.chance(0.1)) return { type: 'SNAPSHOT-RESPONSE', offer: undefined };
  return {
    type: 'SNAPSHOT-RESPONSE',
    offer: {
      manifest: {
        sequence: toSequence(integerOf(random)), stateRoot: hashOf(random), entryCount: integerOf(random), sizeBytes: integerOf(random), chunkHashes: listOf(random, 20, () => hashOf(random)),
      },
      blocks: listOf(random, 2, () => ({ block: blockOf(random), certificate: random.chance(0.5) ? finalityCertificateOf(random) : undefined })),
      checkpoints: listOf(random, 4, () => checkpointOf(random)),
    },
  };
}

function checkpointOf(random: Random): Checkpoint {
  return { type: 'CHECKPOINT', epoch: toEpoch(0), sequence: toSequence(integerOf(random)), signer: signerOf(random), stateRoot: hashOf(random), signature: signature(random) };
}

/** First votes of distinct signers, as bases hold them, in signer order. */
export function basisVotesOf(random: Random, memberCount: number): BasisVote[] {
  const signers = Array.from({ length: memberCount }, (_, signer) => signer).filter(() => random.chance(0.6));
  return signers.flatMap((signer): BasisVote[] => {
    const vote = voteOf(random);
    return vote.type === 'COMMIT' ? [] : [basisVote({ ...vote, signer: toMemberIndex(signer) })];
  });
}

/** Without the numbers for people, which a basis leaves out. */
function basisVote(vote: Exclude<Vote, { readonly type: 'COMMIT' }>): BasisVote {
  const { type, epoch, slot, signer, first, blockHash, basisHash, signature: mark } = vote;
  return { type, epoch, slot, signer, first, blockHash, basisHash, signature: mark };
}
