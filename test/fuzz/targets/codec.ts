import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Basis } from '../../../src/codec/basis.js';
import { decodeBasis, encodeBasis } from '../../../src/codec/basis.js';
import { decodeBlock, encodeBlock } from '../../../src/codec/block.js';
import { CodecError } from '../../../src/codec/codec-error.js';
import { decodeHeader, encodeHeader } from '../../../src/codec/header.js';
import { statementBytes } from '../../../src/codec/statement.js';
import { createTransaction, decodeTransaction } from '../../../src/codec/transaction.js';
import { decodeCertificate, encodeCertificate } from '../../../src/codec/wire/certificates.js';
import { decodeEquivocation, encodeEquivocation } from '../../../src/codec/wire/evidence.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { decodeTransactionBatch, encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { decodeVote, encodeVote } from '../../../src/codec/wire/votes.js';
import { bytesEqual, bytesToHash } from '../../../src/crypto/hash.js';
import { decodeFinalEntry, encodeFinalEntry } from '../../../src/storage/record-codec.js';
import type { Block, Transaction } from '../../../src/types/block.js';
import type { Hash } from '../../../src/types/ids.js';
import { toSequence } from '../../../src/types/ids.js';
import type { ConsensusMessage, Statement } from '../../../src/types/messages.js';
import type { SyncRequest, SyncResponse } from '../../../src/types/sync.js';
import type { Random } from '../../simulation/random.js';
import { CHAIN_ID, LIMITS } from '../../unit/codec/samples.js';
import { bytesOf, integerOf, joinParts, splitParts } from '../entropy.js';
import { assertProportionate } from '../footprint.js';
import type { Outcome, Target } from '../target.js';
import {
  basisVotesOf, blockOf, certificateOf, equivocationOf, hashOf, messageOf, ownVoteOf, requestOf, responseOf, signedHeaderOf, transactionOf,
} from '../values.js';

/** Decodes; undefined where the bytes are refused, as they should be where they are. */
function decodedOrRefused<T>(decode: (bytes: Uint8Array) => T, input: Uint8Array): { readonly value: T } | undefined {
  try {
    return { value: decode(input) };
  } catch (error) {
    if (error instanceof CodecError && error.message.length > 0) return undefined;
    throw error;
  }
}

/**
 * Protobuf is not canonical: fields may come in any order, twice, with longer integers than need be, or unknown. So what is
 * accepted need not be encoded again to the same bytes, but to bytes that are read as the same value.
 */
function wireTarget<T>(name: string, generate: (random: Random) => T, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): Target {
  const run = (input: Uint8Array): Outcome => {
    const first = decodedOrRefused(decode, input);
    if (first === undefined) return 'rejected';
    assertProportionate(first.value, input);
    const bytes = encode(first.value);
    assert.ok(bytes.byteLength <= input.byteLength, 'what was decoded is encoded in no more bytes');
    const again = decode(bytes);
    assert.ok(isDeepStrictEqual(again, first.value), 'decoding what was encoded gives the same value');
    assert.ok(bytesEqual(encode(again), bytes), 'one value has one encoding');
    return 'accepted';
  };
  return { name, generate: (random) => encode(generate(random)), run, leastAccepted: 0.95 };
}

/** What is accepted is the one encoding of its value (SPEC section 2). */
function canonicalTarget<T>(name: string, generate: (random: Random) => Uint8Array, encode: (value: T) => Uint8Array, decode: (bytes: Uint8Array) => T): Target {
  const run = (input: Uint8Array): Outcome => {
    const decoded = decodedOrRefused(decode, input);
    if (decoded === undefined) return 'rejected';
    assertProportionate(decoded.value, input);
    assert.ok(bytesEqual(encode(decoded.value), input), 'accepted bytes are the one encoding of what they hold');
    return 'accepted';
  };
  return { name, generate, run, leastAccepted: 0.95 };
}

const MEMBERS = 7;
const CHAIN_ID_AT = 'FBPBFT/1/TRANSACTION '.length;

/** With the chain that the envelope is bound to, which decoding leaves to validation. */
function decodeWithChain(bytes: Uint8Array): Transaction & { readonly chainId: Hash } {
  return { ...decodeTransaction(bytes, LIMITS.maxTransactionBytes), chainId: bytesToHash(bytes.subarray(CHAIN_ID_AT, CHAIN_ID_AT + 32)) };
}

/** With a proposal's transactions, which are taken apart when they are asked for. */
function decodeWholeMessage(bytes: Uint8Array): ConsensusMessage {
  return withBody(decodeConsensusMessage(bytes, LIMITS));
}

function decodeWholeRequest(bytes: Uint8Array): SyncRequest {
  const request = decodeSyncRequest(bytes, LIMITS);
  if (request.type === 'SLOTS-REQUEST') request.messages.forEach(withBody);
  return request;
}

function withBody(message: ConsensusMessage): ConsensusMessage {
  if (message.type === 'PRE-PREPARE') assert.equal(message.block.transactions.length, message.block.header.transactionCount);
  return message;
}

