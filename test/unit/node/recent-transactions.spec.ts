import assert from 'node:assert/strict';
import { Mempool } from '../../../src/mempool/mempool.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';
import { memberSource } from '../../../src/mempool/source-share.js';
import { rememberFinalTransactions } from '../../../src/node/recent-transactions.js';
import { SPACES } from '../../../src/storage/key-spaces.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import { CHAIN, chainOf, finalRecord } from '../storage/chain-fixture.js';

const PEER = memberSource(toPublicKeyHex('e'.repeat(64)));

describe('a restarted platform and transactions that were final before', () => {
  it('does not take them as pending again, so that they are not proposed a second time', async () => {
    const store = await openMemoryStore(new MemoryDisk(), CHAIN);
    const blocks = chainOf(40);
    await store.consensus.commit(blocks.map((block) => finalRecord(block)));
    const mempool = new Mempool();
    await rememberFinalTransactions(mempool, store.blocks);
    for (const transaction of blocks.flatMap(({ transactions }) => transactions)) assert.equal(mempool.add(transaction, PEER), 'known-final');
    assert.equal(mempool.hasPending, false);
  });

  it('a damaged block does not keep it from starting: what is newer is remembered', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    const blocks = chainOf(40);
    await store.consensus.commit(blocks.map((block) => finalRecord(block)));
    const [damaged] = [...disk.entries.keys()].filter((key) => key.charCodeAt(0) === SPACES.BLOCK).sort();
    disk.damage(damaged ?? '', Uint8Array.of(1));
    const mempool = new Mempool();
    await rememberFinalTransactions(mempool, store.blocks);
    assert.equal(mempool.add(blocks[39]!.transactions[0]!, PEER), 'known-final');
  });

  it('starts with nothing on a new chain', async () => {
    const mempool = new Mempool();
    await rememberFinalTransactions(mempool, (await openMemoryStore(new MemoryDisk(), CHAIN)).blocks);
    assert.equal(mempool.hasPending, false);
  });
});
