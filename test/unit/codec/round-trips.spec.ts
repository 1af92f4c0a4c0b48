import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBasis, encodeBasis } from '../../../src/codec/basis.js';
import { assembleBlock, decodeBlock, eachTransaction, encodeBlock, openBlock } from '../../../src/codec/block.js';
import { decodeHeader, encodeHeader } from '../../../src/codec/header.js';
import { createTransaction, decodeTransaction } from '../../../src/codec/transaction.js';
import { decodeCertificate, encodeCertificate } from '../../../src/codec/wire/certificates.js';
import { decodeEquivocation, encodeEquivocation } from '../../../src/codec/wire/evidence.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { decodeTransactionBatch, encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { decodeVote, encodeVote } from '../../../src/codec/wire/votes.js';
import { bytesToHash, bytesToHex } from '../../../src/crypto/hash.js';
import type { BlockHeader } from '../../../src/types/block.js';
import type { Certificate } from '../../../src/types/certificates.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import { BLOCK, CERTIFICATES, CHAIN_ID, EMPTY_BLOCK, LIMITS, MESSAGES, OWN_VOTES, PREPARE, REQUESTS, RESPONSES, SIGNED_HEADERS, TRANSACTIONS, VIEW_CHANGE } from './samples.js';

/** Records with the prototype that decoders give. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

const bytesOf = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => new Uint8Array(bytes));
const hash = fc.oneof({ weight: 4, arbitrary: bytesOf(32).map(bytesToHash) }, { weight: 1, arbitrary: fc.constant(ZERO_HASH) });
/** Every length of a varint, and the 32 bits at which 64-bit arithmetic in two halves goes wrong. */
const integer = fc.oneof(
  fc.nat(100), fc.maxSafeNat(), fc.integer({ min: 2 ** 31, max: 2 ** 32 - 1 }),
  fc.constantFrom(...[7, 14, 21, 28, 31, 32, 35, 42, 49, 52].flatMap((bits) => [2 ** bits - 1, 2 ** bits]), Number.MAX_SAFE_INTEGER - 1),
);
const position = { epoch: integer.map(toEpoch), slot: integer.map(toSlot) };
const signer = fc.nat(65_535).map(toMemberIndex);
const signature = bytesOf(64);

const header: fc.Arbitrary<BlockHeader> = record({
  chainId: hash, ...position, view: integer.map(toView), sequence: integer.map(toSequence), parentSlot: integer.map((value) => toSlot(value - 1)),
  parentHash: hash, timestampMs: integer, transactionCount: fc.nat(2 ** 32 - 1), merkleRoot: hash, nextMembersHash: hash, proposer: signer,
});
const transaction = record({ nonce: integer, payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes)), signature, sender: bytesOf(32) })
  .map((value) => createTransaction(
    { chainId: CHAIN_ID, sender: toPublicKeyHex(bytesToHex(value.sender)), nonce: value.nonce, payload: value.payload }, () => value.signature));
const block = fc.tuple(header, fc.array(transaction, { maxLength: 5 })).map(([template, transactions]) => assembleBlock(template, transactions));

