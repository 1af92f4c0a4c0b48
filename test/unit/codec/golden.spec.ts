import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { basisHash, encodeBasis } from '../../../src/codec/basis.js';
import { encodeBlock } from '../../../src/codec/block.js';
import { genesisBytes, genesisChainId, membersBytes, membersHash } from '../../../src/codec/genesis.js';
import { blockHash, encodeHeader } from '../../../src/codec/header.js';
import { certificateStatements, statementBytes } from '../../../src/codec/statement.js';
import { signedPart } from '../../../src/codec/transaction.js';
import { encodeCertificate } from '../../../src/codec/wire/certificates.js';
import { encodeEquivocation } from '../../../src/codec/wire/evidence.js';
import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { encodeVote } from '../../../src/codec/wire/votes.js';
import { merkleRoot } from '../../../src/crypto/merkle.js';
import {
  BLOCK, CERTIFICATES, CHAIN_ID, CHECKPOINT, COMMIT, EMPTY_BLOCK, EQUIVOCATION, FALLBACK_PREPARE, FALLBACK_VIEW_CHANGE, GENESIS, MEMBERS, MESSAGES,
  OWN_VOTES, PREPARE, PRE_PREPARE, REQUESTS, RESPONSES, SIGNED_HEADERS, TRANSACTIONS, VIEW_CHANGE, hashOf,
} from './samples.js';
import { matchesVectors } from './vectors.js';
import type { VectorValue } from './vectors.js';

const mapped = <T>(values: Readonly<Record<string, T>>, encode: (value: T) => VectorValue): VectorValue => (
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encode(value)])));

/** The fields of a layout put together by hand, independently of the codec. */
const layout = (...parts: readonly (string | Buffer)[]): string => (
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part))).toString('hex'));
const tag = (name: string): Buffer => Buffer.from(`FBPBFT/1/${name}\0`);
const u64 = (value: number): string => value.toString(16).padStart(16, '0');
const u32 = (value: number): string => value.toString(16).padStart(8, '0');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha256 = (digits: string): string => createHash('sha256').update(Buffer.from(digits, 'hex')).digest('hex');

describe('golden vectors: signed and hashed encodings (section 2)', () => {
  it('signed statement of every type', () => {
    matchesVectors('statements', mapped(
      { PRE_PREPARE, PREPARE, FALLBACK_PREPARE, COMMIT, VIEW_CHANGE, FALLBACK_VIEW_CHANGE, CHECKPOINT },
      (statement) => statementBytes(CHAIN_ID, statement),
    ));
  });

  it('statements that a certificate\'s signatures cover', () => {
    matchesVectors('certificate-statements', mapped(CERTIFICATES, (certificate) => certificateStatements(CHAIN_ID, certificate)));
  });

  it('header and blockHash', () => {
    matchesVectors('headers', mapped({ BLOCK, EMPTY_BLOCK }, ({ header }) => ({ bytes: encodeHeader(header), blockHash: blockHash(header) })));
  });

  it('transaction, its signed part and its id', () => {
    matchesVectors('transactions', TRANSACTIONS.map(({ bytes, id }) => ({ bytes, signed: signedPart(bytes), id })));
  });

  it('member list and genesis', () => {
    const off = { ...GENESIS, parameters: { ...GENESIS.parameters, fastPath: 'off' as const } };
    matchesVectors('genesis', {
      membersBytes: membersBytes(MEMBERS), membersHash: membersHash(MEMBERS),
      genesisBytes: genesisBytes(GENESIS), chainId: genesisChainId(GENESIS), chainIdFastPathOff: genesisChainId(off),
    });
  });

  it('merkle roots of 0 to 9 leaves (section 6)', () => {
    matchesVectors('merkle', Array.from({ length: 10 }, (_, count) => (
      merkleRoot(Array.from({ length: count }, (__, index) => Buffer.from(`leaf ${index}`))))));
  });

  it('basis and basisHash', () => {
    const other = { ...PREPARE, signer: VIEW_CHANGE.signer, blockHash: hashOf('other') };
    const bases = {
      empty: encodeBasis(CHAIN_ID, []),
      votes: encodeBasis(CHAIN_ID, [PREPARE, VIEW_CHANGE]),
      headersAndVotes: encodeBasis(CHAIN_ID, [other], SIGNED_HEADERS),
      headersOnly: encodeBasis(CHAIN_ID, [], SIGNED_HEADERS),
    };
    matchesVectors('basis', mapped(bases, (bytes) => ({ bytes, basisHash: basisHash(bytes) })));
  });
});

describe('golden vectors: wire and storage encodings', () => {
  it('consensus messages', () => { matchesVectors('messages', mapped(MESSAGES, encodeConsensusMessage)); });
  it('sync requests', () => { matchesVectors('sync-requests', mapped(REQUESTS, encodeSyncRequest)); });
  it('sync responses', () => { matchesVectors('sync-responses', mapped(RESPONSES, encodeSyncResponse)); });
  it('blocks, certificates, own votes, evidence, transaction batches', () => {
    matchesVectors('storage', {
      blocks: mapped({ BLOCK, EMPTY_BLOCK }, encodeBlock),
      certificates: mapped(CERTIFICATES, encodeCertificate),
      votes: mapped(OWN_VOTES, encodeVote),
      equivocation: encodeEquivocation(EQUIVOCATION),
      batch: encodeTransactionBatch(TRANSACTIONS.map(({ bytes }) => bytes)),
    });
  });
});

