import type { Ledger } from '../ledger/ledger.js';
import type { Mempool } from '../mempool/mempool.js';
import type { BlockStore } from '../storage/stores.js';
import type { Hash } from '../types/ids.js';
import { toSequence } from '../types/ids.js';

/** Enough for what peers that are behind may still send again; the mempool remembers about as many. */
const MAX_REMEMBERED_TRANSACTIONS = 10_000;
const MAX_REMEMBERED_BLOCKS = 2_048;
/** Blocks read at a time, newest first. */
const READ_COUNT = 16;

/**
 * Tells a new mempool which transactions became final lately. Without that a platform that was restarted takes copies
 * that a peer still has pending, and proposes them a second time: without effect, since their nonces are used, but for
 * the room they take in a block.
 * @throws StorageError, LedgerError
 */
export async function rememberFinalTransactions(mempool: Mempool, blocks: BlockStore, ledger: Pick<Ledger, 'receipt'>): Promise<void> {
  const recent: (readonly Hash[])[] = [];
  let count = 0;
  let next = blocks.finalSequence();
  while (next >= blocks.firstSequence() && recent.length < MAX_REMEMBERED_BLOCKS && count < MAX_REMEMBERED_TRANSACTIONS) {
    const from = Math.max(blocks.firstSequence(), next - READ_COUNT + 1);
    const part = await blocks.range(toSequence(from), next - from + 1, Number.POSITIVE_INFINITY);
    for (const { block } of [...part].reverse()) {
      recent.push(block.transactions.map(({ id }) => id));
      count += block.transactions.length;
    }
    next = toSequence(from - 1);
  }
  for (const ids of recent.reverse()) {
    mempool.markFinal(ids);
    const receipts = await Promise.all(ids.map((id) => ledger.receipt(id)));
    mempool.markFailed(ids.filter((_, index) => receipts[index]?.ok === false));
  }
}
