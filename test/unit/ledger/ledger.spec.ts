import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleBlock } from '../../../src/codec/block.js';
import { wireLimits } from '../../../src/codec/limits.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256 } from '../../../src/crypto/hash.js';
import type { Application } from '../../../src/ledger/application.js';
import { encodeDelete, encodePut, keyValueApplication } from '../../../src/ledger/key-value.js';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { StateRoot } from '../../../src/ledger/state-root.js';
import { verifyStateProof } from '../../../src/ledger/state-trie/proof.js';
import { WriteBehind } from '../../../src/ledger/write-behind.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import type { StateStore } from '../../../src/storage/stores.js';
import type { Block, Transaction } from '../../../src/types/block.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';

const CHAIN = { chainId: ZERO_HASH, genesisTip: genesisTip(ZERO_HASH, 0), limits: wireLimits({ maxBlockBytes: 1 << 20, maxBlockTransactions: 1_000, maxTransactionBytes: 1 << 16 }, 4) };
const senderOf = (number: number) => toPublicKeyHex(number.toString(16).padStart(64, '0'));
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

function transaction(sender: number, nonce: number, payload: Uint8Array): Transaction {
  return createTransaction({ chainId: ZERO_HASH, sender: senderOf(sender), nonce, payload }, (message) => Buffer.concat([sha256(message), sha256(message)]));
}

function blockOf(sequence: number, transactions: readonly Transaction[]): Block {
  return assembleBlock({
    chainId: ZERO_HASH, epoch: toEpoch(0), view: toView(0), sequence: toSequence(sequence), slot: toSlot(sequence), parentSlot: toSlot(sequence - 1),
    parentHash: ZERO_HASH, timestampMs: sequence, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
  }, transactions);
}

const stateOf = async (disk: MemoryDisk): Promise<StateStore> => (await openMemoryStore(disk, CHAIN)).state;
const openLedger = async (disk: MemoryDisk, application: Application = keyValueApplication): Promise<Ledger> => Ledger.open(await stateOf(disk), application);
const text = (value: Uint8Array | undefined): string | undefined => (value === undefined ? undefined : Buffer.from(value).toString());

