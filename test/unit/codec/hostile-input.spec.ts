import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBasis, encodeBasis } from '../../../src/codec/basis.js';
import { decodeBlock, encodeBlock, openBlock } from '../../../src/codec/block.js';
import { ByteReader, ByteWriter } from '../../../src/codec/bytes.js';
import { CodecError } from '../../../src/codec/codec-error.js';
import type { CodecErrorCode } from '../../../src/codec/codec-error.js';
import { HEADER_BYTES, decodeHeader, encodeHeader } from '../../../src/codec/header.js';
import { MAX_BATCH_TRANSACTIONS, wireLimits } from '../../../src/codec/limits.js';
import { createTransaction, decodeTransaction } from '../../../src/codec/transaction.js';
import { decodeCertificate, encodeCertificate } from '../../../src/codec/wire/certificates.js';
import { decodeEquivocation } from '../../../src/codec/wire/evidence.js';
import { WireCertificate, WireCertificateKind, WireConsensusMessage, WireSyncRequest, WireTransactionBatch } from '../../../src/codec/wire/generated.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { decodeTransactionBatch, encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { decodeVote, encodeVote } from '../../../src/codec/wire/votes.js';
import { toSlot } from '../../../src/types/ids.js';
import { BLOCK, CERTIFICATES, CHAIN_ID, LIMITS, MESSAGES, OWN_VOTES, PREPARE, REQUESTS, RESPONSES, SIGNED_HEADERS, TRANSACTIONS, VIEW_CHANGE, hashOf, mark } from './samples.js';

function fails(code: CodecErrorCode, action: () => unknown): void {
  assert.throws(action, (error) => {
    assert.ok(error instanceof CodecError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  });
}

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  message: (bytes) => decodeConsensusMessage(bytes, LIMITS),
  certificate: (bytes) => decodeCertificate(bytes, LIMITS),
  vote: (bytes) => decodeVote(bytes, LIMITS),
  equivocation: (bytes) => decodeEquivocation(bytes, LIMITS),
  request: (bytes) => decodeSyncRequest(bytes, LIMITS),
  response: (bytes) => decodeSyncResponse(bytes, LIMITS),
  batch: (bytes) => decodeTransactionBatch(bytes, LIMITS),
  block: (bytes) => decodeBlock(bytes, LIMITS),
  header: decodeHeader,
  transaction: (bytes) => decodeTransaction(bytes, 1000),
  basis: (bytes) => decodeBasis(CHAIN_ID, bytes, 4),
};
const SAMPLES = [
  ...Object.values(MESSAGES).map(encodeConsensusMessage), ...Object.values(REQUESTS).map(encodeSyncRequest), ...Object.values(RESPONSES).map(encodeSyncResponse),
  ...Object.values(OWN_VOTES).map(encodeVote), encodeBlock(BLOCK), TRANSACTIONS[1]!.bytes, encodeBasis(CHAIN_ID, [PREPARE, VIEW_CHANGE], SIGNED_HEADERS),
];

describe('hostile input to decoders', () => {
  for (const [name, decode] of Object.entries(DECODERS)) {
    const failsCleanly = (bytes: Uint8Array): void => {
      try {
        decode(bytes);
      } catch (error) {
        assert.ok(error instanceof CodecError, `${name}: ${String(error)}`);
      }
    };
    it(`${name}: random and mutated bytes give a value or a CodecError, nothing else`, () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), failsCleanly), { numRuns: 300 });
      fc.assert(fc.property(fc.constantFrom(...SAMPLES), fc.nat(), fc.nat(255), fc.nat(3), (sample, at, value, kind) => {
        const position = at % sample.byteLength;
        const mutated = sample.slice();
        mutated[position] = value;
        failsCleanly([mutated, sample.slice(0, position), sample.slice(position), new Uint8Array([...mutated, value])][kind]!);
      }), { numRuns: 500 });
    });
  }

  it('deeply nested groups do not overflow the stack', () => {
    fails('malformed', () => decodeConsensusMessage(new Uint8Array(1_000_000).fill(0x7b), LIMITS));
  });
});

describe('bounds of bytes', () => {
  it('integers above 2⁵³−1 are rejected, and at it taken, both ways', () => {
    const max = new ByteWriter(8).u64('n', Number.MAX_SAFE_INTEGER).finish();
    assert.equal(new ByteReader(max).u64('n'), Number.MAX_SAFE_INTEGER);
    for (const bad of [2 ** 53, -1, 0.5, Number.NaN]) fails('out-of-range', () => new ByteWriter(8).u64('n', bad));
    fails('out-of-range', () => new ByteReader(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0)).u64('n'));
    fails('out-of-range', () => new ByteReader(new Uint8Array(8).fill(255)).u64('n'));
    fails('out-of-range', () => new ByteWriter(2).u16('n', 65_536));
    fails('out-of-range', () => new ByteWriter(4).u32('n', 2 ** 32));
    fails('out-of-range', () => new ByteReader(Uint8Array.of(2)).flag('first'));
  });

  it('readers never go past the end, and nothing may be left over', () => {
    fails('truncated', () => new ByteReader(new Uint8Array(7)).u64('n'));
    fails('truncated', () => new ByteReader(Uint8Array.of(0, 0, 0, 9, 1)).prefixed('p', 100));
    fails('too-large', () => new ByteReader(Uint8Array.of(0, 0, 0, 9, 1)).prefixed('p', 8));
    const reader = new ByteReader(new Uint8Array(2));
    reader.u8('n');
    fails('trailing-bytes', () => { reader.finish('record'); });
    fails('bad-length', () => new ByteWriter(2).u8('n', 1).finish());
  });
});