/** With the transactions of its blocks, which are taken apart when they are asked for. */
function decodeWholeResponse(bytes: Uint8Array): SyncResponse {
  const response = decodeSyncResponse(bytes, LIMITS);
  const blocks = response.type === 'BLOCKS-RESPONSE' ? response.blocks : response.type === 'SNAPSHOT-RESPONSE' ? response.offer?.blocks ?? [] : [];
  if (response.type === 'SLOTS-RESPONSE') response.messages.forEach(withBody);
  assert.ok(blocks.every(({ block: { transactions, header } }) => transactions.length === header.transactionCount));
  return response;
}

/** The same statement or another one: which, is told by its signed content, and must be told by its bytes (section 2). */
function statementOf(random: Random): Statement {
  const message = messageOf(random);
  switch (message.type) {
    case 'CERTIFICATE':
    case 'EQUIVOCATION':
      return { ...ownVoteOf(random) };
    default: {
      const { signature: _, ...statement } = message;
      return statement;
    }
  }
}

function signedContent(statement: Statement): string {
  switch (statement.type) {
    case 'PRE-PREPARE': return [statement.type, statement.epoch, statement.slot, statement.block.hash].join(' ');
    case 'CHECKPOINT': return [statement.type, statement.epoch, statement.sequence, statement.stateRoot].join(' ');
    case 'COMMIT': return [statement.type, statement.epoch, statement.slot, statement.blockHash].join(' ');
    default: return [statement.type, statement.epoch, statement.slot, statement.blockHash, statement.first, statement.basisHash].join(' ');
  }
}

/** Two signed messages, as on the wire: their statements share bytes only where they say the same. */
const statements: Target = {
  name: 'statement',
  generate: (random) => {
    const one = encodeConsensusMessage({ ...statementOf(random), signature: bytesOf(random, 64) });
    const other = random.chance(0.3) ? one : encodeConsensusMessage({ ...statementOf(random), signature: bytesOf(random, 64) });
    return joinParts([one, other]);
  },
  run: (input) => {
    const [one, other] = splitParts(input).map((part) => decodedOrRefused((bytes) => decodeConsensusMessage(bytes, LIMITS), part)?.value);
    if (one === undefined || other === undefined || !('signature' in one) || !('signature' in other)) return 'rejected';
    const [left, right] = [statementBytes(CHAIN_ID, one), statementBytes(CHAIN_ID, other)];
    assert.equal(bytesEqual(left, right), signedContent(one) === signedContent(other), `${signedContent(one)} / ${signedContent(other)}`);
    return 'accepted';
  },
  leastAccepted: 0.95,
};

export const CODEC_TARGETS: readonly Target[] = [
  wireTarget('wire-message', messageOf, encodeConsensusMessage, decodeWholeMessage),
  wireTarget('wire-certificate', certificateOf, encodeCertificate, (bytes) => decodeCertificate(bytes, LIMITS)),
  wireTarget('wire-own-vote', ownVoteOf, encodeVote, (bytes) => decodeVote(bytes, LIMITS)),
  wireTarget('wire-equivocation', equivocationOf, encodeEquivocation, (bytes) => decodeEquivocation(bytes, LIMITS)),
  wireTarget('wire-sync-request', requestOf, encodeSyncRequest, decodeWholeRequest),
  wireTarget('wire-sync-response', responseOf, encodeSyncResponse, decodeWholeResponse),
  wireTarget('wire-transaction-batch', (random) => Array.from({ length: random.integer(0, 6) }, () => (
    random.chance(0.7) ? transactionOf(random).bytes : bytesOf(random, random.integer(0, 30)))) as readonly Uint8Array[],
  encodeTransactionBatch, (bytes) => decodeTransactionBatch(bytes, LIMITS)),
  canonicalTarget('header', (random) => encodeHeader(blockOf(random).header), encodeHeader, decodeHeader),
  // A copy, as the block itself remembers what it was decoded from.
  canonicalTarget<Block>('block', (random) => encodeBlock(blockOf(random)), (block) => encodeBlock({ ...block }), (bytes) => decodeBlock(bytes, LIMITS)),
  canonicalTarget('transaction', (random) => transactionOf(random).bytes, ({ chainId, sender, nonce, payload, signature }) => (
    createTransaction({ chainId, sender, nonce, payload }, () => signature).bytes), decodeWithChain),
  canonicalTarget(
    'basis', (random) => encodeBasis(CHAIN_ID, basisVotesOf(random, MEMBERS), random.chance(0.4) ? [signedHeaderOf(random), signedHeaderOf(random)] : undefined),
    ({ votes, headers }: Basis) => encodeBasis(CHAIN_ID, votes, headers), (bytes) => decodeBasis(CHAIN_ID, bytes, MEMBERS),
  ),
  canonicalTarget(
    'final-entry', (random) => encodeFinalEntry({ ...ownVoteOf(random), sequence: toSequence(integerOf(random)), hash: hashOf(random), sizeBytes: random.integer(0, 2 ** 32 - 1) }),
    encodeFinalEntry, decodeFinalEntry,
  ),
  statements,
];
