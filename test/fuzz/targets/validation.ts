import assert from 'node:assert/strict';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { certificateStatements, prePrepareStatementBytes, statementBytes } from '../../../src/codec/statement.js';
import { decodeTransaction, isBoundToChain, signedPart } from '../../../src/codec/transaction.js';
import { nodeVerifier, sodiumVerifier } from '../../../src/crypto/ed25519.js';
import { EDGE_VECTORS } from '../../../src/crypto/edge-vectors.js';
import { hexToBytes } from '../../../src/crypto/hash.js';
import { portableVerifier } from '../../../src/crypto/portable-verifier.js';
import type { Certificate } from '../../../src/types/certificates.js';
import type { MemberIndex } from '../../../src/types/ids.js';
import { toSequence, toSlot } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import type { MessageValidator } from '../../../src/validation/message-validator.js';
import type { Rejection } from '../../../src/validation/verdict.js';
import type { Random } from '../../simulation/random.js';
import { encodedDisturbed } from '../disturbance.js';
import { bytesOf, concat, joinParts, splitParts } from '../entropy.js';
import { encodedMessage, genuineBlocks, genuineOffer, genuineStatus } from '../signed-messages.js';
import type { Society } from '../society.js';
import { SOCIETIES, SOCIETY, markVerifier } from '../society.js';
import type { Outcome, Target } from '../target.js';

/** Inputs of these targets: which society (one byte), then what it is sent. */
function societyOf(input: Uint8Array): Society {
  return SOCIETIES[(input[0] ?? 0) % SOCIETIES.length]!;
}

function forSociety(random: Random, encode: (society: Society) => Uint8Array): Uint8Array {
  const which = random.integer(0, SOCIETIES.length - 1);
  return concat(Uint8Array.of(which), encode(SOCIETIES[which]!));
}

function judged(outcome: { readonly ok: true } | Rejection): Outcome {
  if (outcome.ok) return 'accepted';
  assert.ok(outcome.detail.length > 10, 'a refusal says why');
  return 'rejected';
}

/** What a message could not exist without: a signature over it by each of these, said independently of the validator. */
function assertSigned(society: Society, message: ConsensusMessage): void {
  const signed = (signer: MemberIndex | number, statement: Uint8Array, signature: Uint8Array): void => {
    const member = society.genesis.membership.members[signer];
    assert.ok(member !== undefined && markVerifier.verify(hexToBytes(member.publicKey), statement, signature), `member ${signer} signed no such ${message.type}`);
  };
  const certified = (certificate: Certificate): void => {
    const statements = certificateStatements(society.chainId, certificate);
    certificate.signatures.forEach(({ signer, signature }, index) => { signed(signer, statements[index]!, signature); });
    assert.equal(new Set(certificate.signatures.map(({ signer }) => signer)).size, certificate.signatures.length, 'signers are distinct');
    assert.ok(certificate.signatures.length >= society.quorum, 'a certificate needs a quorum');
  };
  switch (message.type) {
    case 'CERTIFICATE': certified(message.certificate); return;
    case 'EQUIVOCATION':
      for (const { blockHash, signature } of message.headers) {
        signed(message.slot % society.n, prePrepareStatementBytes(society.chainId, message.epoch, message.slot, blockHash), signature);
      }
      assert.notEqual(message.headers[0].blockHash, message.headers[1].blockHash);
      return;
    default:
      signed(message.signer, statementBytes(society.chainId, message), message.signature);
      if (message.type !== 'PRE-PREPARE') return;
      for (const certificate of [...message.justification.skips, ...(message.justification.parent === undefined ? [] : [message.justification.parent])]) certified(certificate);
      for (const { bytes, sender, signature } of message.block.transactions) {
        assert.ok(markVerifier.verify(hexToBytes(sender), signedPart(bytes), signature), 'every transaction is signed');
      }
  }
}

let signaturesChecked = 0;
/**
 * One validator for each society, as on a platform: what it remembers of earlier inputs must not make it take others. What
 * it costs is told by the signatures that it checks.
 */
const VALIDATORS = new Map(SOCIETIES.map((society) => [society, society.validator({
  verify: (publicKey, message, signature) => {
    signaturesChecked += 1;
    return markVerifier.verify(publicKey, message, signature);
  },
})]));

function validatorOf(society: Society): MessageValidator {
  return VALIDATORS.get(society)!;
}

const BYTES_PER_SIGNATURE = 64;

const messages: Target = {
  name: 'validate-message',
  generate: (random) => forSociety(random, (society) => encodedMessage(random, society)),
  run: (input) => {
    const society = societyOf(input);
    signaturesChecked = 0;
    const result = validatorOf(society).decodeAndValidate(input.subarray(1));
    assert.ok(signaturesChecked <= input.byteLength / BYTES_PER_SIGNATURE, `${signaturesChecked} signatures checked in ${input.byteLength} bytes`);
    if (result.ok) assertSigned(society, result.message);
    return judged(result);
  },
  leastAccepted: 0.4,
};

const statuses: Target = {
  name: 'validate-status',
  generate: (random) => forSociety(random, (society) => {
    return encodedDisturbed(random, 0.4, genuineStatus(random, society), (status) => encodeSyncRequest({ type: 'STATUS-REQUEST', status }));
  }),
  run: (input) => {
    const society = societyOf(input);
    const validator = validatorOf(society);
    const request = attempt(() => decodeSyncRequest(input.subarray(1), validator.limits));
    if (request === undefined || request.type !== 'STATUS-REQUEST') return 'rejected';
    const result = validator.validateStatus(request.status);
    if (result.ok) {
      for (const certificate of [request.status.finalityCertificate, request.status.highestCertificate]) {
        if (certificate !== undefined) assertSigned(society, { type: 'CERTIFICATE', certificate });
      }
    }
    return judged(result);
  },
  leastAccepted: 0.5,
};

