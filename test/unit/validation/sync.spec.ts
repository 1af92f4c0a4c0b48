import assert from 'node:assert/strict';
import { encodeBlock, openBlock } from '../../../src/codec/block.js';
import { HEADER_BYTES } from '../../../src/codec/header.js';
import { toEpoch, toSequence, toSlot } from '../../../src/types/ids.js';
import type { Status } from '../../../src/types/sync.js';
import { Federation, hashOf } from './federation.js';
import { accepted, refused } from './verdicts.js';

describe('validation of served blocks (section 7)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();
  const blocks = federation.chain(5);
  const [b0, b1, b2, b3, b4] = [blocks[0]!, blocks[1]!, blocks[2]!, blocks[3]!, blocks[4]!];
  const bare = (block: typeof b0) => ({ block, certificate: undefined });
  const proven = (block: typeof b0) => ({ block, certificate: federation.slowCertificate(block.header.slot, block.hash) });
  const tip = federation.genesisTip;

  it('takes blocks up to the last one with a certificate; the rest is linked but unproven', () => {
    const result = validator.validateCommittedChain([bare(b0), proven(b1), bare(b2), { block: b3, certificate: federation.fastCertificate(3, b3.hash) }, bare(b4)], tip);
    assert.equal(result.error, undefined);
    assert.deepEqual(result.verified.map(({ block }) => block.hash), [b0, b1, b2, b3].map(({ hash }) => hash));
    assert.deepEqual(result.unproven.map(({ block }) => block.hash), [b4.hash]);
  });

  it('continues from a final block', () => {
    const result = validator.validateCommittedChain([bare(b2), proven(b3)], { hash: b1.hash, ...b1.header });
    assert.equal(result.error, undefined);
    assert.equal(result.verified.length, 2);
  });

  it('believes nothing without a certificate', () => {
    const result = validator.validateCommittedChain(blocks.map(bare), tip);
    assert.deepEqual([result.verified.length, result.unproven.length, result.error], [0, 5, undefined]);
  });

  it('does not verify transactions again that a quorum verified', () => {
    const fresh = federation.validator();
    const before = federation.verifications;
    assert.equal(fresh.validateCommittedChain([bare(b0), proven(b1)], tip).verified.length, 2);
    assert.equal(federation.verifications - before, federation.quorum);
  });

  const wrong = (name: string, code: string, chain: Parameters<typeof validator.validateCommittedChain>[0], verifiedCount: number, from = tip): void => {
    it(`stops at ${name}`, () => {
      const result = validator.validateCommittedChain(chain, from);
      assert.equal(result.error?.code, code);
      assert.equal(result.verified.length, verifiedCount);
      assert.equal(result.unproven.length, 0);
    });
  };
  const foreign = federation.block(1, [], { parentHash: hashOf('other') });
  const early = federation.block(1, [], { parentHash: b0.hash, timestampMs: b0.header.timestampMs });
  const gap = federation.block(1, [], { parentHash: b0.hash, parentSlot: toSlot(-1) });
  wrong('a gap', 'chain-link', [proven(b0), bare(b2), proven(b3)], 1);
  wrong('a block on another parent', 'chain-link', [proven(b0), proven(foreign)], 1);
  wrong('a chain that does not continue the own', 'chain-link', [proven(b1)], 0);
  wrong('a timestamp not above the parent\'s', 'chain-timestamp', [proven(b0), proven(early)], 1);
  wrong('a parentSlot that is not the parent\'s', 'header-parent', [proven(b0), proven(gap)], 1);
  wrong('a parent in another slot than the own final block', 'chain-link', [proven(b1)], 0, { hash: b0.hash, ...b0.header, slot: toSlot(7) });
  wrong('a body that is not the header\'s', 'merkle-root', [proven(b0), bare({ ...b1, transactions: [federation.transaction(99)] }), proven(b2)], 1);
  // As they come from the wire: their transactions are not taken apart before they are proven.
  const served = (block: typeof b0, damage: (bytes: Uint8Array) => void) => {
    const bytes = encodeBlock(block).slice();
    damage(bytes);
    return openBlock(bytes, validator.limits);
  };
  const lengthAt = HEADER_BYTES;
  wrong('a served body with one byte changed', 'merkle-root', [proven(b0), bare(served(b1, (bytes) => { bytes[bytes.length - 1]! ^= 1; })), proven(b2)], 1);
  wrong('a served body that is no list of transactions', 'malformed', [proven(b0), bare(served(b1, (bytes) => { bytes.fill(0xff, lengthAt, lengthAt + 4); })), proven(b2)], 1);
  wrong('a served body with something after its transactions', 'malformed', [proven(b0), bare(served(b1, (bytes) => { bytes[lengthAt + 3]! -= 1; })), proven(b2)], 1);

  it('takes blocks as they come from the wire, and gives their transactions', () => {
    const result = validator.validateCommittedChain([bare(served(b0, () => undefined)), proven(served(b1, () => undefined))], tip);
    assert.equal(result.error, undefined);
    assert.deepEqual(result.verified.map(({ block }) => block), [b0, b1]);
  });
  wrong('a certificate for another block', 'chain-link', [proven(b0), { block: b1, certificate: federation.slowCertificate(1, hashOf('other')) }], 1);
  wrong('a certificate of too few', 'certificate-size', [proven(b0), { block: b1, certificate: federation.slowCertificate(1, b1.hash, [0, 1]) }], 1);
  wrong('a forged certificate on an earlier block', 'certificate-size', [{ block: b0, certificate: federation.slowCertificate(0, b0.hash, [0]) }, proven(b1)], 0);
  wrong('a claimed hash', 'block-hash', [proven({ ...b0, hash: hashOf('other') })], 0);

  it('a PREPARE certificate never proves finality, whatever it is called', () => {
    const { epoch, slot, blockHash, signatures } = federation.prepareCertificate(0, b0.hash);
    const result = validator.validateCommittedChain([{ block: b0, certificate: { kind: 'SLOW', epoch, slot, blockHash, signatures } }], tip);
    assert.equal(result.error?.code, 'certificate-signature');
  });
});

