import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeBasis } from '../../src/codec/basis.js';
import { encodeHeader } from '../../src/codec/header.js';
import { statementBytes } from '../../src/codec/statement.js';
import { largestFastPath, quorumParameters } from '../../src/consensus/quorum.js';
import { merkleRoot } from '../../src/crypto/merkle.js';
import type { BlockHeader } from '../../src/types/block.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import type { Equivocation, Prepare, Statement, ViewChange } from '../../src/types/messages.js';
import { readBasis } from './basis-bytes.js';
import { headerLayout, merkleRootOf, sha256Hex, statementLayout } from './layouts.js';
import { thresholdsOf } from './society.js';

const bytes = (sizeBytes: number) => fc.uint8Array({ minLength: sizeBytes, maxLength: sizeBytes });
const hash = bytes(32).map((value) => Buffer.from(value).toString('hex') as Hash);
const integer = fc.oneof(fc.nat(300), fc.maxSafeNat()) as fc.Arbitrary<never>;
const member = fc.nat(0xffff) as unknown as fc.Arbitrary<MemberIndex>;
const header: fc.Arbitrary<BlockHeader> = fc.record({
  chainId: hash, epoch: integer, view: integer, sequence: integer, slot: integer, parentSlot: fc.integer({ min: -1, max: 2 ** 40 }) as fc.Arbitrary<never>,
  parentHash: hash, timestampMs: fc.maxSafeNat(), transactionCount: fc.nat(0xffff_ffff), merkleRoot: hash, nextMembersHash: hash, proposer: member,
});
const place = { epoch: integer, slot: integer, signer: member };
const prepare: fc.Arbitrary<Prepare> = fc.record({
  ...place, type: fc.constant('PREPARE'), blockHash: hash, first: fc.boolean(), basisHash: hash, view: integer, sequence: integer, signature: bytes(64),
});
const viewChange: fc.Arbitrary<ViewChange> = fc.record({
  ...place, type: fc.constant('VIEW-CHANGE'), blockHash: hash, first: fc.boolean(), basisHash: hash, newView: integer, lastSequence: integer, signature: bytes(64),
});

/** The specification was written down twice, by different hands: both must give the same bytes. */
describe('byte layouts and thresholds, written down twice', () => {
  it('headers and their hash (section 2)', () => {
    fc.assert(fc.property(header, (value) => {
      assert.deepEqual(headerLayout(value), Buffer.from(encodeHeader(value)));
    }));
  });

  it('statements (section 2)', () => {
    const commit = fc.record({ ...place, type: fc.constant('COMMIT' as const), blockHash: hash, view: integer, sequence: integer });
    const checkpoint = fc.record({ epoch: integer, sequence: integer, signer: member, type: fc.constant('CHECKPOINT' as const), stateRoot: hash });
    fc.assert(fc.property(hash, fc.oneof(prepare, viewChange, commit, checkpoint) as fc.Arbitrary<Exclude<Statement, { type: 'PRE-PREPARE' }>>, (chainId, value) => {
      assert.deepEqual(statementLayout(chainId, value), Buffer.from(statementBytes(chainId, value)));
    }));
    fc.assert(fc.property(hash, hash, integer, integer, member, header, (chainId, headerHash, epoch, slot, signer, inner) => {
      const block = { hash: headerHash, header: inner, transactions: [], sizeBytes: 0 };
      const statement = { type: 'PRE-PREPARE', epoch, slot, signer, block, justification: { parent: undefined, skips: [] } } as const;
      assert.deepEqual(statementLayout(chainId, { type: 'PRE-PREPARE', epoch, slot, headerHash }), Buffer.from(statementBytes(chainId, statement)));
    }));
  });

  it('merkle roots (section 6)', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 }), (leaves) => {
      assert.equal(merkleRootOf(leaves), merkleRoot(leaves));
    }));
  });

  it('bases (section 2)', () => {
    const votes = fc.uniqueArray(fc.oneof(prepare, viewChange), { maxLength: 7, selector: ({ signer }) => signer });
    const signed = fc.tuple(header, bytes(64)).map(([value, signature]) => ({ header: value, blockHash: sha256Hex(headerLayout(value)) as Hash, signature }));
    const headers: fc.Arbitrary<Equivocation['headers'] | undefined> = fc.option(fc.tuple(signed, signed), { nil: undefined });
    fc.assert(fc.property(hash, votes, headers, (chainId, given, shown) => {
      const read = readBasis(encodeBasis(chainId, given, shown));
      assert.deepEqual(read.headers.map(({ hash: value }) => value), (shown ?? []).map(({ blockHash }) => blockHash).sort());
      const ordered = [...given].sort((a, b) => a.signer - b.signer);
      assert.deepEqual(
        read.votes.map(({ statement: _, signature, ...rest }) => ({ ...rest, signature: Buffer.from(signature).toString('hex') })),
        ordered.map(({ type, epoch, slot, blockHash, first, basisHash, signer, signature }) => (
          { type, chainId, epoch, slot, blockHash, first, basisHash, signer, signature: Buffer.from(signature).toString('hex') })));
      assert.deepEqual(read.votes.map(({ statement }) => Buffer.from(statement)), ordered.map((vote) => statementLayout(chainId, vote)));
    }));
    assert.throws(() => readBasis(Buffer.from('FBPBFT/1/COMMIT\0', 'latin1')), RangeError);
    assert.throws(() => readBasis(Buffer.from('FBPBFT/1/PREPARE\0', 'latin1')), RangeError);
  });

  it('thresholds, from what each is for (section 1)', () => {
    for (let memberCount = 1; memberCount <= 40; memberCount += 1) {
      for (let p = 0; p <= largestFastPath(memberCount); p += 1) {
        const formulas = quorumParameters(memberCount, p);
        assert.deepEqual(thresholdsOf({ memberCount, fastPath: p }), {
          liars: formulas.faultTolerance, quorum: formulas.quorum, fast: formulas.fastQuorum,
          elsewhere: formulas.fallbackThreshold, elsewhereWithoutLeader: formulas.equivocationThreshold,
        });
      }
      assert.equal(thresholdsOf({ memberCount, fastPath: 'off' }).quorum, quorumParameters(memberCount, 'off').quorum);
    }
  });
});
