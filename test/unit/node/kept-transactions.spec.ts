import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256 } from '../../../src/crypto/hash.js';
import { Mempool } from '../../../src/mempool/mempool.js';
import { clientAt, memberSource } from '../../../src/mempool/source-share.js';
import { KeptTransactions } from '../../../src/node/kept-transactions.js';
import { TransactionRejected } from '../../../src/node/transaction-intake.js';
import { MAX_JOURNAL_BYTES, PendingJournal } from '../../../src/storage/pending-journal.js';
import type { Transaction } from '../../../src/types/block.js';
import { toPublicKeyHex, ZERO_HASH } from '../../../src/types/ids.js';

const sender = toPublicKeyHex('1'.padStart(64, '0'));
const transaction = (nonce: number): Transaction => createTransaction(
  { chainId: ZERO_HASH, sender, nonce, payload: new Uint8Array(8) }, (message) => Buffer.concat([sha256(message), sha256(message)]));

describe('transactions accepted from clients over a clean stop', () => {
  let home: string;
  beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'fb-pbft-kept-')); });
  afterEach(() => rm(home, { recursive: true }));

  /** A platform's run on the home, as far as this goes. */
  function run(journal: Pick<PendingJournal, 'read' | 'write'> = new PendingJournal(home), isFinal: (bytes: Uint8Array) => boolean = () => false) {
    const mempool = new Mempool();
    const said: (string | number)[][] = [];
    const state = { pauses: 0, onPause: (): void => undefined };
    const known = new Map<string, Transaction>(Array.from({ length: 40 }, (_, nonce) => transaction(nonce)).map((each) => [Buffer.from(each.bytes).toString('hex'), each]));
    const kept = new KeptTransactions({
      journal, mempool,
      intake: {
        submit: (bytes) => {
          const found = known.get(Buffer.from(bytes).toString('hex')) ?? assert.fail('other bytes than were kept');
          if (isFinal(bytes)) throw new TransactionRejected('already-final', 'final');
          mempool.add(found, clientAt('here'));
          return found.id;
        },
      },
      events: {
        restored: (pending, refused) => said.push(['restored', pending, refused]), kept: (count) => said.push(['kept', count]),
        forgotten: (count, reason) => said.push(['forgotten', count, reason]), unreadable: (reason) => said.push(['unreadable', reason]),
      },
      pause: () => {
        state.pauses += 1;
        state.onPause();
        return Promise.resolve();
      },
    });
    const pending = (): number[] => [...mempool.localPending()].map(({ nonce }) => nonce);
    return { mempool, kept, said, state, pending };
  }

  it('are pending again, in their order and a few at a time; what came from peers is theirs to keep', async () => {
    const before = run();
    for (let nonce = 0; nonce < 40; nonce += 1) before.mempool.add(transaction(nonce), nonce === 7 ? memberSource(sender) : clientAt('here'));
    before.mempool.markFinal([transaction(3).id]);
    await before.kept.keep();
    assert.deepEqual(before.said, [['kept', 38]]);

    const after = run(new PendingJournal(home), (bytes) => Buffer.compare(bytes, transaction(5).bytes) === 0);
    await after.kept.restore();
    assert.deepEqual(after.pending(), Array.from({ length: 40 }, (_, nonce) => nonce).filter((nonce) => ![3, 5, 7].includes(nonce)));
    assert.deepEqual([after.said, after.state.pauses], [[['restored', 37, 1]], 3]);
  });

  it('stay kept over a crash, and over a stop in the midst of it; nothing is left once nothing is pending', async () => {
    const before = run();
    for (let nonce = 0; nonce < 40; nonce += 1) before.mempool.add(transaction(nonce), clientAt('here'));
    await before.kept.keep();
    await run().kept.restore();

    const interrupted = run();
    let stopping: Promise<void> | undefined;
    interrupted.state.onPause = () => { stopping ??= interrupted.kept.keep(); };
    await interrupted.kept.restore();
    await stopping;
    assert.deepEqual([interrupted.pending().length, interrupted.said], [16, [['kept', 40]]]);

    const last = run();
    await last.kept.restore();
    last.mempool.markFinal([...last.mempool.localPending()].map(({ id }) => id));
    await last.kept.keep();
    assert.deepEqual([await readdir(home), last.said], [[], [['restored', 40, 0]]]);
  });

  it('what cannot be kept is told, and a damaged journal gives what is whole', async () => {
    const full = run({ read: () => Promise.reject(new Error('unreadable')), write: () => Promise.reject(new Error('no space left')) });
    await full.kept.restore();
    full.mempool.add(transaction(0), clientAt('here'));
    await full.kept.keep();
    assert.deepEqual(full.said, [['unreadable', 'unreadable'], ['forgotten', 1, 'no space left']]);

    const journal = new PendingJournal(home);
    const large = [new Uint8Array(MAX_JOURNAL_BYTES - 12), new Uint8Array(4), new Uint8Array(1)];
    assert.equal(await journal.write(large), 2, 'bounded in bytes');
    assert.deepEqual((await journal.read()).map(({ byteLength }) => byteLength), large.slice(0, 2).map(({ byteLength }) => byteLength));
    await journal.write([transaction(0).bytes, transaction(1).bytes]);
    const [file] = await readdir(home);
    await truncate(join(home, file ?? ''), (await readFile(join(home, file ?? ''))).byteLength - 1);
    assert.deepEqual(await journal.read(), [new Uint8Array(transaction(0).bytes)]);
  });
});