describe('validation of STATUS (section 7)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();
  const block = federation.block(3);
  const status: Status = {
    epoch: toEpoch(0), finalSlot: toSlot(3), finalSequence: toSequence(2), finalHash: block.hash,
    finalityCertificate: federation.slowCertificate(3, block.hash), highestCertificate: federation.viewChangeCertificate(4),
    currentSlot: toSlot(5), observing: false,
  };
  const start: Status = {
    ...status, finalSlot: toSlot(-1), finalSequence: toSequence(-1), finalHash: federation.chainId, finalityCertificate: undefined, highestCertificate: undefined,
  };

  it('takes a status that its certificates prove, and one at genesis', () => {
    accepted(validator.validateStatus(status));
    accepted(validator.validateStatus(start));
  });

  it('refuses a final block without, or with another block\'s, certificate', () => {
    refused(validator.validateStatus({ ...status, finalityCertificate: undefined }), 'reject', 'status-proof');
    refused(validator.validateStatus({ ...status, finalHash: hashOf('other') }), 'reject', 'status-proof');
    refused(validator.validateStatus({ ...status, finalSlot: toSlot(4) }), 'reject', 'status-proof');
    refused(validator.validateStatus({ ...start, finalityCertificate: status.finalityCertificate }), 'reject', 'status-proof');
    refused(validator.validateStatus({ ...status, finalityCertificate: federation.slowCertificate(3, block.hash, [0]) }), 'reject', 'certificate-size');
  });

  it('refuses a highest certificate that does not hold', () => {
    refused(validator.validateStatus({ ...status, highestCertificate: federation.viewChangeCertificate(4, [1, 2]) }), 'reject', 'certificate-size');
  });

  it('refuses a sequence above its slot, and ignores another epoch', () => {
    refused(validator.validateStatus({ ...status, finalSequence: toSequence(4) }), 'reject', 'status-position');
    refused(validator.validateStatus({ ...status, finalSequence: toSequence(-1) }), 'reject', 'status-position');
    refused(validator.validateStatus({ ...status, epoch: toEpoch(1) }), 'ignore', 'other-epoch');
  });
});
