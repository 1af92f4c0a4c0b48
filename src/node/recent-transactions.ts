import type { Mempool } from '../mempool/mempool.js';
import type { BlockStore } from '../storage/stores.js';
import { StorageError } from '../storage/storage-error.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';

/** Enough for what peers that are behind may still send again; the mempool remembers about as many. */
const MAX_REMEMBERED_TRANSACTIONS = 10_000;
const MAX_REMEMBERED_BLOCKS = 2_048;
/** Blocks read at a time, newest first. */
const READ_COUNT = 16;

/**
 * Tells a new mempool which transactions became final lately. Without that a platform that was restarted takes copies
 * that a peer still has pending, and proposes them a second time: without effect, since their nonces are used, but for
 * the room they take in a block. What is older than a damaged block is left out: that block is repaired later, from
 * members who are not connected yet.
 * @throws StorageError other than `corrupt`
 */
export async function rememberFinalTransactions(mempool: Mempool, blocks: BlockStore): Promise<void> {
  const recent: (readonly Hash[])[] = [];
  let count = 0;
  let next = blocks.finalSequence();
  while (next >= blocks.firstSequence() && recent.length < MAX_REMEMBERED_BLOCKS && count < MAX_REMEMBERED_TRANSACTIONS) {
    const from = Math.max(blocks.firstSequence(), next - READ_COUNT + 1);
    const part = await readUnlessDamaged(blocks, toSequence(from), next - from + 1);
    if (part === undefined) break;
    for (const { block } of [...part].reverse()) {
      recent.push(block.transactions.map(({ id }) => id));
      count += block.transactions.length;
    }
    next = toSequence(from - 1);
  }
  for (const ids of recent.reverse()) mempool.markFinal(ids);
}

async function readUnlessDamaged(blocks: BlockStore, from: Sequence, count: number): Promise<readonly CommittedBlock[] | undefined> {
  try {
    return await blocks.range(from, count, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'corrupt') return undefined;
    throw error;
  }
}
