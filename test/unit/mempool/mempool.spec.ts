import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleBlock } from '../../../src/codec/block.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { Mempool } from '../../../src/mempool/mempool.js';
import type { MempoolErrorCode } from '../../../src/mempool/mempool-error.js';
import { MempoolError } from '../../../src/mempool/mempool-error.js';
import { clientAt, memberSource, type TransactionSource } from '../../../src/mempool/source-share.js';
import type { Block, Transaction } from '../../../src/types/block.js';
import { GENESIS_SLOT, ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';

const LOCAL = clientAt('127.0.0.1');
const PEER = memberSource(toPublicKeyHex('e'.repeat(64)));

const senderOf = (number: number) => toPublicKeyHex(number.toString(16).padStart(64, '0'));

/** Signatures are none of the pool's business: the signer here is a stand-in. */
function transaction(sender: number, nonce: number, payload = new Uint8Array(8)): Transaction {
  return createTransaction({ chainId: ZERO_HASH, sender: senderOf(sender), nonce, payload }, (message) => Buffer.concat([sha256(message), sha256(message)]));
}

function blockOf(sequence: number, transactions: readonly Transaction[]): Block {
  return assembleBlock({
    chainId: ZERO_HASH, epoch: toEpoch(0), view: toView(0), sequence: toSequence(sequence), slot: toSlot(sequence), parentSlot: sequence === 0 ? GENESIS_SLOT : toSlot(sequence - 1),
    parentHash: ZERO_HASH, timestampMs: 1, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
  }, transactions);
}

const everything = { excluding: () => false, maxBytes: Number.POSITIVE_INFINITY, maxCount: Number.POSITIVE_INFINITY };
const refusal = (code: MempoolErrorCode) => (error: unknown): boolean => error instanceof MempoolError && error.code === code;
const labels = (chosen: readonly Transaction[]): string[] => chosen.map(({ sender, nonce }) => `${Number.parseInt(sender, 16)}:${nonce}`);

describe('mempool', () => {
  it('takes each transaction once, and counts it', () => {
    const pool = new Mempool();
    const first = transaction(1, 0);
    assert.equal(pool.hasPending, false);
    assert.equal(pool.add(first, LOCAL), 'added');
    assert.equal(pool.add(first, PEER), 'duplicate');
    assert.deepEqual([pool.count, pool.sizeBytes, pool.has(first.id), pool.hasPending], [1, first.bytes.byteLength, true, true]);
  });

  it('a late copy of what became final is not taken, though the block is not executed yet and nobody has read it', () => {
    const pool = new Mempool();
    const late = transaction(1, 0);
    pool.blockFinal(blockOf(0, [late]));
    assert.equal(pool.add(late, PEER), 'known-final');
    const failed = transaction(2, 0);
    pool.blockFinal(blockOf(1, [failed]));
    pool.blockExecuted(blockOf(1, [failed]));
    assert.deepEqual([pool.add(failed, PEER), pool.add(failed, LOCAL)], ['known-final', 'known-final']);
    assert.equal(pool.hasPending, false);
  });

  it('blocks that nobody reads are forgotten as their transactions would be, and read before they take too much memory', () => {
    const pool = new Mempool({ maxFinalIds: 3 });
    const read: number[] = [];
    const sequences = [0, 1, 2, 3, 4, 5];
    const of = (sequence: number): Transaction => transaction(sequence, 0);
    for (const sequence of sequences) {
      const { transactions: _, ...rest } = blockOf(sequence, [of(sequence)]);
      pool.blockFinal({ ...rest, get transactions() { read.push(sequence); return [of(sequence)]; } });
    }
    assert.equal(read.length, 0);
    assert.equal(pool.add(of(5), PEER), 'known-final');
    assert.deepEqual(read, [3, 4, 5]);
    assert.equal(pool.add(of(0), PEER), 'added');

    const large = new Mempool();
    for (const sequence of [0, 1, 2]) large.blockFinal({ ...blockOf(sequence, [of(sequence)]), sizeBytes: 7 * 1024 * 1024, get transactions() { read.push(sequence); return [of(sequence)]; } });
    assert.deepEqual(read, [3, 4, 5, 0]);
    assert.equal(large.add(of(0), PEER), 'known-final');
  });

  it('far behind, what is executed is remembered as soon as nothing newer would crowd it out', () => {
    const of = (sequence: number): Transaction => transaction(sequence, 0);
    for (let executed = 0; executed <= 6; executed += 1) {
      const pool = new Mempool({ maxFinalIds: 3 });
      const blocks = [0, 1, 2, 3, 4, 5].map((sequence) => blockOf(sequence, [of(sequence)]));
      for (const block of blocks) pool.blockFinal(block);
      for (const block of blocks.slice(0, executed)) pool.blockExecuted(block);
      assert.deepEqual([5, 4, 3, 2].map((sequence) => pool.add(of(sequence), PEER)), ['known-final', 'known-final', 'known-final', 'added'], `${executed} executed`);
    }
  });

  it('section 4: work is pending until the last transaction is final', () => {
    const pool = new Mempool();
    const [first, second] = [transaction(1, 0), transaction(2, 0)];
    pool.add(first, LOCAL);
    pool.add(second, PEER);
    pool.markFinal([first.id]);
    assert.equal(pool.hasPending, true);
    pool.markFinal([second.id]);
    assert.deepEqual([pool.hasPending, pool.count, pool.sizeBytes], [false, 0, 0]);
  });

  it('section 4: a gap in nonces is not held back', () => {
    const pool = new Mempool();
    pool.add(transaction(1, 7), LOCAL);
    pool.add(transaction(1, 3), LOCAL);
    assert.deepEqual(labels(pool.select(everything)), ['1:3', '1:7']);
  });

  it('a copy of a final transaction that comes when its id is forgotten is known by its nonce, where the ledger has the account in memory', () => {
    const highest = 2_000;
    const pool = new Mempool({ maxFinalIds: 1 }, (sender, nonce) => {
      if (sender !== senderOf(1)) return undefined;
      return nonce > highest ? 'free' : nonce > highest - 1024 ? 'nonce-used' : 'nonce-too-old';
    });
    const [used, old, free, unknown] = [transaction(1, highest), transaction(1, 3), transaction(1, highest + 1), transaction(2, 3)];
    for (const each of [used, old]) {
      assert.equal(pool.isKnown(each), true);
      assert.equal(pool.add(each, PEER), 'known-final');
    }
    assert.throws(() => pool.add(used, LOCAL), refusal('nonce-used'));
    assert.throws(() => pool.add(old, LOCAL), refusal('nonce-too-old'));
    for (const each of [free, unknown]) {
      assert.equal(pool.isKnown(each), false);
      assert.equal(pool.add(each, PEER), 'added');
      assert.equal(pool.isKnown(each), true);
    }
  });

  it('what an executed block leaves without effect is pending no more, and its sender is told why', () => {
    const used = new Set<number>();
    const pool = new Mempool({}, (sender, nonce) => (sender === senderOf(1) ? (used.has(nonce) ? 'nonce-used' : nonce < 3 ? 'nonce-too-old' : 'free') : undefined));
    used.add(0);
    const [theirs, loser, old, later, other] = [transaction(1, 5), transaction(1, 5, new Uint8Array(9)), transaction(1, 4), transaction(1, 6), transaction(2, 5)];
    for (const each of [loser, old, later, other]) pool.add(each, LOCAL);
    const block = blockOf(0, [theirs]);
    pool.blockFinal(block);
    used.add(5).add(4);
    pool.blockExecuted(block);
    assert.deepEqual(labels(pool.select(everything)).sort(), ['1:6', '2:5']);
    assert.equal(pool.add(loser, PEER), 'known-final');
    assert.throws(() => pool.add(loser, LOCAL), refusal('nonce-used'));
  });

  it('a sender never has nonces pending that, used first, would make a lower one too old', () => {
    const pool = new Mempool();
    pool.add(transaction(1, 5), LOCAL);
    assert.equal(pool.add(transaction(1, 5 + 1023), PEER), 'added');
    const ahead = transaction(1, 5 + 1024);
    for (const source of [LOCAL, PEER]) assert.throws(() => pool.add(ahead, source), refusal('account-full'));
    pool.markFinal([transaction(1, 5).id]);
    assert.equal(pool.add(ahead, LOCAL), 'added');
  });

  it('does not take a final transaction again, within the memory given', () => {
    const pool = new Mempool({ maxFinalIds: 2 });
    const all = [0, 1, 2].map((nonce) => transaction(1, nonce));
    pool.markFinal(all.map(({ id }) => id));
    assert.deepEqual(all.map((each) => pool.add(each, PEER)), ['added', 'known-final', 'known-final']);
  });

  it('section 6: a final transaction is taken again from nobody, whether it succeeded or failed: it would be pending here alone', () => {
    const pool = new Mempool();
    const failed = transaction(1, 0);
    pool.add(failed, LOCAL);
    pool.blockFinal(blockOf(0, [failed]));
    assert.equal(pool.blockExecuted(blockOf(0, [failed])).length, 0);
    assert.deepEqual([pool.add(failed, PEER), pool.add(failed, LOCAL), pool.hasPending], ['known-final', 'known-final', false]);
  });

  it('refuses by count, bytes, share and nonce, and says so', () => {
    const size = transaction(1, 0).bytes.byteLength;
    const byCount = new Mempool({ maxTransactions: 1 });
    byCount.add(transaction(1, 0), LOCAL);
    assert.throws(() => byCount.add(transaction(2, 0), PEER), refusal('full'));

    const byBytes = new Mempool({ maxBytes: 2 * size });
    byBytes.add(transaction(1, 0), LOCAL);
    byBytes.add(transaction(2, 0), PEER);
    assert.throws(() => byBytes.add(transaction(3, 0), clientAt('10.0.0.1')), refusal('full'));

    const bySource = new Mempool({ maxTransactions: 3 });
    bySource.add(transaction(1, 0), LOCAL);
    bySource.add(transaction(2, 0), LOCAL);
    assert.throws(() => bySource.add(transaction(3, 0), LOCAL), refusal('source-full'));
    assert.deepEqual([bySource.hasRoom(size, LOCAL), bySource.hasRoom(size, PEER)], [false, true]);
    assert.equal(bySource.add(transaction(3, 0), PEER), 'added');
    assert.deepEqual([bySource.hasRoom(size, PEER), bySource.hasRoom(size, clientAt('10.0.0.1'))], [false, false]);

    const byShare = new Mempool({ maxPerAccount: 1 });
    byShare.add(transaction(1, 0), LOCAL);
    assert.throws(() => byShare.add(transaction(1, 1), LOCAL), refusal('account-full'));
    assert.equal(byShare.add(transaction(2, 0), LOCAL), 'added');

    const byShareBytes = new Mempool({ maxBytesPerAccount: size });
    byShareBytes.add(transaction(1, 0), LOCAL);
    assert.throws(() => byShareBytes.add(transaction(1, 1), LOCAL), refusal('account-full'));

    const byNonce = new Mempool();
    byNonce.add(transaction(1, 0), LOCAL);
    assert.throws(() => byNonce.add(transaction(1, 0, new Uint8Array(9)), LOCAL), refusal('nonce-used'));
  });

  it('a refused transaction leaves nothing behind', () => {
    const pool = new Mempool({ maxTransactions: 1 });
    pool.add(transaction(1, 0), LOCAL);
    const refused = transaction(2, 0);
    assert.throws(() => pool.add(refused, LOCAL), MempoolError);
    assert.deepEqual([pool.count, pool.has(refused.id), pool.nextNonce(refused.sender, 0)], [1, false, 0]);
  });

  it('serves senders in turn, so that one with many starves nobody', () => {
    const pool = new Mempool();
    for (let nonce = 0; nonce < 5; nonce += 1) pool.add(transaction(1, nonce), LOCAL);
    pool.add(transaction(2, 4), PEER);
    pool.add(transaction(3, 9), PEER);
    assert.deepEqual(labels(pool.select({ ...everything, maxCount: 4 })), ['1:0', '2:4', '1:1', '3:9']);
    const one = new Mempool();
    for (const each of [transaction(1, 0), transaction(1, 1), transaction(2, 4), transaction(3, 9)]) one.add(each, LOCAL);
    assert.deepEqual(labels(one.select({ ...everything, maxCount: 4 })), ['1:0', '2:4', '3:9', '1:1']);
  });

  it('serves sources in turn: keys are free, and a member with a hundred of them gets no more than a client with one (issue 10, A)', () => {
    const pool = new Mempool();
    for (let sender = 100; sender < 200; sender += 1) pool.add(transaction(sender, 0), PEER);
    for (const nonce of [0, 1, 2]) pool.add(transaction(1, nonce), LOCAL);
    assert.deepEqual(labels(pool.select({ ...everything, maxCount: 6 })), ['100:0', '1:0', '101:0', '1:1', '102:0', '1:2']);
    pool.markFinal([transaction(100, 0).id]);
    assert.deepEqual(labels(pool.select({ ...everything, maxCount: 1 })), ['1:0'], 'the source that was not served for longest is first');
  });

  it('a source has at most as much pending as is still free, so that another one always finds room (issue 10, A)', () => {
    const size = transaction(1, 0).bytes.byteLength;
    for (const limits of [{ maxTransactions: 40 }, { maxBytes: 40 * size }]) {
      const pool = new Mempool(limits);
      const fill = (source: TransactionSource, firstSender: number): number => {
        let count = 0;
        while (pool.hasRoom(size, source)) {
          pool.add(transaction(firstSender + count, 0), source);
          count += 1;
        }
        assert.throws(() => pool.add(transaction(firstSender + count, 0), source), refusal('source-full'));
        return count;
      };
      assert.deepEqual([fill(PEER, 100), fill(LOCAL, 200), fill(clientAt('10.0.0.1'), 300)], [20, 10, 5]);
      pool.markFinal([transaction(300, 0).id]);
      assert.equal(fill(clientAt('10.0.0.1'), 400), 1, 'what is final makes room');
      pool.add(transaction(101, 1), clientAt('10.0.0.2'));
      assert.equal(pool.hasRoom(size, PEER), false, 'a transaction counts for who brought it, whoever its sender is');
      pool.markFinal([...pool.pending()].map(({ id }) => id));
      assert.equal(fill(PEER, 500), 20, 'all of it is given back');
    }
  });

  it('serves first who was not served for longest', () => {
    const pool = new Mempool();
    const served = transaction(1, 0);
    for (const each of [served, transaction(1, 1), transaction(2, 0), transaction(2, 1)]) pool.add(each, LOCAL);
    pool.markFinal([served.id]);
    assert.deepEqual(labels(pool.select({ ...everything, maxCount: 1 })), ['2:0']);
  });

  it('leaves out what the branch already holds', () => {
    const pool = new Mempool();
    const all = [0, 1, 2].map((nonce) => transaction(1, nonce));
    for (const each of all) pool.add(each, LOCAL);
    const excluded = new Set([all[0]!.id, all[1]!.id]);
    assert.deepEqual(labels(pool.select({ ...everything, excluding: (id) => excluded.has(id) })), ['1:2']);
  });

  it('fills up to the limit of bytes, overhead included, passing over what is too large', () => {
    const pool = new Mempool();
    const small = transaction(2, 0).bytes.byteLength;
    pool.add(transaction(1, 0, new Uint8Array(5_000)), LOCAL);
    pool.add(transaction(2, 0), LOCAL);
    pool.add(transaction(3, 0), LOCAL);
    assert.deepEqual(labels(pool.select({ ...everything, maxBytes: 2 * (small + 4), overheadBytes: 4 })), ['2:0', '3:0']);
    assert.deepEqual(labels(pool.select({ ...everything, maxBytes: 2 * (small + 4) - 1, overheadBytes: 4 })), ['2:0']);
  });

  it('section 4: re-sending goes round the whole pool within its limit', () => {
    const pool = new Mempool();
    const size = transaction(0, 0).bytes.byteLength;
    for (let sender = 0; sender < 5; sender += 1) pool.add(transaction(sender, 0), LOCAL);
    const rounds = [1, 2, 3].map(() => labels(pool.pendingForResend(2 * size)));
    assert.deepEqual(rounds, [['0:0', '1:0'], ['2:0', '3:0'], ['4:0', '0:0']]);
    assert.equal(pool.pendingForResend(1).length, 1);
  });

  it('names the next free nonce', () => {
    const pool = new Mempool();
    for (const nonce of [3, 4, 6]) pool.add(transaction(1, nonce), LOCAL);
    assert.deepEqual([0, 3, 4, 6].map((floor) => pool.nextNonce(senderOf(1), floor)), [0, 5, 5, 7]);
    assert.equal(pool.nextNonce(senderOf(2), 11), 11);
  });

  it('does not keep the buffer alive that a transaction came in', () => {
    const alone = transaction(1, 0);
    const batch = new Uint8Array(10_000);
    batch.set(alone.bytes, 500);
    const part = (from: Uint8Array): Uint8Array => batch.subarray(500 + from.byteOffset - alone.bytes.byteOffset, 500 + from.byteOffset - alone.bytes.byteOffset + from.byteLength);
    const pool = new Mempool();
    pool.add({ ...alone, bytes: batch.subarray(500, 500 + alone.bytes.byteLength), payload: part(alone.payload), signature: part(alone.signature) }, PEER);
    const kept = pool.get(alone.id)!;
    assert.equal(kept.bytes.buffer.byteLength, alone.bytes.byteLength);
    assert.deepEqual([kept.bytes, kept.payload, kept.signature], [alone.bytes, alone.payload, alone.signature]);
  });

  it('keeps its counts and limits under any order of events', () => {
    const action = fc.record({ sender: fc.nat(3), nonce: fc.nat(6), final: fc.boolean(), source: fc.constantFrom(PEER, LOCAL, clientAt('10.0.0.1')) });
    fc.assert(fc.property(fc.array(action, { maxLength: 80 }), (actions) => {
      const pool = new Mempool({ maxTransactions: 12, maxPerAccount: 5 });
      const expected = new Map<string, Transaction>();
      for (const { sender, nonce, final, source } of actions) {
        const each = transaction(sender, nonce);
        if (final) {
          pool.markFinal([each.id]);
          expected.delete(each.id);
          continue;
        }
        try {
          if (pool.add(each, source) === 'added') expected.set(each.id, each);
        } catch (error) {
          assert.ok(error instanceof MempoolError);
        }
      }
      const selected = pool.select(everything);
      assert.deepEqual(new Set(selected.map(({ id }) => id)), new Set(expected.keys()));
      assert.equal(selected.length, expected.size);
      assert.ok(pool.count <= 12 && pool.count === expected.size);
      assert.equal(pool.sizeBytes, [...expected.values()].reduce((sum, { bytes }) => sum + bytes.byteLength, 0));
      for (const sender of [0, 1, 2, 3]) {
        const nonces = selected.filter((each) => each.sender === senderOf(sender)).map(({ nonce }) => nonce);
        assert.deepEqual(nonces, [...nonces].sort((left, right) => left - right));
        assert.ok(nonces.length <= 5);
      }
    }));
  });
});