describe('bounds of canonical encodings', () => {
  it('transaction: exactly one envelope, within its limit', () => {
    const { bytes } = TRANSACTIONS[1]!;
    fails('trailing-bytes', () => decodeTransaction(new Uint8Array([...bytes, 0]), 1000));
    fails('truncated', () => decodeTransaction(bytes.subarray(0, -1), 1000));
    fails('too-large', () => decodeTransaction(bytes, bytes.byteLength - 1));
    const otherTag = bytes.slice();
    otherTag[9]! ^= 1;
    fails('bad-tag', () => decodeTransaction(otherTag, 1000));
    const content = { chainId: CHAIN_ID, sender: TRANSACTIONS[0]!.sender, nonce: 2 ** 53, payload: new Uint8Array(0) };
    fails('out-of-range', () => createTransaction(content, () => new Uint8Array(64)));
    fails('bad-length', () => createTransaction({ ...content, nonce: 1 }, () => new Uint8Array(63)));
  });

  it('header: exactly its size', () => {
    const bytes = encodeHeader(BLOCK.header);
    assert.equal(bytes.byteLength, HEADER_BYTES);
    fails('truncated', () => decodeHeader(bytes.subarray(0, -1)));
    fails('trailing-bytes', () => decodeHeader(new Uint8Array([...bytes, 0])));
    fails('out-of-range', () => encodeHeader({ ...BLOCK.header, slot: toSlot(-1) }));
  });

  it('block: its size, and as many transactions as the header says', () => {
    const bytes = encodeBlock(BLOCK);
    fails('too-large', () => decodeBlock(bytes, { ...LIMITS, maxBlockBytes: bytes.byteLength - 1 }));
    fails('too-large', () => decodeBlock(bytes, { ...LIMITS, maxTransactionBytes: 165 }));
    fails('trailing-bytes', () => decodeBlock(new Uint8Array([...bytes, 0]), LIMITS));
    const claimsMany = encodeBlock({ ...BLOCK, header: { ...BLOCK.header, transactionCount: 2 ** 32 - 1 } });
    fails('too-large', () => decodeBlock(claimsMany, LIMITS));
    fails('truncated', () => decodeBlock(claimsMany, { ...LIMITS, maxBlockTransactions: 2 ** 32 - 1 }));
    fails('too-large', () => decodeBlock(bytes, { ...LIMITS, maxBlockTransactions: BLOCK.transactions.length - 1 }));
    assert.equal(openBlock(bytes, { ...LIMITS, maxBlockTransactions: BLOCK.transactions.length }).transactions.length, BLOCK.transactions.length);
  });

  it('basis: votes in signer order, one each, of this society, as many as members', () => {
    const one = encodeBasis(CHAIN_ID, [PREPARE]);
    fails('out-of-range', () => decodeBasis(CHAIN_ID, new Uint8Array([...one, ...one]), 4));
    fails('out-of-range', () => decodeBasis(CHAIN_ID, new Uint8Array([...one, ...encodeBasis(CHAIN_ID, [VIEW_CHANGE])]), 4));
    fails('too-large', () => decodeBasis(CHAIN_ID, one, 0));
    fails('out-of-range', () => decodeBasis(hashOf('elsewhere'), one, 4));
    fails('out-of-range', () => encodeBasis(CHAIN_ID, [PREPARE, PREPARE]));
  });
});