const certificate: fc.Arbitrary<Certificate> = fc.oneof(
  record({
    kind: fc.constantFrom('PREPARE' as const, 'FAST' as const), ...position, blockHash: hash,
    signatures: fc.array(record({ signer, first: fc.boolean(), basisHash: hash, signature }), { maxLength: 4 }),
  }),
  record({ kind: fc.constant('SLOW' as const), ...position, blockHash: hash, signatures: fc.array(record({ signer, signature }), { maxLength: 4 }) }),
  record({
    kind: fc.constant('VIEW-CHANGE' as const), ...position,
    signatures: fc.array(record({ signer, first: fc.boolean(), blockHash: hash, basisHash: hash, signature }), { maxLength: 4 }),
  }),
);
const message: fc.Arbitrary<ConsensusMessage> = fc.oneof(
  record({ type: fc.constant('PREPARE' as const), ...position, signer, blockHash: hash, first: fc.boolean(), basisHash: hash, view: integer.map(toView), sequence: integer.map(toSequence), signature }),
  record({ type: fc.constant('COMMIT' as const), ...position, signer, blockHash: hash, view: integer.map(toView), sequence: integer.map(toSequence), signature }),
  record({
    type: fc.constant('VIEW-CHANGE' as const), ...position, signer, first: fc.boolean(), blockHash: hash, basisHash: hash, newView: integer,
    lastSequence: integer.map((value) => toSequence(value - 1)), signature,
  }),
  record({ type: fc.constant('CHECKPOINT' as const), epoch: position.epoch, sequence: integer.map(toSequence), signer, stateRoot: hash, signature }),
  record({ type: fc.constant('CERTIFICATE' as const), certificate }),
  record({
    type: fc.constant('PRE-PREPARE' as const), ...position, signer, block, signature,
    justification: record({
      parent: fc.option(certificate.filter((value) => value.kind !== 'VIEW-CHANGE'), { nil: undefined }),
      skips: fc.array(certificate.filter((value) => value.kind === 'VIEW-CHANGE'), { maxLength: 3 }),
    }),
  }),
);

