import { join } from 'node:path';
import type { WireLimits } from '../../src/codec/limits.js';
import { wireLimits } from '../../src/codec/limits.js';
import { decodeVote } from '../../src/codec/wire/votes.js';
import type { DurableRecord } from '../../src/consensus/records.js';
import { bytesToHash } from '../../src/crypto/hash.js';
import { keyValueApplication } from '../../src/ledger/key-value.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { genesisTip } from '../../src/storage/consensus-log.js';
import { spaceRange, u64At } from '../../src/storage/key-spaces.js';
import { LevelByteStore } from '../../src/storage/level-byte-store.js';
import { openPlatformStore } from '../../src/storage/platform-store.js';
import { SealedStore } from '../../src/storage/sealed-store.js';
import type { BlockStore } from '../../src/storage/stores.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { Hash } from '../../src/types/ids.js';
import { toEpoch, toSequence, toSlot } from '../../src/types/ids.js';
import type { Equivocation } from '../../src/types/messages.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import type { Receipt } from '../../src/ledger/receipt.js';

/** Blocks read at a time. */
const READ_COUNT = 256;
const READ_BYTES = 32 * 1024 * 1024;

/** What is in the database of a platform that has stopped. */
export interface StoppedPlatform {
  readonly name: string;
  readonly blocks: readonly CommittedBlock[];
  readonly votes: readonly DurableRecord[];
  readonly evidence: readonly Equivocation[];
  /** Root of its state after all of `blocks`, as it computes it. */
  readonly stateRoot: Hash;
  /** How transactions fared, by id; undefined where the platform has no receipt. */
  readonly receipts: ReadonlyMap<Hash, Receipt | undefined>;
}

/** @throws StorageError, LedgerError */
export async function readStopped(name: string, home: string, genesis: Genesis, transactionIds: readonly Hash[]): Promise<StoppedPlatform> {
  const limits = wireLimits(genesis.parameters, genesis.membership.members.length);
  const votes = await readVotes(home, limits);
  const store = await openPlatformStore(home, { chainId: genesis.chainId, genesisTip: genesisTip(genesis.chainId, genesis.timestampMs), limits });
  try {
    const blocks = await readBlocks(store.blocks);
    const ledger = await Ledger.open(store.state, keyValueApplication);
    for (const { block } of blocks.slice(ledger.executedSequence() + 1)) await ledger.execute(block);
    const receipts = new Map<Hash, Receipt | undefined>();
    for (const id of transactionIds) receipts.set(id, await ledger.receipt(id));
    return { name, blocks, votes, evidence: await store.blocks.equivocations(), stateRoot: await ledger.stateRoot(), receipts };
  } finally {
    await store.close();
  }
}

async function readBlocks(store: BlockStore): Promise<CommittedBlock[]> {
  const blocks: CommittedBlock[] = [];
  for (;;) {
    const part = await store.range(toSequence(blocks.length), READ_COUNT, READ_BYTES);
    if (part.length === 0) return blocks;
    blocks.push(...part);
  }
}

/** Own votes that are still kept, with the bases that they name. */
async function readVotes(home: string, limits: WireLimits): Promise<DurableRecord[]> {
  const bytes = await LevelByteStore.open(join(home, 'db'));
  try {
    const store = await SealedStore.open(bytes);
    const records: DurableRecord[] = [];
    for await (const [key, value] of store.iterate({ ...spaceRange('BASIS'), limit: -1 })) {
      records.push({ type: 'basis', epoch: toEpoch(u64At(key, 1)), slot: toSlot(u64At(key, 9)), basisHash: bytesToHash(key.subarray(17)), bytes: value });
    }
    for await (const [, value] of store.iterate({ ...spaceRange('VOTE'), limit: -1 })) records.push({ type: 'vote', vote: decodeVote(value, limits) });
    return records;
  } finally {
    await bytes.close();
  }
}
