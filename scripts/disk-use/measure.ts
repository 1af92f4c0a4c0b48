import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assembleBlock } from '../../src/codec/block.js';
import { wireLimits } from '../../src/codec/limits.js';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import { encodePut, keyValueApplication } from '../../src/ledger/key-value.js';
import { Ledger } from '../../src/ledger/ledger.js';
import { genesisTip } from '../../src/storage/consensus-log.js';
import { openPlatformStore } from '../../src/storage/platform-store.js';
import type { Block } from '../../src/types/block.js';
import type { FastCertificate } from '../../src/types/certificates.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toSequence, toSlot, toView } from '../../src/types/ids.js';

const CHAIN_ID = sha256Hash(Buffer.from('disk use'));
const GENESIS_MS = 1_000;
const EPOCH = toEpoch(0);
const SIGNATURE_BYTES = 64;

export interface ChainShape {
  readonly blocks: number;
  readonly transactionsPerBlock: number;
  /** Of one transaction's value; its key is one of ten thousand. */
  readonly valueBytes: number;
  readonly members: number;
}

/** Bytes in a database directory that holds such a chain, of values and signatures that cannot be compressed, executed, after it was closed and opened again. */
export async function databaseBytes(shape: ChainShape): Promise<number> {
  const home = await mkdtemp(join(tmpdir(), 'fb-pbft-disk-use-'));
  const chain = { chainId: CHAIN_ID, genesisTip: genesisTip(CHAIN_ID, GENESIS_MS), limits: wireLimits({ maxBlockBytes: 4 << 20, maxBlockTransactions: 1_000, maxTransactionBytes: 1 << 16 }, shape.members) };
  try {
    const store = await openPlatformStore(home, chain);
    const ledger = await Ledger.open(store.state, keyValueApplication);
    for (const block of blocksOf(shape)) {
      const { epoch, slot, sequence } = block.header;
      await store.consensus.commit([{ type: 'final', epoch, slot, sequence, block, certificate: certificateOf(block, shape.members) }]);
      await ledger.execute(block);
    }
    await store.close();
    await (await openPlatformStore(home, chain)).close();
    const files = await readdir(join(home, 'db'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(home, 'db', name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } finally {
    await rm(home, { recursive: true });
  }
}

function* blocksOf({ blocks, transactionsPerBlock, valueBytes }: ChainShape): Iterable<Block> {
  const signer = createSigner(generateSeed());
  let parentHash = CHAIN_ID;
  for (let number = 0; number < blocks; number += 1) {
    const transactions = Array.from({ length: transactionsPerBlock }, (_, index) => {
      const nonce = number * transactionsPerBlock + index;
      const payload = encodePut(`key/${nonce % 10_000}`, randomBytes(valueBytes));
      return createTransaction({ chainId: CHAIN_ID, sender: signer.publicKey, nonce, payload }, (message) => signer.sign(message));
    });
    const block = assembleBlock({
      chainId: CHAIN_ID, epoch: EPOCH, view: toView(0), sequence: toSequence(number), slot: toSlot(number), parentSlot: toSlot(number - 1),
      parentHash, timestampMs: GENESIS_MS + 1 + number, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
    }, transactions);
    parentHash = block.hash;
    yield block;
  }
}

function certificateOf(block: Block, members: number): FastCertificate {
  const signatures = Array.from({ length: members }, (_, index) => ({
    signer: toMemberIndex(index), first: true as const, basisHash: ZERO_HASH, signature: randomBytes(SIGNATURE_BYTES),
  }));
  return { kind: 'FAST', epoch: block.header.epoch, slot: block.header.slot, blockHash: block.hash, signatures };
}
