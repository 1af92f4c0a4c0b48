import assert from 'node:assert/strict';
import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { Block } from '../../../src/types/block.js';
import type { Justification } from '../../../src/types/messages.js';
import { Federation, hashOf } from './federation.js';
import { accepted, refused } from './verdicts.js';

describe('validation of proposals (sections 2 and 6)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();
  const check = (block: Block, justification?: Justification) => (
    validator.validate(federation.prePrepare(block, justification === undefined ? {} : { justification })));

  it('takes an optimistic, a normal and a first proposal, decoded from the wire', () => {
    const parent = federation.block(4);
    const child = federation.block(5, [federation.transaction(1), federation.transaction(2)], { parentHash: parent.hash });
    const first = federation.block(0);
    for (const message of [
      federation.prePrepare(child),
      federation.prePrepare(child, { justification: { parent: federation.prepareCertificate(4, parent.hash), skips: [] } }),
      federation.prePrepare(child, { justification: { parent: federation.fastCertificate(4, parent.hash), skips: [] } }),
      federation.prePrepare(child, { justification: { parent: federation.slowCertificate(4, parent.hash), skips: [] } }),
      federation.prePrepare(first),
    ]) accepted(validator.decodeAndValidate(encodeConsensusMessage(message)));
  });

  it('refuses a proposal of anyone but the slot\'s leader', () => {
    const block = federation.block(5, [], { proposer: toMemberIndex(2) });
    refused(check(block), 'reject', 'not-leader');
    const honest = federation.block(5);
    refused(validator.validate(federation.prePrepare(honest, { signer: toMemberIndex(2) })), 'reject', 'not-leader');
  });

  it('refuses a signature that is not the leader\'s, before looking at the body', () => {
    const block = federation.block(5, [federation.transaction(77)]);
    const { signature } = federation.prePrepare(federation.block(5));
    const before = federation.verifications;
    refused(validator.validate({ ...federation.prePrepare(block), signature }), 'reject', 'bad-signature');
    assert.equal(federation.verifications - before, 1);
  });

  it('refuses a header of another society, slot, or hash; ignores one of another epoch', () => {
    refused(check(federation.block(5, [], { chainId: hashOf('elsewhere') })), 'reject', 'header-chain');
    refused(check(federation.block(5, [], { view: toView(1) })), 'reject', 'header-slot');
    const block = federation.block(5);
    refused(validator.validate({ ...federation.prePrepare(block), slot: toSlot(9) }), 'reject', 'header-slot');
    refused(check({ ...block, hash: hashOf('other') }), 'reject', 'block-hash');
    refused(check(federation.block(5, [], { epoch: toEpoch(1) })), 'ignore', 'other-epoch');
    refused(validator.validate({ ...federation.prePrepare(block), epoch: toEpoch(1) }), 'ignore', 'other-epoch');
  });

  it('refuses a parent that is not below, or genesis as parent of another sequence than 0', () => {
    refused(check(federation.block(5, [], { parentSlot: toSlot(5) })), 'reject', 'header-parent');
    refused(check(federation.block(5, [], { parentSlot: toSlot(-1) })), 'reject', 'header-parent');
    refused(check(federation.block(5, [], { view: toView(5), sequence: toSequence(0) })), 'reject', 'header-parent');
    accepted(check(federation.block(5, [], { view: toView(5), sequence: toSequence(0), parentSlot: toSlot(-1), parentHash: federation.chainId })));
  });

  it('section 9: refuses a change of members that no transaction makes', () => {
    refused(check(federation.block(5, [], { nextMembersHash: ZERO_HASH })), 'reject', 'next-members');
  });

  it('refuses a body that is not the header\'s', () => {
    const block = federation.block(5, [federation.transaction(1), federation.transaction(2)]);
    const [one, two] = block.transactions;
    refused(check({ ...block, transactions: [two!, one!] }), 'reject', 'merkle-root');
    refused(check({ ...block, transactions: [one!] }), 'reject', 'transaction-count');
    refused(check({ ...block, transactions: [one!, federation.transaction(3)] }), 'reject', 'merkle-root');
  });

  it('refuses a block or a transaction above genesis\' limits, and takes one at the limit', () => {
    const large = federation.transaction(1, { payloadBytes: 1000 - 161 });
    assert.equal(large.bytes.byteLength, 1000);
    accepted(check(federation.block(5, [large])));
    refused(check(federation.block(5, [federation.transaction(1, { payloadBytes: 1000 - 160 })])), 'reject', 'transaction-too-large');
    const many = Array.from({ length: 20 }, (_, nonce) => federation.transaction(nonce, { payloadBytes: 1000 - 161 }));
    refused(check(federation.block(5, many)), 'reject', 'block-too-large');
  });

  it('section 6: refuses more transactions than genesis allows before any signature of one is looked at, and takes so many', () => {
    const few = new Federation(4, { maxBlockTransactions: 3 });
    const validator = few.validator();
    const transactions = Array.from({ length: 4 }, (_, nonce) => few.transaction(nonce));
    accepted(validator.validate(few.prePrepare(few.block(5, transactions.slice(1)))));
    few.verifications = 0;
    refused(validator.validate(few.prePrepare(few.block(6, transactions))), 'reject', 'too-many-transactions');
    assert.equal(few.verifications, 1, 'the leader\'s');
    refused(validator.decodeAndValidate(encodeConsensusMessage(few.prePrepare(few.block(6, transactions)))), 'reject', 'too-large');
  });

  it('refuses a transaction twice in a block', () => {
    refused(check(federation.block(5, [federation.transaction(1), federation.transaction(1)])), 'reject', 'transaction-twice');
  });

  it('refuses a transaction of another society, or one wrongly signed', () => {
    refused(check(federation.block(5, [federation.transaction(1, { chainId: hashOf('elsewhere') })])), 'reject', 'other-society');
    const signed = federation.transaction(1);
    const bytes = signed.bytes.slice();
    bytes[bytes.length - 1]! ^= 1;
    const forged = { ...signed, bytes, signature: bytes.subarray(-64) };
    refused(check(federation.block(5, [forged])), 'reject', 'transaction-signature');
  });

  it('refuses a parent\'s certificate that names another block or slot, or does not hold', () => {
    const block = federation.block(5);
    const { parentHash } = block.header;
    refused(check(block, { parent: federation.prepareCertificate(4, hashOf('other')), skips: [] }), 'reject', 'parent-certificate');
    refused(check(block, { parent: federation.prepareCertificate(3, parentHash), skips: [] }), 'reject', 'parent-certificate');
    refused(check(block, { parent: federation.prepareCertificate(4, parentHash, [0, 1]), skips: [] }), 'reject', 'certificate-size');
    const old = { ...federation.prepareCertificate(4, parentHash), epoch: toEpoch(1) };
    refused(check(block, { parent: old, skips: [] }), 'reject', 'parent-certificate');
  });

  it('takes VIEW-CHANGE certificates of distinct slots between, all or some of them', () => {
    const block = federation.block(5, [], { view: toView(3), sequence: toSequence(2), parentSlot: toSlot(1) });
    const skip = (slot: number) => federation.viewChangeCertificate(slot);
    accepted(check(block, { parent: undefined, skips: [skip(2), skip(3), skip(4)] }));
    accepted(check(block, { parent: undefined, skips: [skip(3)] }));
    refused(check(block, { parent: undefined, skips: [skip(1)] }), 'reject', 'skip-certificates');
    refused(check(block, { parent: undefined, skips: [skip(5)] }), 'reject', 'skip-certificates');
    refused(check(block, { parent: undefined, skips: [skip(3), skip(3)] }), 'reject', 'skip-certificates');
    refused(check(block, { parent: undefined, skips: [federation.viewChangeCertificate(3, [0])] }), 'reject', 'certificate-size');
  });

  it('takes 64 VIEW-CHANGE certificates and refuses 65', () => {
    const block = federation.block(66, [], { view: toView(65), sequence: toSequence(1), parentSlot: toSlot(0) });
    const skips = Array.from({ length: 65 }, (_, index) => federation.viewChangeCertificate(index + 1));
    accepted(check(block, { parent: undefined, skips: skips.slice(0, 64) }));
    refused(check(block, { parent: undefined, skips }), 'reject', 'skip-certificates');
  });
});

