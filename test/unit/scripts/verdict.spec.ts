import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readChain } from '../../../scripts/federation/databases.js';
import { platformsOf } from '../../../scripts/federation/description.js';
import { prepareDirectory } from '../../../scripts/federation/directory.js';
import type { FederationDirectory } from '../../../scripts/federation/directory.js';
import { FederationObserver } from '../../../scripts/federation/observer.js';
import { verdictOf } from '../../../scripts/federation/verdict.js';
import { assembleBlock } from '../../../src/codec/block.js';
import { wireLimits } from '../../../src/codec/limits.js';
import { openPlatformStore } from '../../../src/storage/platform-store.js';
import type { Block } from '../../../src/types/block.js';
import type { Genesis } from '../../../src/types/genesis.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toEpoch, toMemberIndex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import { observed } from './observed-status.js';

/** A chain of empty blocks; `shiftMs` makes another one. */
function chain({ chainId, timestampMs, membership }: Genesis, count: number, shiftMs = 0): Block[] {
  const blocks: Block[] = [];
  for (let sequence = 0; sequence < count; sequence += 1) {
    blocks.push(assembleBlock({
      chainId, epoch: toEpoch(0), view: toView(0), sequence: toSequence(sequence), slot: toSlot(sequence), parentSlot: toSlot(sequence - 1),
      parentHash: blocks.at(-1)?.hash ?? chainId, timestampMs: timestampMs + sequence + 1 + shiftMs, nextMembersHash: membership.membersHash, proposer: toMemberIndex(sequence % 2),
    }, []));
  }
  return blocks;
}

async function storeChain(home: string, genesis: Genesis, blocks: readonly Block[]): Promise<void> {
  const store = await openPlatformStore(home, {
    chainId: genesis.chainId,
    genesisTip: { hash: genesis.chainId, slot: GENESIS_SLOT, sequence: GENESIS_SEQUENCE, view: 0, timestampMs: genesis.timestampMs, certificate: undefined },
    limits: wireLimits(genesis.parameters, 2),
  });
  for (const block of blocks) {
    const { epoch, slot, sequence } = block.header;
    await store.consensus.commit([
      { type: 'block', epoch, slot, block, signature: new Uint8Array(64) },
      {
        type: 'final', epoch, slot, sequence, block,
        certificate: { kind: 'SLOW', epoch, slot, blockHash: block.hash, signatures: [0, 1].map((signer) => ({ signer: toMemberIndex(signer), signature: new Uint8Array(64) })) },
      },
    ]);
  }
  await store.close();
}

describe('federation script: verdict, from the platforms\' own databases (invariant 1)', () => {
  let dir: string;
  let directory: FederationDirectory;
  let observer: FederationObserver;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fb-pbft-verdict-'));
    const description = {
      society: 'lct:web4:society:demo', fastPath: 'largest' as const, bootstrap: ['Thor'],
      platforms: ['Thor', 'Sprout'].map((name) => ({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' })),
    };
    directory = await prepareDirectory(dir, description, platformsOf(description, 2), false);
    observer = new FederationObserver(['Thor', 'Sprout'], 0);
    observer.observe('Thor', observed(0));
    observer.sample(0);
    observer.observe('Thor', observed(6, { finality_ms: { last: 1, p50: 3.14159, p99: 12 } }));
    observer.sample(2000);
  });
  afterEach(() => rm(dir, { recursive: true }));

  function home(index: number): string {
    return directory.platforms[index]?.home ?? '';
  }

  it('is the hash of the last block asked for, with finality and rates', async () => {
    const blocks = chain(directory.genesis, 6);
    await storeChain(home(0), directory.genesis, blocks);
    await storeChain(home(1), directory.genesis, blocks.slice(0, 5));
    assert.deepEqual(await verdictOf(directory, observer, 5), {
      platforms: 2, sequence: 5, blockHash: blocks[4]?.hash, agreed: true, finalityMsP50: 3.14, finalityMsP99: 12, blocksPerSecond: 3, transactionsPerSecond: 30,
    });
    assert.deepEqual((await readChain('Thor', home(0), directory.genesis, 300)).hashes, blocks.map(({ hash }) => hash));
  });

  it('a database with another block is a disagreement, whatever the counters said', async () => {
    await storeChain(home(0), directory.genesis, chain(directory.genesis, 3));
    await storeChain(home(1), directory.genesis, chain(directory.genesis, 3, 1));
    await assert.rejects(verdictOf(directory, observer, 3), { code: 'disagreement', message: /^Sprout has block 0 as [0-9a-f]{64} in its database, the others as/ });
  });

  it('so is a database that has too few blocks, or cannot be read', async () => {
    await storeChain(home(0), directory.genesis, chain(directory.genesis, 3));
    await assert.rejects(verdictOf(directory, observer, 3), { code: 'disagreement', message: /^Sprout has 0 blocks/ });
    const other = { ...directory, genesis: { ...directory.genesis, chainId: directory.genesis.membership.membersHash } };
    await assert.rejects(verdictOf(other, observer, 3), { code: 'disagreement', message: /^Thor's database cannot be read: .*belongs to the chain/ });
  });
});
