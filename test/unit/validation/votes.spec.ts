import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toSequence, toView } from '../../../src/types/ids.js';
import { Federation, hashOf } from './federation.js';
import { accepted, refused } from './verdicts.js';

const BLOCK = hashOf('block');
const BASIS = hashOf('basis');

describe('validation of votes (section 2)', () => {
  const federation = new Federation(4);
  const plain = new Federation(4, { fastPath: 'off' });
  const validator = federation.validator();
  const plainValidator = plain.validator();

  it('takes each kind of vote, decoded from the wire', () => {
    for (const vote of [
      federation.prepare(1, 5, BLOCK),
      federation.prepare(1, 5, BLOCK, { first: false }),
      federation.prepare(1, 5, BLOCK, { first: false, basisHash: BASIS }),
      federation.commit(2, 5, BLOCK),
      federation.viewChange(3, 5),
      federation.viewChange(3, 5, { first: false, blockHash: BLOCK, basisHash: BASIS }),
      federation.checkpoint(0, 10),
    ]) accepted(validator.decodeAndValidate(encodeConsensusMessage(vote)));
  });

  it('refuses a vote of someone who is no member', () => {
    refused(validator.validate({ ...federation.prepare(1, 5, BLOCK), signer: toMemberIndex(4) }), 'reject', 'unknown-signer');
    refused(validator.validate({ ...federation.checkpoint(1, 5), signer: toMemberIndex(65535) }), 'reject', 'unknown-signer');
  });

  it('refuses a vote signed by another member', () => {
    refused(validator.validate({ ...federation.prepare(1, 5, BLOCK), signer: toMemberIndex(2) }), 'reject', 'bad-signature');
    refused(validator.validate({ ...federation.checkpoint(1, 5), signer: toMemberIndex(2) }), 'reject', 'bad-signature');
  });

  it('refuses one kind of vote recast as another (section 14)', () => {
    const { signature } = federation.prepare(1, 5, BLOCK);
    refused(validator.validate({ ...federation.commit(1, 5, BLOCK), signature }), 'reject', 'bad-signature');
  });

  it('refuses a vote moved to another slot, block or first', () => {
    const vote = federation.prepare(1, 5, BLOCK, { first: false });
    const other = federation.prepare(1, 6, hashOf('other'));
    refused(validator.validate({ ...vote, slot: other.slot, sequence: other.sequence }), 'reject', 'bad-signature');
    refused(validator.validate({ ...vote, blockHash: other.blockHash }), 'reject', 'bad-signature');
    refused(validator.validate({ ...vote, first: true }), 'reject', 'bad-signature');
    refused(validator.validate({ ...vote, basisHash: BASIS }), 'reject', 'bad-signature');
  });

  it('refuses a vote of another society', () => {
    const elsewhere = new Federation(4, { checkpointInterval: 11 });
    refused(validator.validate(elsewhere.prepare(1, 5, BLOCK)), 'reject', 'bad-signature');
  });

  it('ignores a vote of another epoch', () => {
    refused(validator.validate(federation.prepare(1, 5, BLOCK, { epoch: toEpoch(1) })), 'ignore', 'other-epoch');
    refused(validator.validate(federation.checkpoint(1, 5, { epoch: toEpoch(1) })), 'ignore', 'other-epoch');
  });

  it('ignores a mismatch of view + sequence with the slot, which blames nobody', () => {
    refused(validator.validate(federation.prepare(1, 5, BLOCK, { view: toView(1) })), 'ignore', 'position-mismatch');
    refused(validator.validate(federation.commit(1, 5, BLOCK, { sequence: toSequence(4) })), 'ignore', 'position-mismatch');
    refused(validator.validate(federation.viewChange(1, 5, { newView: 5 })), 'ignore', 'position-mismatch');
  });

  it('takes any view and sequence that add up, since they are unsigned', () => {
    accepted(validator.validate({ ...federation.prepare(1, 5, BLOCK), view: toView(2), sequence: toSequence(3) }));
    accepted(validator.validate({ ...federation.viewChange(1, 5), newView: 0, lastSequence: toSequence(5) }));
  });

  it('refuses a first vote with a basis, and a first VIEW-CHANGE with a block', () => {
    refused(validator.validate(federation.prepare(1, 5, BLOCK, { basisHash: BASIS })), 'reject', 'first-vote-basis');
    refused(validator.validate(federation.viewChange(1, 5, { basisHash: BASIS })), 'reject', 'first-vote-basis');
    refused(validator.validate(federation.viewChange(1, 5, { blockHash: BLOCK })), 'reject', 'first-vote-block');
  });

  it('R4c: refuses a VIEW-CHANGE with first = 0 that names no block, or no basis', () => {
    refused(validator.validate(federation.viewChange(1, 5, { first: false, basisHash: BASIS })), 'reject', 'block-hash-zero');
    refused(validator.validate(federation.viewChange(1, 5, { first: false, blockHash: BLOCK })), 'reject', 'basis-missing');
  });

  it('refuses a PREPARE or COMMIT for the zero hash', () => {
    refused(validator.validate(federation.prepare(1, 5, ZERO_HASH)), 'reject', 'block-hash-zero');
    refused(validator.validate(federation.commit(1, 5, ZERO_HASH)), 'reject', 'block-hash-zero');
  });

  it('with the fast path off takes fallback votes without basis and refuses any basis', () => {
    accepted(plainValidator.validate(plain.viewChange(1, 5, { first: false, blockHash: BLOCK })));
    accepted(plainValidator.validate(plain.prepare(1, 5, BLOCK, { first: false })));
    refused(plainValidator.validate(plain.viewChange(1, 5, { first: false, blockHash: BLOCK, basisHash: BASIS })), 'reject', 'basis-unexpected');
    refused(plainValidator.validate(plain.prepare(1, 5, BLOCK, { first: false, basisHash: BASIS })), 'reject', 'basis-unexpected');
  });

  it('refuses what is no message, too long, or out of range, as a value', () => {
    refused(validator.decodeAndValidate(new Uint8Array([1, 2, 3])), 'reject', 'malformed');
    refused(validator.decodeAndValidate(new Uint8Array(0)), 'reject', 'malformed');
    refused(validator.decodeAndValidate(new Uint8Array(validator.limits.maxMessageBytes + 1)), 'reject', 'too-large');
    refused(validator.validate({ ...federation.checkpoint(1, 5), sequence: toSequence(-1) }), 'reject', 'malformed');
  });

  it('verifies a signature once, and remembers nothing of an invalid one', () => {
    const fresh = federation.validator();
    const vote = federation.prepare(1, 5, BLOCK);
    const before = federation.verifications;
    for (let i = 0; i < 3; i += 1) accepted(fresh.validate(vote));
    const wrong = { ...vote, signature: federation.commit(1, 5, BLOCK).signature };
    for (let i = 0; i < 2; i += 1) refused(fresh.validate(wrong), 'reject', 'bad-signature');
    if (federation.verifications - before !== 3) throw new Error(`verified ${federation.verifications - before} times, not 3`);
  });
});
