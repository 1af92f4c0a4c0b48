import { wireLimits } from '../../src/codec/limits.js';
import { openPlatformStore } from '../../src/storage/platform-store.js';
import type { Genesis } from '../../src/types/genesis.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toSequence } from '../../src/types/ids.js';
import type { PlatformChain } from './agreement.js';

/** Blocks read at a time. */
const READ_COUNT = 256;
const READ_BYTES = 32 * 1024 * 1024;

/**
 * Reads a stopped platform's blocks from its own database.
 * @param count how many, from sequence 0; fewer are given where it has fewer
 * @throws StorageError where the database is damaged, or in use
 */
export async function readChain(name: string, home: string, genesis: Genesis, count: number): Promise<PlatformChain> {
  const store = await openPlatformStore(home, {
    chainId: genesis.chainId,
    genesisTip: { hash: genesis.chainId, slot: GENESIS_SLOT, sequence: GENESIS_SEQUENCE, view: 0, timestampMs: genesis.timestampMs, certificate: undefined },
    limits: wireLimits(genesis.parameters, genesis.membership.members.length),
  });
  try {
    const hashes: string[] = [];
    while (hashes.length < count) {
      const blocks = await store.blocks.range(toSequence(hashes.length), Math.min(READ_COUNT, count - hashes.length), READ_BYTES);
      if (blocks.length === 0) break;
      for (const { block } of blocks) hashes.push(block.hash);
    }
    return { name, hashes };
  } finally {
    await store.close();
  }
}
