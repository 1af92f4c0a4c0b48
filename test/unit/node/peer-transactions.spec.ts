import assert from 'node:assert/strict';
import { decodeTransactionBatch, encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import type { Application } from '../../../src/ledger/application.js';
import { Mempool } from '../../../src/mempool/mempool.js';
import { clientAt } from '../../../src/mempool/source-share.js';
import type { GossipOutcome } from '../../../src/network/network.js';
import { PeerTransactions } from '../../../src/node/peer-transactions.js';
import { Tally } from '../../../src/node/tally.js';
import { TransactionGate } from '../../../src/node/transaction-gate.js';
import type { Transaction } from '../../../src/types/block.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';
import { Federation, hashOf } from '../validation/federation.js';

const LOCAL = clientAt('127.0.0.1');

const HOP = toPublicKeyHex('a'.repeat(64));
const OTHER = toPublicKeyHex('b'.repeat(64));
const NOT_WELL_FORMED = 13;

/** Its signature is another's. */
function forged({ bytes }: Transaction): Uint8Array {
  const copy = bytes.slice();
  copy[copy.length - 1]! ^= 1;
  return copy;
}

const batchOf = (...transactions: readonly Uint8Array[]): Uint8Array => encodeTransactionBatch(transactions);
/** As many as one batch may hold in this society. */
const BATCH = 50;

describe('transactions from peers (issue 10, A2: nothing is accepted that was not verified)', () => {
  let federation: Federation;
  let mempool: Mempool;
  let rejections: Tally;
  let turns: (() => void)[];
  let nowMs: number;
  let blamed: string[];
  let verifications: number;
  let peers: PeerTransactions;
  beforeEach(() => {
    federation = new Federation(1);
    mempool = new Mempool();
    rejections = new Tally();
    turns = [];
    nowMs = 0;
    blamed = [];
    verifications = 0;
    const { transactions: validator, limits } = federation.validator();
    const verify = validator.verify.bind(validator);
    validator.verify = (transaction) => {
      verifications += 1;
      return verify(transaction);
    };
    const application = {
      validateTransaction: (payload: Uint8Array) => (payload[0] === NOT_WELL_FORMED ? { ok: false, code: 'payload', message: 'thirteen' } : { ok: true }),
    } as unknown as Application;
    peers = new PeerTransactions({
      gate: new TransactionGate({ validator, application, mempool, rejections }), limits, rejections, nowMs: () => nowMs,
      added: () => undefined, blame: (peer, reason) => { blamed.push(`${peer.slice(0, 1)} ${reason}`); },
      soon: (run) => {
        turns.push(run);
        return () => { turns = turns.filter((each) => each !== run); };
      },
    });
  });

  /** Until nothing waits any more. */
  async function outcomeOf(outcome: GossipOutcome | Promise<GossipOutcome>): Promise<GossipOutcome> {
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    return outcome;
  }

  function acceptedOf(outcome: GossipOutcome): readonly string[] {
    assert.ok(outcome.verdict === 'accept');
    return decodeTransactionBatch(outcome.verified, federation.validator().limits).map((bytes) => Buffer.from(bytes).toString('hex'));
  }

  const hex = ({ bytes }: Transaction): string => Buffer.from(bytes).toString('hex');

  it('a batch is accepted only once its signatures are checked, and of it only what was new', async () => {
    const [known, fresh] = [federation.transaction(1), federation.transaction(2)];
    mempool.add(known, LOCAL);
    const judged = peers.gossiped(batchOf(known.bytes, fresh.bytes), HOP);
    assert.ok(judged instanceof Promise, 'nothing is verified yet');
    assert.equal(mempool.has(fresh.id), false);
    assert.deepEqual(acceptedOf(await outcomeOf(judged)), [hex(fresh)]);
    assert.ok(mempool.has(fresh.id));
    assert.deepEqual(await outcomeOf(peers.gossiped(batchOf(known.bytes, fresh.bytes), OTHER)), { verdict: 'ignore' });
  });

  it('of the same transaction from two members only the first is accepted, so that it is relayed once', async () => {
    const transaction = federation.transaction(1);
    const first = peers.gossiped(batchOf(transaction.bytes), HOP);
    const second = peers.gossiped(batchOf(transaction.bytes), OTHER);
    assert.deepEqual([(await outcomeOf(first)).verdict, (await outcomeOf(second)).verdict], ['accept', 'ignore']);
    assert.equal(verifications, 1);
  });

  it('with one invalid transaction a batch is rejected, and the rest of it is dropped unverified', async () => {
    const rest = [3, 4, 5, 6].map((nonce) => federation.transaction(nonce));
    for (const [name, invalid] of [
      ['signature', forged(federation.transaction(2))], ['society', federation.transaction(2, { chainId: hashOf('elsewhere') }).bytes],
      ['malformed', new Uint8Array([1, 2, 3])], ['application', federation.transaction(NOT_WELL_FORMED).bytes],
    ] as const) {
      verifications = 0;
      const outcome = await outcomeOf(peers.gossiped(batchOf(invalid, ...rest.map(({ bytes }) => bytes)), HOP));
      assert.deepEqual(outcome, { verdict: 'reject' }, name);
      assert.ok(verifications <= 1, name);
      assert.equal(mempool.count, 0, name);
    }
  });

  it('junk through one member leaves another\'s transactions their turn', async () => {
    const honest = federation.transaction(1);
    for (let batch = 1; batch <= 20; batch += 1) {
      const junk = Array.from({ length: BATCH }, (_, index) => federation.transaction(batch * BATCH + index).bytes);
      assert.ok(peers.gossiped(batchOf(...junk), HOP) instanceof Promise);
    }
    const judged = peers.gossiped(batchOf(honest.bytes), OTHER);
    turns.shift()?.();
    assert.equal((await judged).verdict, 'accept');
    assert.ok(verifications < 20, `${verifications} verified before it`);
    peers.stop();
  });

  it('an empty batch, and what is no batch, is rejected at once', () => {
    assert.deepEqual(peers.gossiped(new Uint8Array(0), HOP), { verdict: 'reject' });
    assert.deepEqual(peers.gossiped(Buffer.from('no batch'), HOP), { verdict: 'reject' });
    assert.deepEqual([rejections.snapshot()['transaction-batch-empty'], rejections.snapshot()['transaction-batch-malformed']], [1, 1]);
  });

  it('no transaction that the pool has no room for is anybody\'s fault', async () => {
    const transaction = federation.transaction(1);
    mempool.add(transaction, LOCAL);
    const another = federation.transaction(1, { payloadBytes: 21 });
    assert.deepEqual(await outcomeOf(peers.gossiped(batchOf(another.bytes), HOP)), { verdict: 'ignore' });
  });

  it('where a member has its share of the pool, no signature of what it brings is checked, and it is nobody\'s fault', async () => {
    mempool.hasRoom = (_sizeBytes, { key }) => key !== HOP;
    assert.deepEqual(await outcomeOf(peers.gossiped(batchOf(federation.transaction(1).bytes, forged(federation.transaction(2))), HOP)), { verdict: 'ignore' });
    assert.equal(verifications, 0);
    assert.equal((await outcomeOf(peers.gossiped(batchOf(federation.transaction(1).bytes), OTHER))).verdict, 'accept');
  });

  it('verification has a budget for each member: what is above is dropped, counted, and nobody\'s fault', async () => {
    mempool = new Mempool();
    let serial = 0;
    const load = async (count: number): Promise<void> => {
      for (let batch = 0; batch < count / BATCH; batch += 1) {
        await outcomeOf(peers.gossiped(batchOf(...Array.from({ length: BATCH }, () => federation.transaction(serial += 1).bytes)), HOP));
      }
    };
    federation.client.sign = () => new Uint8Array(64);
    const { transactions: validator, limits } = federation.validator();
    let checked = 0;
    validator.verify = (transaction) => {
      checked += 1;
      return { ok: true, transaction: transaction as never };
    };
    peers = new PeerTransactions({
      gate: new TransactionGate({ validator, application: { validateTransaction: () => ({ ok: true }) } as unknown as Application, mempool, rejections }),
      limits, rejections, nowMs: () => nowMs, added: () => undefined, blame: (peer) => { blamed.push(peer); },
      soon: (run) => {
        turns.push(run);
        return () => undefined;
      },
    });
    await load(12_000);
    assert.ok(checked > 4_000 && checked <= 5_000, `${checked} in a burst`);
    assert.ok((rejections.snapshot()['transaction-work-throttled'] ?? 0) > 0);
    const before = checked;
    nowMs += 1_000;
    await load(2_000);
    assert.equal(checked - before, 2_000, 'what one member brings at saturation fits');
    assert.deepEqual(blamed, []);
  }).timeout(20_000);

  it('re-sent and gossiped transactions of a member have lanes of their own', async () => {
    for (let nonce = 0; nonce < 1_500; nonce += 5) {
      const large = Array.from({ length: 5 }, (_, index) => federation.transaction(nonce + index, { payloadBytes: 800 }).bytes);
      assert.ok(peers.gossiped(batchOf(...large), HOP) instanceof Promise);
    }
    assert.ok((rejections.snapshot()['transaction-queue-full'] ?? 0) > 0, 'its lane is full');
    const before = rejections.snapshot()['transaction-queue-full'];
    peers.resent([federation.transaction(1_000).bytes], HOP);
    void peers.gossiped(batchOf(federation.transaction(1_001).bytes), OTHER);
    assert.equal(rejections.snapshot()['transaction-queue-full'], before);
    turns.shift()?.();
    assert.ok(mempool.has(federation.transaction(1_000).id));
    await outcomeOf({ verdict: 'ignore' });
  });

  it('who sends again what is invalid cannot have verified it, and is refused', async () => {
    peers.resent([federation.transaction(1).bytes, forged(federation.transaction(2)), federation.transaction(3).bytes], HOP);
    await outcomeOf({ verdict: 'ignore' });
    assert.deepEqual(blamed.map((text) => text.slice(0, 25)), ['a re-sent transactions: t']);
    assert.equal(mempool.count, 1);
  });
});