describe('decode ∘ encode is the identity', () => {
  it('headers', () => {
    fc.assert(fc.property(header, (value) => { assert.deepEqual(decodeHeader(encodeHeader(value)), value); }));
  });

  it('transactions and blocks', () => {
    fc.assert(fc.property(transaction, (value) => { assert.deepEqual(decodeTransaction(value.bytes, 1000), value); }));
    fc.assert(fc.property(block, (value) => { assert.deepEqual(decodeBlock(encodeBlock(value), LIMITS), value); }));
  });

  it('a block out of storage is the same, whenever its transactions are taken apart, and damage in them is seen then', () => {
    fc.assert(fc.property(block, (value) => { assert.deepEqual(openBlock(encodeBlock(value), LIMITS), value); }));
    fc.assert(fc.property(block, (value) => {
      assert.deepEqual([...eachTransaction(openBlock(encodeBlock(value), LIMITS))], value.transactions, 'one by one');
      assert.deepEqual([...eachTransaction(value)], value.transactions);
    }));
    const bytes = encodeBlock(BLOCK);
    const damaged = openBlock(bytes.subarray(0, -1), LIMITS);
    assert.equal(damaged.hash, BLOCK.hash);
    assert.throws(() => damaged.transactions, { name: 'CodecError' });
    assert.throws(() => openBlock(bytes.subarray(0, 10), LIMITS), { name: 'CodecError' });
  });

  it('a block that was decoded is passed on in the bytes that it came in; a copy of it is encoded anew', () => {
    const bytes = encodeBlock(BLOCK);
    for (const decode of [decodeBlock, openBlock]) {
      const decoded = decode(bytes, LIMITS);
      const passedOn = encodeBlock(decoded);
      const copied = encodeBlock({ ...decoded });
      assert.deepEqual([passedOn.buffer, passedOn.byteOffset], [bytes.buffer, bytes.byteOffset]);
      assert.ok(copied.buffer !== bytes.buffer || copied.byteOffset !== bytes.byteOffset);
      assert.deepEqual(copied, bytes);
    }
  });

  it('certificates', () => {
    fc.assert(fc.property(certificate, (value) => { assert.deepEqual(decodeCertificate(encodeCertificate(value), LIMITS), value); }));
  });

  it('consensus messages', () => {
    fc.assert(fc.property(message, (value) => { assert.deepEqual(decodeConsensusMessage(encodeConsensusMessage(value), LIMITS), value); }));
    for (const value of Object.values(MESSAGES)) assert.deepEqual(decodeConsensusMessage(encodeConsensusMessage(value), LIMITS), value);
  });

  it('integers from 2³¹ to 2³²−1, which the protobuf runtime writes wrongly: a CHECKPOINT that no honest platform could pass on', () => {
    for (const sequence of [2 ** 31 - 1, 2 ** 31, 3_000_000_000, 2 ** 32 - 1, 2 ** 32]) {
      const checkpoint = { ...MESSAGES['checkpoint'], sequence: toSequence(sequence) } as ConsensusMessage;
      assert.deepEqual(decodeConsensusMessage(encodeConsensusMessage(checkpoint), LIMITS), checkpoint);
    }
  });

  it('sync messages', () => {
    for (const value of Object.values(REQUESTS)) assert.deepEqual(decodeSyncRequest(encodeSyncRequest(value), LIMITS), value);
    for (const value of Object.values(RESPONSES)) assert.deepEqual(decodeSyncResponse(encodeSyncResponse(value), LIMITS), value);
  });

  it('storage records and batches', () => {
    for (const value of Object.values(CERTIFICATES)) assert.deepEqual(decodeCertificate(encodeCertificate(value), LIMITS), value);
    for (const value of Object.values(OWN_VOTES)) assert.deepEqual(decodeVote(encodeVote(value), LIMITS), value);
    for (const value of [BLOCK, EMPTY_BLOCK]) assert.deepEqual(decodeBlock(encodeBlock(value), LIMITS), value);
    const evidence = MESSAGES['equivocation']!;
    assert.ok(evidence.type === 'EQUIVOCATION');
    assert.deepEqual(decodeEquivocation(encodeEquivocation(evidence), LIMITS), evidence);
    const batch = TRANSACTIONS.map(({ bytes }) => bytes);
    assert.deepEqual(decodeTransactionBatch(encodeTransactionBatch(batch), LIMITS), batch);
  });

  it('bases: of votes, with the leader\'s headers, and of nothing', () => {
    // What is unsigned is not in a basis.
    const signedFields = ({ type, epoch, slot, signer: by, blockHash, first, basisHash, signature: signed }: typeof PREPARE | typeof VIEW_CHANGE) => (
      { type, epoch, slot, signer: by, blockHash, first, basisHash, signature: signed });
    const [prepare, viewChange] = [signedFields(PREPARE), signedFields(VIEW_CHANGE)];
    const headers = [...SIGNED_HEADERS].sort((a, b) => (a.blockHash < b.blockHash ? -1 : 1));
    assert.deepEqual(decodeBasis(CHAIN_ID, encodeBasis(CHAIN_ID, [PREPARE, VIEW_CHANGE], SIGNED_HEADERS), 4), { headers, votes: [viewChange, prepare] });
    assert.deepEqual(decodeBasis(CHAIN_ID, encodeBasis(CHAIN_ID, [PREPARE, VIEW_CHANGE]), 4), { headers: undefined, votes: [viewChange, prepare] });
    assert.deepEqual(decodeBasis(CHAIN_ID, encodeBasis(CHAIN_ID, []), 4), { headers: undefined, votes: [] });
  });

  it('gives plain Uint8Arrays, whatever class came in, and copies what outlives a message', () => {
    const encoded = Buffer.from(encodeConsensusMessage(MESSAGES['prePrepare']!));
    const decoded = decodeConsensusMessage(encoded, LIMITS);
    assert.ok(decoded.type === 'PRE-PREPARE');
    assert.equal(Object.getPrototypeOf(decoded.signature), Uint8Array.prototype);
    assert.equal(Object.getPrototypeOf(decoded.block.transactions[0]!.bytes), Uint8Array.prototype);
    assert.equal(decoded.signature.buffer.byteLength, 64);
    assert.equal(decoded.justification.skips[0]!.signatures[0]!.signature.buffer.byteLength, 64);
    const [copied] = decodeTransactionBatch(encodeTransactionBatch(TRANSACTIONS.map(({ bytes }) => bytes)), LIMITS);
    assert.equal(copied!.buffer.byteLength, copied!.byteLength);
  });
});
