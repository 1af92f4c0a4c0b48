import type { Certificate, FinalityCertificate } from '../../src/types/certificates.js';
import { ZERO_HASH, toEpoch, toSequence, toSlot } from '../../src/types/ids.js';
import type { ConsensusMessage, SignedMessage } from '../../src/types/messages.js';
import type { CommittedBlock, Status, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import { SNAPSHOT_CHUNK_BYTES } from '../../src/codec/limits.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import type { SnapshotOffer } from '../../src/types/snapshot.js';
import type { Random } from '../simulation/random.js';
import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { encodeSyncRequest, encodeSyncResponse } from '../../src/codec/wire/sync.js';
import { encodedDisturbed } from './disturbance.js';
import { utf8 } from './entropy.js';
import type { Society } from './society.js';
import { hashOf } from './values.js';

/** Messages as members of a society sign them, in slots of its chain; some disturbed before signing, some after. */

function membersOf(random: Random, society: Society, count: number): number[] {
  const order = society.range(society.n).map((member) => ({ member, at: random.next() })).sort((a, b) => a.at - b.at);
  return order.slice(0, count).map(({ member }) => member).sort((a, b) => a - b);
}

function fastQuorumOf(society: Society): number {
  const { fastPath } = society.genesis.parameters;
  return fastPath === 'off' ? society.n : society.n - fastPath;
}

function genuineFinality(random: Random, society: Society, slot: number): FinalityCertificate {
  const { hash } = society.blocks[slot]!;
  const isFast = society.genesis.parameters.fastPath !== 'off' && random.chance(0.5);
  return isFast
    ? society.fastCertificate(slot, hash, membersOf(random, society, random.integer(fastQuorumOf(society), society.n)))
    : society.slowCertificate(slot, hash, membersOf(random, society, random.integer(society.quorum, society.n)));
}

function genuineCertificate(random: Random, society: Society, slot: number): Certificate {
  const members = membersOf(random, society, random.integer(society.quorum, society.n));
  switch (random.integer(0, 2)) {
    case 0: return society.viewChangeCertificate(slot, members);
    case 1: return society.prepareCertificate(slot, society.blocks[slot]!.hash, members);
    default: return genuineFinality(random, society, slot);
  }
}

/** What an honest or an equivocating member could send. */
export function genuineMessage(random: Random, society: Society, slot = random.integer(0, society.blocks.length - 1)): ConsensusMessage {
  const member = random.integer(0, society.n - 1);
  const block = random.chance(0.8) ? society.blocks[slot]! : society.rivals[slot]!;
  const basisHash = society.genesis.parameters.fastPath === 'off' ? ZERO_HASH : hashOf(random);
  const hasBasis = basisHash !== ZERO_HASH || society.genesis.parameters.fastPath === 'off';
  switch (random.integer(0, 7)) {
    case 0: {
      const parent = slot === 0 || random.chance(0.3) ? undefined : society.prepareCertificate(slot - 1, society.blocks[slot - 1]!.hash);
      return society.prePrepare(block, { justification: { parent, skips: [] } });
    }
    case 1: return society.prepare(member, slot, block.hash);
    case 2: return society.prepare(member, slot, block.hash, { first: false, basisHash });
    case 3: return society.commit(member, slot, block.hash);
    case 4: return hasBasis && random.chance(0.5) ? society.viewChange(member, slot, { first: false, blockHash: block.hash, basisHash }) : society.viewChange(member, slot);
    case 5: return society.checkpoint(member, slot);
    case 6: return { type: 'CERTIFICATE', certificate: genuineCertificate(random, society, slot) };
    default: {
      const headers = [society.signedHeader(society.blocks[slot]!), society.signedHeader(society.rivals[slot]!)] as const;
      return { type: 'EQUIVOCATION', epoch: toEpoch(0), slot: toSlot(slot), headers };
    }
  }
}

function isSigned(message: ConsensusMessage): message is SignedMessage {
  return message.type !== 'CERTIFICATE' && message.type !== 'EQUIVOCATION';
}

/** Of these half are genuine; a quarter say something else and are signed by whoever they name; a quarter were changed after signing. */
export function encodedMessage(random: Random, society: Society): Uint8Array {
  return encodedDisturbed(random, 0.5, genuineMessage(random, society), (message) => (
    encodeConsensusMessage(isSigned(message) && message.signer < society.n && random.chance(0.5) ? signedAgain(society, message) : message)));
}

function signedAgain(society: Society, message: SignedMessage): SignedMessage {
  const { signature: _, ...statement } = message;
  return society.sign<SignedMessage>(statement, message.signer);
}

export function genuineStatus(random: Random, society: Society): Status {
  const slot = random.integer(-1, society.blocks.length - 1);
  const base = { epoch: toEpoch(0), currentSlot: toSlot(slot + 1), observing: random.chance(0.1) };
  const above = random.integer(Math.max(0, slot), society.blocks.length - 1);
  const highestCertificate = random.chance(0.5) ? genuineCertificate(random, society, above) : undefined;
  if (slot < 0) return { ...base, finalSlot: toSlot(-1), finalSequence: toSequence(-1), finalHash: society.chainId, finalityCertificate: undefined, highestCertificate };
  return {
    ...base, finalSlot: toSlot(slot), finalSequence: toSequence(slot), finalHash: society.blocks[slot]!.hash,
    finalityCertificate: genuineFinality(random, society, slot), highestCertificate,
  };
}

/** A stretch of the chain that ends in a certified block. */
export function genuineBlocks(random: Random, society: Society, from = random.integer(0, society.blocks.length - 1)): CommittedBlock[] {
  const to = random.integer(from, Math.min(from + 5, society.blocks.length - 1));
  return society.blocks.slice(from, to + 1).map((block, index) => (
    { block, certificate: from + index === to || random.chance(0.5) ? genuineFinality(random, society, from + index) : undefined }));
}

/** What an honest member offers of the state after a block of the chain: the same root and chunks whoever is asked. */
export function genuineOffer(random: Random, society: Society): SnapshotOffer {
  const sequence = random.integer(0, society.blocks.length - 1);
  const certified = society.committed.findIndex(({ certificate }, at) => at >= sequence && certificate !== undefined);
  const chunkCount = random.integer(1, 3);
  const stateRoot = sha256Hash(utf8(`state ${sequence}`));
  return {
    manifest: {
      sequence: toSequence(sequence), stateRoot, entryCount: 10, sizeBytes: (chunkCount - 1) * SNAPSHOT_CHUNK_BYTES + random.integer(0, 99),
      chunkHashes: Array.from({ length: chunkCount }, (_, index) => sha256Hash(utf8(`chunk ${index} of ${sequence}`))),
    },
    blocks: certified < 0 ? genuineBlocks(random, society, sequence) : society.committed.slice(sequence, certified + 1),
    checkpoints: membersOf(random, society, random.integer(society.quorum, society.n)).map((signer) => society.checkpoint(signer, sequence, { stateRoot })),
  };
}

export function encodedRequest(random: Random, society: Society): Uint8Array {
  const status = genuineStatus(random, society);
  const messages = Array.from({ length: random.integer(0, 4) }, () => genuineMessage(random, society));
  const request: SyncRequest = random.pick<SyncRequest>([
    { type: 'STATUS-REQUEST', status },
    {
      type: 'BLOCKS-REQUEST', fromSequence: toSequence(random.integer(0, 30)), maxCount: random.pick([0, 1, 16, 2 ** 40]), maxBytes: random.pick([0, 1, 5000, 2 ** 40]),
    },
    { type: 'SLOTS-REQUEST', status, messages, transactions: society.pool.slice(0, random.integer(0, 4)).map(({ bytes }) => bytes) },
  ]);
  return encodedDisturbed(random, 0.3, request, encodeSyncRequest);
}

/** What a server answers, or a liar. */
export function encodedResponse(random: Random, society: Society, from: number): Uint8Array {
  const status = genuineStatus(random, society);
  const response: SyncResponse = random.pick<SyncResponse>([
    { type: 'STATUS-RESPONSE', status },
    { type: 'SLOTS-RESPONSE', status, messages: Array.from({ length: random.integer(0, 5) }, () => genuineMessage(random, society)) },
    { type: 'BLOCKS-RESPONSE', finalSequence: toSequence(society.blocks.length - 1), firstSequence: toSequence(0), blocks: genuineBlocks(random, society, from) },
  ]);
  return encodedDisturbed(random, 0.5, response, encodeSyncResponse);
}