describe('validation of evidence (R9)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();

  it('takes two headers signed by one leader for one slot, decoded from the wire', () => {
    accepted(validator.decodeAndValidate(encodeConsensusMessage(federation.equivocation(5))));
  });

  it('convicts nobody of one header, of two slots, or of what another signed', () => {
    const evidence = federation.equivocation(5);
    const [one, other] = evidence.headers;
    refused(validator.validate({ ...evidence, headers: [one, one] }), 'reject', 'not-evidence');
    refused(validator.validate({ ...evidence, headers: [one, federation.signedHeader(federation.block(9))] }), 'reject', 'not-evidence');
    refused(validator.validate({ ...evidence, headers: [one, { ...other, blockHash: hashOf('other') }] }), 'reject', 'block-hash');
    refused(validator.validate({ ...evidence, headers: [one, { ...other, signature: one.signature }] }), 'reject', 'bad-signature');
    const framed = federation.signedHeader(federation.block(5, [], { timestampMs: 9 }), 2);
    refused(validator.validate({ ...evidence, headers: [one, framed] }), 'reject', 'bad-signature');
    const elsewhere = federation.signedHeader(federation.block(5, [], { chainId: hashOf('elsewhere') }));
    refused(validator.validate({ ...evidence, headers: [one, elsewhere] }), 'reject', 'not-evidence');
    refused(validator.validate({ ...evidence, epoch: toEpoch(1) }), 'ignore', 'other-epoch');
  });
});
