import assert from 'node:assert/strict';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import type { NonceVerdict } from '../../../src/ledger/nonce-window.js';
import { Mempool } from '../../../src/mempool/mempool.js';
import { MempoolError } from '../../../src/mempool/mempool-error.js';
import { clientAt, memberSource } from '../../../src/mempool/source-share.js';
import { SpentTransactions } from '../../../src/node/spent-transactions.js';
import type { Transaction } from '../../../src/types/block.js';
import { toPublicKeyHex, ZERO_HASH } from '../../../src/types/ids.js';

const LOCAL = clientAt('127.0.0.1');
const PEER = memberSource(toPublicKeyHex('e'.repeat(64)));

const sender = toPublicKeyHex('1'.padStart(64, '0'));
const transaction = (nonce: number): Transaction => createTransaction(
  { chainId: ZERO_HASH, sender, nonce, payload: new Uint8Array(8) }, (message) => Buffer.concat([sha256(message), sha256(message)]));

/** A pool with the nonces 0 to 3 pending, beside a state in which 0 is too old, and 1 is used. */
function joined(isInMemory = false) {
  const mempool = new Mempool();
  const pending = [0, 1, 2, 3].map(transaction);
  for (const each of pending) mempool.add(each, LOCAL);
  const told = { dropped: 0, failures: [] as Error[] };
  const state = { failure: undefined as Error | undefined };
  const verdicts: readonly NonceVerdict[] = ['nonce-too-old', 'nonce-used', 'free', 'free'];
  const spent = new SpentTransactions({
    mempool,
    ledger: {
      checkNonce: (_publicKey, nonce) => (isInMemory ? verdicts[nonce] ?? 'free' : undefined),
      account: () => (state.failure === undefined ? Promise.resolve({ nextNonce: 4, check: (nonce) => verdicts[nonce] ?? 'free' }) : Promise.reject(state.failure)),
    },
    dropped: () => { told.dropped += 1; }, failed: (error) => { told.failures.push(error); },
  });
  const left = (): number[] => [...mempool.pending()].map(({ nonce }) => nonce);
  return { mempool, pending, told, state, spent, left };
}

const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('pending transactions that can have no effect any more (section 4; section 7, Snapshots)', () => {
  it('are dropped, since their nonces are used, and what can still have an effect stays', async () => {
    const { spent, left, told } = joined();
    await spent.drop();
    assert.deepEqual([left(), told.dropped], [[2, 3], 1]);
    await spent.drop();
    assert.equal(told.dropped, 1, 'nothing more to say');
  });

  it('are not taken again: copies of peers without a word, and of clients with the reason', async () => {
    const { spent, mempool, pending: [, used] } = joined();
    await spent.drop();
    assert.ok(used !== undefined);
    assert.equal(mempool.add(used, PEER), 'known-final');
    assert.throws(() => mempool.add(used, LOCAL), (error) => error instanceof MempoolError && error.code === 'nonce-used');
  });

  it('are found later, too, when they are sent again; the account is read where it is not in memory', async () => {
    const { spent, left, pending } = joined();
    spent.review(pending.slice(0, 1));
    await settled();
    assert.deepEqual(left(), [1, 2, 3], 'of those that are sent again');
    const known = joined(true);
    known.state.failure = new Error('nothing is read');
    known.spent.review(known.pending);
    await settled();
    assert.deepEqual([known.left(), known.told.failures], [[2, 3], []]);
  });

  it('while a snapshot is taken in there is no state to ask; any other failure is told', async () => {
    const { spent, left, pending, state, told } = joined();
    state.failure = new LedgerError('not-ready', 'later');
    spent.review(pending);
    await settled();
    assert.deepEqual(told.failures, []);
    state.failure = new Error('the disk is gone');
    spent.review(pending);
    await settled();
    assert.deepEqual(told.failures, [state.failure]);
    state.failure = undefined;
    spent.review(pending);
    await settled();
    assert.deepEqual(left(), [2, 3]);
  });
});