describe('bounds of wire messages', () => {
  it('repeated fields', () => {
    const [signature] = CERTIFICATES.SLOW.signatures;
    const five = encodeCertificate({ ...CERTIFICATES.SLOW, signatures: Array.from({ length: 5 }, () => signature) });
    fails('malformed', () => decodeCertificate(five, LIMITS));
    assert.equal(decodeCertificate(five, wireLimits(LIMITS, 5)).signatures.length, 5);
    const prePrepare = MESSAGES['prePrepare']!;
    assert.ok(prePrepare.type === 'PRE-PREPARE');
    const skips = new Array(65).fill(CERTIFICATES['VIEW-CHANGE']);
    fails('malformed', () => decodeConsensusMessage(encodeConsensusMessage({ ...prePrepare, justification: { parent: undefined, skips } }), LIMITS));
    const tooMany = new Array<Uint8Array<ArrayBuffer>>(MAX_BATCH_TRANSACTIONS + 1).fill(new Uint8Array(1));
    fails('too-large', () => encodeTransactionBatch(tooMany));
    fails('malformed', () => decodeTransactionBatch(WireTransactionBatch.encode({ transactions: tooMany }), LIMITS));
    fails('malformed', () => decodeSyncRequest(WireSyncRequest.encode({ slots: { messages: new Array<Uint8Array<ArrayBuffer>>(16_385).fill(Uint8Array.of(1)), transactions: [] } }), LIMITS));
  });

  it('total sizes', () => {
    fails('too-large', () => decodeConsensusMessage(new Uint8Array(LIMITS.maxMessageBytes + 1), LIMITS));
    fails('too-large', () => decodeSyncRequest(new Uint8Array(LIMITS.maxSyncBytes + 1), LIMITS));
    fails('too-large', () => decodeTransactionBatch(new Uint8Array(LIMITS.maxBatchBytes + 1), LIMITS));
    fails('too-large', () => decodeTransactionBatch(encodeTransactionBatch([new Uint8Array(100_001)]), LIMITS));
  });

  it('the limit on a message holds a full block with a full justification', () => {
    const limits = wireLimits({ maxBlockBytes: BLOCK.sizeBytes, maxBlockTransactions: 1_000, maxTransactionBytes: 1000 }, 4);
    const signatures = new Array(4).fill({ ...CERTIFICATES['VIEW-CHANGE'].signatures[1], signer: 65_535 });
    const skip = { ...CERTIFICATES['VIEW-CHANGE'], slot: toSlot(Number.MAX_SAFE_INTEGER), epoch: Number.MAX_SAFE_INTEGER as never, signatures };
    const parent = { ...CERTIFICATES.PREPARE, slot: skip.slot, epoch: skip.epoch, signatures: new Array(4).fill(CERTIFICATES.PREPARE.signatures[1]) };
    const prePrepare = MESSAGES['prePrepare']!;
    assert.ok(prePrepare.type === 'PRE-PREPARE');
    const full = { ...prePrepare, justification: { parent, skips: new Array(64).fill(skip) } };
    assert.deepEqual(decodeConsensusMessage(encodeConsensusMessage(full), limits), full);
  });

  it('unknown, absent or several kinds', () => {
    fails('unknown-kind', () => decodeConsensusMessage(new Uint8Array(0), LIMITS));
    fails('unknown-kind', () => decodeConsensusMessage(Uint8Array.of(0x7a, 0), LIMITS));
    const both = new Uint8Array([...encodeConsensusMessage(PREPARE), ...encodeConsensusMessage(VIEW_CHANGE)]);
    fails('unknown-kind', () => decodeConsensusMessage(both, LIMITS));
    fails('unknown-kind', () => decodeCertificate(WireCertificate.encode({ slot: 1n }), LIMITS));
    fails('malformed', () => decodeCertificate(Uint8Array.of(0x08, 9), LIMITS));
    fails('unknown-kind', () => decodeVote(encodeConsensusMessage(MESSAGES['checkpoint']!), LIMITS));
    fails('malformed', () => decodeVote(encodeConsensusMessage(PREPARE), LIMITS));
  });

  it('fields where their kind has none, of wrong length, or above 2⁵³−1', () => {
    const slow = { kind: WireCertificateKind.SLOW, epoch: 0n, slot: 1n, blockHash: new Uint8Array(32).fill(1) };
    const entry = { signer: 0, first: false, blockHash: new Uint8Array(0), basisHash: new Uint8Array(0), signature: mark(1) as Uint8Array<ArrayBuffer> };
    const decode = (certificate: Partial<WireCertificate>): unknown => decodeCertificate(WireCertificate.encode(certificate), LIMITS);
    assert.doesNotThrow(() => decode({ ...slow, signatures: [entry] }));
    fails('malformed', () => decode({ ...slow, signatures: [{ ...entry, first: true }] }));
    fails('malformed', () => decode({ ...slow, signatures: [{ ...entry, basisHash: new Uint8Array(32) }] }));
    fails('malformed', () => decode({ ...slow, kind: WireCertificateKind.VIEW_CHANGE, signatures: [entry] }));
    fails('bad-length', () => decode({ ...slow, blockHash: new Uint8Array(31) }));
    fails('bad-length', () => decode({ ...slow, signatures: [{ ...entry, signature: new Uint8Array(63) }] }));
    fails('out-of-range', () => decode({ ...slow, signatures: [{ ...entry, signer: 65_536 }] }));
    // 2⁵³ and 2⁶⁴−1, which no encoder of ours writes.
    for (const slot of [[...new Array<number>(7).fill(0x80), 0x10], [...new Array<number>(9).fill(0xff), 1]]) {
      fails('out-of-range', () => decodeCertificate(Uint8Array.of(...WireCertificate.encode(slow), 3 << 3, ...slot), LIMITS));
    }
    fails('missing', () => decodeConsensusMessage(WireConsensusMessage.encode({ equivocation: { epoch: 0n, slot: 0n } }), LIMITS));
    fails('unknown-kind', () => decodeConsensusMessage(WireConsensusMessage.encode({
      prePrepare: { epoch: 0n, slot: 1n, signer: 0, block: new Uint8Array(encodeBlock(BLOCK)), parent: WireCertificate.decode(encodeCertificate(CERTIFICATES['VIEW-CHANGE'])), skips: [], signature: new Uint8Array(64) },
    }), LIMITS));
  });
});