describe('ledger', () => {
  it('section 6: executes blocks in order, and answers from what was executed', async () => {
    const ledger = await openLedger(new MemoryDisk());
    assert.equal(ledger.executedSequence(), -1);
    assert.equal(await ledger.stateRoot(), ZERO_HASH);
    const put = transaction(1, 0, encodePut('a', '1'));
    assert.deepEqual(await ledger.execute(blockOf(0, [put])), [{ transactionId: put.id, sequence: 0, index: 0, ok: true, error: undefined }]);
    assert.equal(text(await ledger.query(bytes('a'))), '1');
    assert.equal((await ledger.account(senderOf(1))).nextNonce, 1);
    assert.equal((await ledger.account(senderOf(2))).nextNonce, 0);
    assert.deepEqual(await ledger.receipt(put.id), { transactionId: put.id, sequence: 0, index: 0, ok: true, error: undefined });
    assert.equal(await ledger.receipt(ZERO_HASH), undefined);
    await ledger.execute(blockOf(1, [transaction(1, 1, encodePut('a', '2')), transaction(1, 2, encodePut('b', '')), transaction(2, 0, encodeDelete('c'))]));
    assert.deepEqual([text(await ledger.query(bytes('a'))), text(await ledger.query(bytes('b'))), await ledger.query(bytes('c'))], ['2', '', undefined]);
    await ledger.execute(blockOf(2, [transaction(1, 3, encodeDelete('a'))]));
    assert.equal(await ledger.query(bytes('a')), undefined);
    await assert.rejects(ledger.execute(blockOf(4, [])), (error: unknown) => error instanceof LedgerError && error.code === 'out-of-order');
    assert.equal(ledger.executedSequence(), 2);
  });

  it('section 6: a replayed transaction has no effect, and keeps its first receipt', async () => {
    const ledger = await openLedger(new MemoryDisk());
    const put = transaction(1, 5, encodePut('a', '1'));
    await ledger.execute(blockOf(0, [put]));
    await ledger.execute(blockOf(1, [transaction(1, 6, encodePut('a', '2'))]));
    const root = await ledger.stateRoot();
    const [replayed] = await ledger.execute(blockOf(2, [put]));
    assert.deepEqual([replayed?.ok, replayed?.error], [false, 'nonce-used']);
    assert.equal(text(await ledger.query(bytes('a'))), '2');
    assert.equal(await ledger.stateRoot(), root);
    assert.deepEqual(await ledger.receipt(put.id), { transactionId: put.id, sequence: 0, index: 0, ok: true, error: undefined });
  });

  it('section 6: a replay within one block, and one far in the past, fail too', async () => {
    const ledger = await openLedger(new MemoryDisk());
    const old = transaction(1, 0, encodePut('a', 'old'));
    const put = transaction(1, 5_000, encodePut('a', '1'));
    const results = await ledger.execute(blockOf(0, [put, put, old]));
    assert.deepEqual(results.map(({ error }) => error), [undefined, 'nonce-used', 'nonce-too-old']);
    assert.deepEqual(await ledger.receipt(put.id), { transactionId: put.id, sequence: 0, index: 0, ok: true, error: undefined });
    assert.equal((await ledger.receipt(old.id))?.error, 'nonce-too-old');
  });

  it('section 4: transactions of one sender succeed in whatever order leaders get them', async () => {
    const ledger = await openLedger(new MemoryDisk());
    const results = await ledger.execute(blockOf(0, [3, 0, 2, 1].map((nonce) => transaction(1, nonce, encodePut(`key ${nonce}`, '')))));
    assert.ok(results.every(({ ok }) => ok));
    assert.equal((await ledger.account(senderOf(1))).check(1), 'nonce-used');
  });

  const guarded: Application = {
    ...keyValueApplication,
    execute: async (each, _context, state) => {
      const balance = Number(text(await state.get(bytes('balance'))) ?? '0');
      state.put(bytes('balance'), bytes(String(balance + Number(text(each.payload)))));
      return balance + Number(text(each.payload)) < 0 ? { ok: false, code: 'too-little', message: 'balance: would be negative' } : { ok: true };
    },
    validateTransaction: (payload) => (Number.isNaN(Number(text(payload))) ? { ok: false, code: 'bad-payload', message: 'must be a number' } : { ok: true }),
  };

  it('section 6: a failed transaction leaves nothing but its used nonce, and each sees what those before it did', async () => {
    const ledger = await openLedger(new MemoryDisk(), guarded);
    const results = await ledger.execute(blockOf(0, ['5', '-9', '-5', 'x'].map((amount, nonce) => transaction(1, nonce, bytes(amount)))));
    assert.deepEqual(results.map(({ ok, error }) => error ?? ok), [true, 'too-little', true, 'bad-payload']);
    assert.equal(text(await ledger.query(bytes('balance'))), '0');
    const account = await ledger.account(senderOf(1));
    assert.deepEqual([[1, 3].map((nonce) => account.check(nonce)), account.nextNonce], [['nonce-used', 'nonce-used'], 4]);
  });

  it('section 6: a failed transaction is not executed later when somebody sends its bytes again, and its first failure stays its receipt', async () => {
    for (const inOneBatch of [true, false]) {
      const ledger = await openLedger(new MemoryDisk(), guarded);
      const take = transaction(1, 0, bytes('-5'));
      const chain = [blockOf(0, [take]), blockOf(1, [transaction(2, 0, bytes('5')), take])];
      const receipts = inOneBatch ? await ledger.executeAll(chain) : [await ledger.execute(chain[0]!), await ledger.execute(chain[1]!)];
      assert.deepEqual(receipts.map((ofBlock) => ofBlock.map(({ error }) => error)), [['too-little'], [undefined, 'nonce-used']]);
      assert.equal(text(await ledger.query(bytes('balance'))), '5');
      assert.deepEqual(await ledger.receipt(take.id), { transactionId: take.id, sequence: 0, index: 0, ok: false, error: 'too-little' });
    }
  });

  /** Knows who has joined, and lets anybody join. */
  const registered: Application = {
    ...keyValueApplication,
    execute: async ({ sender, payload }, _context, state) => {
      if (text(payload) === 'join') state.put(bytes(sender), bytes('member'));
      else if (await state.get(bytes(sender)) === undefined) return { ok: false, code: 'stranger', message: 'sender: has not joined' };
      return { ok: true };
    },
    validateTransaction: () => ({ ok: true }),
    knows: async (sender, state) => await state.get(bytes(sender)) !== undefined,
  };

  it('section 6: the failure of a sender that the application does not know leaves a receipt and nothing else', async () => {
    const ledger = await openLedger(new MemoryDisk(), registered);
    const act = transaction(1, 0, bytes('act'));
    const [receipt] = await ledger.execute(blockOf(0, [act]));
    assert.equal(receipt?.error, 'stranger');
    assert.deepEqual(await ledger.receipt(act.id), receipt);
    assert.deepEqual([await ledger.stateRoot(), (await ledger.account(senderOf(1))).check(0)], [ZERO_HASH, 'free']);
  });

  it('a success replaces the failure before it as the receipt, be they in one batch or not, and no failure replaces a success', async () => {
    for (const inOneBatch of [true, false]) {
      const ledger = await openLedger(new MemoryDisk(), registered);
      const act = transaction(1, 0, bytes('act'));
      const chain = [[act], [act, transaction(1, 1, bytes('join'))], [act], [act]].map((transactions, sequence) => blockOf(sequence, transactions));
      const receipts = [];
      if (inOneBatch) receipts.push(...await ledger.executeAll(chain));
      else for (const block of chain) receipts.push(await ledger.execute(block));
      assert.deepEqual(receipts.map(([first]) => first?.error), ['stranger', 'stranger', undefined, 'nonce-used']);
      assert.deepEqual(await ledger.receipt(act.id), { transactionId: act.id, sequence: 2, index: 0, ok: true, error: undefined });
    }
  });

  it('section 5: a block executed again changes nothing and gives its receipts', async () => {
    const ledger = await openLedger(new MemoryDisk());
    const block = blockOf(0, [transaction(1, 0, encodePut('a', '1')), transaction(1, 0, encodePut('a', '2'))]);
    const receipts = await ledger.execute(block);
    const root = await ledger.stateRoot();
    assert.deepEqual(await ledger.execute(block), receipts);
    assert.equal(await ledger.stateRoot(), root);
    assert.equal(ledger.executedSequence(), 0);
  });

  it('a failed write leaves the block unexecuted', async () => {
    const disk = new MemoryDisk();
    const ledger = await openLedger(disk);
    disk.failWrites(new Error('disk full'));
    await assert.rejects(ledger.execute(blockOf(0, [transaction(1, 0, encodePut('a', '1'))])), { code: 'write-failed' });
    assert.deepEqual([ledger.executedSequence(), await ledger.query(bytes('a'))], [-1, undefined]);
  });

  it('lists the application\'s entries by prefix, page by page, and nothing of the other key spaces', async () => {
    const ledger = await openLedger(new MemoryDisk());
    const keys = ['a', 'b', 'b/1', 'b/2', 'b/3', 'c', '\u00ff', '\u00ff\u00ff'].map((key) => Uint8Array.from(Buffer.from(key, 'latin1')));
    await ledger.execute(blockOf(0, keys.map((key, nonce) => transaction(1, nonce, encodePut(key, key)))));
    const list = async (prefix: string, after?: string, maxCount = 100, maxBytes = 1_000) => {
      const { entries, hasMore } = await ledger.entries({ prefix: Buffer.from(prefix, 'latin1'), after: after === undefined ? undefined : Buffer.from(after, 'latin1'), maxCount, maxBytes });
      for (const [key, value] of entries) assert.deepEqual(key, value);
      return [entries.map(([key]) => Buffer.from(key).toString('latin1')), hasMore];
    };
    assert.deepEqual(await list(''), [['a', 'b', 'b/1', 'b/2', 'b/3', 'c', '\u00ff', '\u00ff\u00ff'], false]);
    assert.deepEqual(await list('b/'), [['b/1', 'b/2', 'b/3'], false]);
    assert.deepEqual(await list('b/', undefined, 2), [['b/1', 'b/2'], true]);
    assert.deepEqual(await list('b/', 'b/2', 2), [['b/3'], false]);
    assert.deepEqual(await list('b/', undefined, 3), [['b/1', 'b/2', 'b/3'], false]);
    assert.deepEqual(await list('b/', 'a', 1), [['b/1'], true], 'after what comes before the prefix');
    assert.deepEqual(await list('b/', 'c'), [[], false], 'after what comes behind the prefix');
    assert.deepEqual(await list('\u00ff'), [['\u00ff', '\u00ff\u00ff'], false], 'the last of the key space');
    assert.deepEqual(await list('', undefined, 100, 4), [['a', 'b'], true]);
    assert.deepEqual(await list('b/', undefined, 100, 1), [['b/1'], true], 'one at least');
  });

  it('section 6: proves a value under the state root', async () => {
    const ledger = await openLedger(new MemoryDisk());
    await ledger.execute(blockOf(0, Array.from({ length: 50 }, (_, index) => transaction(1, index, encodePut(`key ${index}`, `value ${index}`)))));
    const proven = await ledger.prove(bytes('key 7'));
    assert.ok(proven);
    assert.deepEqual([text(proven.value), proven.stateRoot, proven.sequence], ['value 7', await ledger.stateRoot(), 0]);
    assert.ok(verifyStateProof(proven.stateRoot, proven.key, proven.value, proven.proof));
    assert.equal(await ledger.prove(bytes('key 70')), undefined);
  });

  it('golden: the state root of a small ledger', async () => {
    const ledger = await openLedger(new MemoryDisk());
    await ledger.execute(blockOf(0, [transaction(1, 0, encodePut('a', '1')), transaction(2, 3, encodePut('b', '2'))]));
    assert.equal(await ledger.stateRoot(), '72105a9879aa6ec773e8e919932ed73f0cfab744dce40768e6cb415006d48ef9');
  });

  const operation = fc.record({ sender: fc.nat(2), nonce: fc.nat(30), key: fc.nat(8), value: fc.option(fc.nat(3), { nil: undefined }) });
  const blocks = fc.array(fc.array(operation, { maxLength: 6 }), { minLength: 1, maxLength: 12 }).map((plan) => plan.map((operations, sequence) => (
    blockOf(sequence, operations.map(({ sender, nonce, key, value }) => (
      transaction(sender, nonce, value === undefined ? encodeDelete(`key ${key}`) : encodePut(`key ${key}`, `value ${value}`)))))
  )));

  it('invariant 6: the root is the same whether worked out after every block or at the end', async () => {
    await fc.assert(fc.asyncProperty(blocks, async (chain) => {
      const often = await openLedger(new MemoryDisk());
      const once = await openLedger(new MemoryDisk());
      for (const block of chain) {
        await often.execute(block);
        await often.stateRoot();
        await once.execute(block);
      }
      assert.equal(await often.stateRoot(), await once.stateRoot());
    }), { numRuns: 30 });
  });

  it('invariant 6: blocks executed as one batch leave what they leave one by one: receipts, state and root', async () => {
    await fc.assert(fc.asyncProperty(blocks, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 12, maxLength: 12 }), async (chain, sizes) => {
      const steady = await openLedger(new MemoryDisk());
      const expected = [];
      for (const block of chain) expected.push(await steady.execute(block));

      const ledger = await openLedger(new MemoryDisk());
      const receipts = [];
      for (const size of sizes) {
        const from = ledger.executedSequence() + 1;
        receipts.push(...await ledger.executeAll(chain.slice(from, from + size), size % 2 === 0));
      }
      assert.deepEqual(receipts, expected);
      assert.equal(ledger.executedSequence(), chain.length - 1);
      assert.equal(await ledger.stateRoot(), await steady.stateRoot());
      for (let key = 0; key < 9; key += 1) assert.deepEqual(await ledger.query(bytes(`key ${key}`)), await steady.query(bytes(`key ${key}`)));
      for (const { id } of chain.flatMap(({ transactions }) => transactions)) assert.deepEqual(await ledger.receipt(id), await steady.receipt(id));
    }), { numRuns: 60 });
  });

  it('section 5: a batch of blocks is executed whole or not at all, and blocks that were executed may be given again', async () => {
    const chain = [0, 1, 2].map((sequence) => blockOf(sequence, [transaction(1, sequence, encodePut('a', `${sequence}`))]));
    const disk = new MemoryDisk();
    const ledger = await openLedger(disk);
    await ledger.execute(chain[0]!);
    await disk.open().write([], { sync: true });
    const reopened = await openLedger(disk);
    const receipts = await reopened.executeAll(chain);
    assert.deepEqual(receipts.map(([receipt]) => [receipt?.sequence, receipt?.ok]), [[0, true], [1, true], [2, true]]);
    disk.crash();
    const after = await openLedger(disk);
    assert.equal(after.executedSequence(), 0);
    assert.equal(text(await after.query(bytes('a'))), '0');
    await assert.rejects(after.executeAll([chain[1]!, blockOf(3, [])]), (error: unknown) => error instanceof LedgerError && error.code === 'out-of-order');
    assert.equal(after.executedSequence(), 0);
  });

  it('section 5, invariant 6: power loss at any point leads to the same state and root', async () => {
    const events = fc.array(fc.constantFrom('root', 'crash', 'sync', 'restart', 'none'), { minLength: 12, maxLength: 12 });
    await fc.assert(fc.asyncProperty(blocks, events, async (chain, plan) => {
      const steady = await openLedger(new MemoryDisk());
      for (const block of chain) await steady.execute(block);

      const disk = new MemoryDisk();
      let ledger = await openLedger(disk);
      for (const [sequence, event] of plan.slice(0, chain.length).entries()) {
        await ledger.executeAll(chain.slice(ledger.executedSequence() + 1, sequence + 1), sequence % 3 === 0);
        if (event === 'root') await ledger.stateRoot();
        if (event === 'sync') await disk.open().write([], { sync: true });
        if (event === 'crash') disk.crash();
        if (event !== 'root' && event !== 'none') ledger = await openLedger(disk);
      }
      for (const block of chain.slice(ledger.executedSequence() + 1)) await ledger.execute(block);
      assert.equal(await ledger.stateRoot(), await steady.stateRoot());
      for (let key = 0; key < 9; key += 1) assert.deepEqual(await ledger.query(bytes(`key ${key}`)), await steady.query(bytes(`key ${key}`)));
      for (const { id } of chain.flatMap(({ transactions }) => transactions)) assert.deepEqual(await ledger.receipt(id), await steady.receipt(id));
    }), { numRuns: 60 });
  });

  it('section 5: a root over more leaves than one batch takes survives a power loss between its batches', async () => {
    const changes = Array.from({ length: 9_000 }, (_, index) => ({ key: bytes(`key ${index}`), value: bytes('1') }));
    const rootAfter = async (batchesBeforeLoss: number): Promise<string> => {
      const disk = new MemoryDisk();
      const store = await stateOf(disk);
      let batches = 0;
      const root = await StateRoot.open(new WriteBehind({
        get: (key) => store.get(key), getMany: (keys) => store.getMany(keys), iterate: (range) => store.iterate(range),
        write: (written) => {
          batches += 1;
          return batches > batchesBeforeLoss ? Promise.reject(new Error('power loss')) : store.write(written);
        },
      }));
      const note = root.noteOf(toSequence(0), changes);
      await store.write([note.change]);
      root.noteWritten(note);
      return root.root().catch(async () => {
        assert.equal(batches, batchesBeforeLoss + 1);
        return (await StateRoot.open(new WriteBehind(await stateOf(disk)))).root();
      });
    };
    const undisturbed = await rootAfter(Number.POSITIVE_INFINITY);
    assert.equal(await rootAfter(0), undisturbed);
    assert.equal(await rootAfter(1), undisturbed);
    assert.equal(await rootAfter(2), undisturbed);
  });
});