describe('layouts put together by hand (section 2)', () => {
  const begin = (type: string): readonly (string | Buffer)[] => [tag(type), CHAIN_ID, u64(0), u64(7)];
  const statement = (value: Parameters<typeof statementBytes>[1]): string => hex(statementBytes(CHAIN_ID, value));

  it('statements', () => {
    assert.equal(statement(PRE_PREPARE), layout(...begin('PRE-PREPARE'), BLOCK.hash));
    assert.equal(statement(PREPARE), layout(...begin('PREPARE'), BLOCK.hash, '01', '00'.repeat(32)));
    assert.equal(statement(FALLBACK_PREPARE), layout(...begin('PREPARE'), BLOCK.hash, '00', hashOf('basis')));
    assert.equal(statement(COMMIT), layout(...begin('COMMIT'), BLOCK.hash));
    assert.equal(statement(VIEW_CHANGE), layout(...begin('VIEW-CHANGE'), '01', '00'.repeat(64)));
    assert.equal(statement(FALLBACK_VIEW_CHANGE), layout(...begin('VIEW-CHANGE'), '00', BLOCK.hash, hashOf('basis')));
    assert.equal(statement(CHECKPOINT), layout(tag('CHECKPOINT'), CHAIN_ID, u64(0), u64(100), hashOf('state')));
  });

  it('header, parentSlot written plus one', () => {
    const { header } = BLOCK;
    const bytes = layout(
      tag('HEADER'), CHAIN_ID, u64(0), u64(2), u64(5), u64(7), u64(5), hashOf('parent'), u64(1_700_000_001_234), u32(3), header.merkleRoot,
      membersHash(MEMBERS), '0003',
    );
    assert.equal(hex(encodeHeader(header)), bytes);
    assert.equal(BLOCK.hash, sha256(bytes));
  });

  it('transaction', () => {
    const [, one] = TRANSACTIONS;
    const signed = layout(tag('TRANSACTION'), CHAIN_ID, one!.sender, u64(1), u32(8), Buffer.from('payload '));
    assert.equal(hex(one!.bytes), signed + hex(one!.signature));
    assert.equal(one!.id, sha256(signed));
  });

  it('member list and genesis', () => {
    const list = layout('0004', ...MEMBERS.flatMap(({ name, publicKey }) => [u32(name.length), Buffer.from(name), publicKey]));
    assert.equal(membersHash(MEMBERS), sha256(layout(tag('MEMBERS'), list)));
    const { society } = GENESIS;
    assert.equal(CHAIN_ID, sha256(layout(
      tag('GENESIS'), u32(society.length), Buffer.from(society), u64(GENESIS.timestampMs), u32(2), u64(2_000_000), u32(1_000), u64(100_000), u64(100), list,
    )));
  });

  it('block: header, then length and bytes of each transaction', () => {
    const body = TRANSACTIONS.flatMap(({ bytes }) => [u32(bytes.byteLength), Buffer.from(bytes)]);
    assert.equal(hex(encodeBlock(BLOCK)), layout(Buffer.from(encodeHeader(BLOCK.header)), ...body));
    assert.equal(encodeBlock(BLOCK).byteLength, BLOCK.sizeBytes);
  });

  it('basis: headers by block hash, then statement, signer, signature in signer order', () => {
    const vote = (value: typeof PREPARE | typeof VIEW_CHANGE): string => layout(statement(value), `000${value.signer}`, Buffer.from(value.signature));
    const header = ({ header: value, signature }: typeof SIGNED_HEADERS[0]): string => (
      layout(u32(encodeHeader(value).byteLength), Buffer.from(encodeHeader(value)), Buffer.from(signature)));
    const headers = [...SIGNED_HEADERS].sort((a, b) => (a.blockHash < b.blockHash ? -1 : 1)).map(header).join('');
    assert.equal(hex(encodeBasis(CHAIN_ID, [PREPARE, VIEW_CHANGE], SIGNED_HEADERS)), headers + vote(VIEW_CHANGE) + vote(PREPARE));
    assert.equal(basisHash(encodeBasis(CHAIN_ID, [PREPARE])), sha256(vote(PREPARE)));
  });

  it('no two statements of different type, society, epoch or slot share bytes', () => {
    const statements = [PRE_PREPARE, PREPARE, COMMIT, VIEW_CHANGE, CHECKPOINT].flatMap((value) => [
      statement(value), hex(statementBytes(hashOf('elsewhere'), value)),
      statement({ ...value, epoch: 1 } as typeof value), statement({ ...value, slot: 8, sequence: 101 } as unknown as typeof value),
    ]);
    assert.equal(new Set(statements).size, statements.length);
  });
});
