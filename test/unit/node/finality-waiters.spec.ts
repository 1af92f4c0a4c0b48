import assert from 'node:assert/strict';
import { sha256Hash } from '../../../src/crypto/hash.js';
import { FinalityWaiters } from '../../../src/node/finality-waiters.js';
import type { Receipt } from '../../../src/ledger/receipt.js';
import { toSequence } from '../../../src/types/ids.js';

const id = sha256Hash(Buffer.from('a transaction'));
const RECEIPT: Receipt = { transactionId: id, sequence: toSequence(3), index: 0, ok: true, error: undefined };

describe('clients that wait for finality', () => {
  it('are told the receipt, or at once that their transaction can have no effect any more', async () => {
    const waiters = new FinalityWaiters();
    const told = Promise.allSettled([waiters.wait(id, 60_000), waiters.wait(id, 60_000)]);
    waiters.executed(RECEIPT);
    assert.deepEqual((await told).map((each) => each.status === 'fulfilled' && each.value), [RECEIPT, RECEIPT]);
    const refused = waiters.wait(id, 60_000);
    waiters.spent(id);
    await assert.rejects(refused, { name: 'TransactionSpent', code: 'nonce-used' });
    waiters.spent(id);
    waiters.executed(RECEIPT);
  });
});
