import assert from 'node:assert/strict';
import { merkleLeafHash } from '../../../src/crypto/merkle.js';
import { TransactionValidator } from '../../../src/validation/transaction-validator.js';
import { Federation, hashOf } from './federation.js';
import { accepted, refused } from './verdicts.js';

describe('validation of transactions (section 6)', () => {
  const federation = new Federation(1);
  const validator = federation.validator().transactions;

  it('takes a well-formed, correctly signed transaction of this society', () => {
    const transaction = federation.transaction(7);
    const outcome = validator.validate(transaction.bytes);
    accepted(outcome);
    assert.deepEqual(outcome.ok && outcome.transaction, transaction);
  });

  it('refuses other societies, broken signatures, malformed and oversized bytes', () => {
    const { bytes } = federation.transaction(7);
    refused(validator.validate(federation.transaction(7, { chainId: hashOf('elsewhere') }).bytes), 'reject', 'other-society');
    for (const position of [90, bytes.length - 70, bytes.length - 40, bytes.length - 1]) {
      const broken = bytes.slice();
      broken[position]! ^= 1;
      const outcome = validator.validate(broken);
      assert.equal(outcome.ok, false, `byte ${position}`);
    }
    refused(validator.validate(bytes.subarray(0, -1)), 'reject', 'transaction-malformed');
    refused(validator.validate(new Uint8Array(0)), 'reject', 'transaction-malformed');
    refused(validator.validate(new Uint8Array([...bytes, 0])), 'reject', 'transaction-malformed');
    refused(validator.validate(federation.transaction(7, { payloadBytes: 1000 - 160 }).bytes), 'reject', 'transaction-too-large');
  });

  it('verifies once what is seen again in a block', () => {
    const fresh = federation.validator();
    const transactions = [1, 2, 3].map((nonce) => federation.transaction(nonce));
    for (const { bytes } of transactions) accepted(fresh.transactions.validate(bytes));
    const before = federation.verifications;
    accepted(fresh.validate(federation.prePrepare(federation.block(0, transactions))));
    assert.equal(federation.verifications - before, 1, 'the leader\'s signature only');
  });

  it('section 12: a remembered id does not vouch for another signature', () => {
    const { bytes } = federation.transaction(9);
    accepted(validator.validate(bytes));
    const forged = bytes.slice();
    forged[forged.length - 1]! ^= 1;
    refused(validator.validate(forged), 'reject', 'transaction-signature');
  });

  it('what blocks brought takes no room from what clients sent, and is known all the same (row D8)', () => {
    let asked = 0;
    const verifier = { verify: () => { asked += 1; return true; } };
    const bounded = new TransactionValidator({ chainId: federation.chainId, maxTransactionBytes: 1000, verifier, maxRemembered: 2 });
    const [client, ...thrownAway] = [1, 2, 3, 4].map((nonce) => federation.transaction(nonce));
    accepted(bounded.validate(client!.bytes));
    for (const each of thrownAway) assert.equal(bounded.checkInBlock(each, merkleLeafHash(each.bytes)), undefined);
    assert.equal(asked, 4);
    assert.equal(bounded.check(client!, merkleLeafHash(client!.bytes)), undefined);
    for (const { bytes } of thrownAway) accepted(bounded.validate(bytes));
    assert.equal(asked, 4);
  });

  it('forgets the oldest beyond its bound', () => {
    let asked = 0;
    const verifier = { verify: () => { asked += 1; return true; } };
    const bounded = new TransactionValidator({ chainId: federation.chainId, maxTransactionBytes: 1000, verifier, maxRemembered: 2 });
    const [a, b, c] = [1, 2, 3].map((nonce) => federation.transaction(nonce));
    for (const { bytes } of [a!, b!, c!]) accepted(bounded.validate(bytes));
    assert.equal(bounded.check(c!, merkleLeafHash(c!.bytes)), undefined);
    assert.equal(asked, 3);
    assert.equal(bounded.check(a!, merkleLeafHash(a!.bytes)), undefined);
    assert.equal(asked, 4);
  });
});