/** Decoders have targets of their own: here it is enough that they refuse. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

const chains: Target = {
  name: 'validate-chain',
  generate: (random) => forSociety(random, (society) => {
    const encode = (blocks: readonly CommittedBlock[]): Uint8Array => encodeSyncResponse({ type: 'BLOCKS-RESPONSE', finalSequence: toSequence(23), firstSequence: toSequence(0), blocks });
    return encodedDisturbed(random, 0.4, genuineBlocks(random, society), encode);
  }),
  run: (input) => {
    const society = societyOf(input);
    const validator = validatorOf(society);
    const response = attempt(() => decodeSyncResponse(input.subarray(1), validator.limits));
    if (response === undefined || response.type !== 'BLOCKS-RESPONSE') return 'rejected';
    const first = response.blocks[0]?.block.header;
    const parent = first === undefined ? undefined : society.blocks[first.sequence - 1];
    const tip = parent === undefined ? society.genesisTip : { ...parent.header, hash: parent.hash };
    const { verified, unproven, error } = validator.validateCommittedChain(response.blocks, { ...tip, slot: toSlot(tip.slot) });
    assert.ok(verified.length + unproven.length <= response.blocks.length);
    assert.ok(verified.length === 0 || verified.at(-1)?.certificate !== undefined, 'what is proven ends in a certificate');
    // Nobody signed for any other chain.
    for (const { block } of verified) assert.equal(block.hash, society.blocks[block.header.sequence]?.hash);
    for (const { certificate } of verified) if (certificate !== undefined) assertSigned(society, { type: 'CERTIFICATE', certificate });
    return error === undefined && verified.length > 0 ? 'accepted' : 'rejected';
  },
  leastAccepted: 0.5,
};

/** What is offered of a snapshot: whatever is taken has a quorum's CHECKPOINTs, and blocks of the one chain there is. */
const offers: Target = {
  name: 'validate-snapshot',
  generate: (random) => forSociety(random, (society) => (
    encodedDisturbed(random, 0.4, genuineOffer(random, society), (offer) => encodeSyncResponse({ type: 'SNAPSHOT-RESPONSE', offer })))),
  run: (input) => {
    const society = societyOf(input);
    const validator = validatorOf(society);
    const response = attempt(() => decodeSyncResponse(input.subarray(1), validator.limits));
    if (response?.type !== 'SNAPSHOT-RESPONSE' || response.offer === undefined) return 'rejected';
    const { manifest, checkpoints } = response.offer;
    signaturesChecked = 0;
    const result = validator.validateSnapshotOffer(response.offer);
    assert.ok(signaturesChecked <= input.byteLength / BYTES_PER_SIGNATURE, `${signaturesChecked} signatures checked in ${input.byteLength} bytes`);
    if (!result.ok) return judged(result);
    for (const checkpoint of checkpoints) {
      assert.ok(checkpoint.sequence === manifest.sequence && checkpoint.stateRoot === manifest.stateRoot);
      assertSigned(society, checkpoint);
    }
    assert.ok(new Set(checkpoints.map(({ signer }) => signer)).size >= society.quorum, 'a quorum certifies the root');
    assert.ok(manifest.chunkHashes.length > 0);
    for (const [index, { block }] of result.blocks.entries()) assert.equal(block.hash, society.blocks[manifest.sequence + index]?.hash, 'nobody signed for any other chain');
    assert.ok(result.blocks.at(-1)?.certificate !== undefined, 'what is proven ends in a certificate');
    return 'accepted';
  },
  leastAccepted: 0.5,
};

const transactions: Target = {
  name: 'validate-transaction',
  generate: (random) => random.pick(SOCIETY.pool).bytes,
  run: (input) => {
    const result = validatorOf(SOCIETY).transactions.validate(input);
    if (result.ok) {
      const { sender, signature } = decodeTransaction(input, SOCIETY.genesis.parameters.maxTransactionBytes);
      assert.ok(isBoundToChain(result.transaction, SOCIETY.chainId) && markVerifier.verify(hexToBytes(sender), signedPart(input), signature));
    }
    return judged(result);
  },
  leastAccepted: 0.95,
};

/** The two native verifiers, and for one input in 64 the portable one, have one opinion of any bytes (section 12). */
const signatures: Target = {
  name: 'signature',
  generate: (random) => {
    const { publicKey, message, signature } = random.pick(EDGE_VECTORS);
    return joinParts([hexToBytes(publicKey), hexToBytes(signature), random.chance(0.9) ? hexToBytes(message) : bytesOf(random, 20)]);
  },
  run: (input) => {
    const [publicKey, signature, message] = splitParts(input);
    if (publicKey === undefined || signature === undefined || message === undefined) return 'rejected';
    const answers = VERIFIERS.map((verifier) => verifier.verify(publicKey, message, signature));
    if (input.at(-1)! % 64 === 1) answers.push(portableVerifier.verify(publicKey, message, signature));
    assert.equal(new Set(answers).size, 1, `verifiers disagree: ${answers.join(', ')}`);
    return answers[0] === true ? 'accepted' : 'rejected';
  },
  leastAccepted: 0.05,
  weight: 0.5,
};
const VERIFIERS = [nodeVerifier(), sodiumVerifier() ?? nodeVerifier()];

export const VALIDATION_TARGETS: readonly Target[] = [messages, statuses, chains, offers, transactions, signatures];
