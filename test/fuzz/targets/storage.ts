import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { isDeepStrictEqual } from 'node:util';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import type { OwnVote } from '../../../src/types/messages.js';
import { toSequence } from '../../../src/types/ids.js';
import { CHAIN, chainOf, commit, equivocation, finalRecord, prepare, prepareCertificate, proposalRecord, skipCertificate, viewChange, voteRecord } from '../../unit/storage/chain-fixture.js';
import { Choices, bytesOf, textOf } from '../entropy.js';
import type { Target } from '../target.js';

interface Filled {
  readonly disk: MemoryDisk;
  readonly votes: readonly OwnVote[];
}

/** A disk with an entry in every key space but STATE, and the votes that it remembers. */
async function filled(): Promise<Filled> {
  const disk = new MemoryDisk();
  const store = await openMemoryStore(disk, CHAIN);
  const [first, second, third] = chainOf(3);
  assert.ok(first && second && third);
  await store.consensus.commit([proposalRecord(first), voteRecord(prepare(0, first.hash)), finalRecord(first)]);
  await store.consensus.commit([proposalRecord(second), voteRecord(prepare(1, second.hash)), { type: 'certificate', certificate: prepareCertificate(second) }]);
  await store.consensus.commit([voteRecord(commit(1, second.hash)), { type: 'proposed', epoch: third.header.epoch, slot: third.header.slot, blockHash: third.hash }, proposalRecord(third)]);
  await store.consensus.commit([
    voteRecord(viewChange(4)), { type: 'certificate', certificate: skipCertificate(4) }, { type: 'equivocation', evidence: equivocation(second, third) },
    { type: 'basis', epoch: third.header.epoch, slot: third.header.slot, basisHash: third.hash, bytes: new Uint8Array(70) },
  ]);
  const { votes } = await store.consensus.load();
  await store.close();
  return { disk, votes };
}
const FILLED = filled();

function bytesOfKey(key: string): Uint8Array {
  return Uint8Array.from(Buffer.from(key, 'latin1'));
}

/** With a checksum that fits, as a defect of ours or another program could leave it. */
function sealed(key: string, value: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(value.byteLength + 4);
  bytes.set(value);
  bytes.writeUInt32BE(crc32(bytesOfKey(key), value.byteLength === 0 ? 0 : crc32(value)), value.byteLength);
  return new Uint8Array(bytes);
}

/** Does one thing to the disk. @returns whether only a forger could have: the checksum fits */
function damage(disk: MemoryDisk, choices: Choices): boolean {
  const keys = [...disk.entries.keys()].sort();
  const key = choices.pick(keys);
  const value = disk.entries.get(key) ?? new Uint8Array(0);
  const changed = value.slice();
  switch (choices.below(8)) {
    case 0: case 1:
      if (changed.byteLength > 0) changed[choices.u16() % changed.byteLength]! ^= 1 << choices.below(8);
      disk.damage(key, changed);
      return false;
    case 2: disk.damage(key, value.subarray(0, choices.u16() % (value.byteLength + 1))); return false;
    case 3: disk.damage(key, disk.entries.get(choices.pick(keys))); return false;
    case 4: disk.file = textOf(choices.rest()); return false;
    case 5:
      if (choices.sixteenths(8)) disk.file = undefined;
      else disk.counter = choices.sixteenths(4) ? undefined : choices.rest();
      return false;
    case 6:
      if (changed.byteLength > 4) changed[choices.u16() % (changed.byteLength - 4)]! ^= 1 << choices.below(8);
      disk.damage(key, sealed(key, changed.subarray(0, Math.max(0, changed.byteLength - 4))));
      return true;
    default: disk.damage(key, sealed(key, choices.rest())); return true;
  }
}

async function readAll(store: PlatformStore): Promise<void> {
  const { blocks } = store;
  const [first] = chainOf(1);
  for (const read of [
    () => blocks.range(toSequence(0), 10, 1e6), () => blocks.bySequence(toSequence(0)), () => blocks.byHash(first!.hash), () => blocks.equivocations(),
    () => store.basis(first!.header.epoch, first!.header.slot, first!.hash),
  ]) await read();
}

/** A list of damages: none, or a store that says so, or one that knows its votes were lost, but never other votes. */
const storage: Target = {
  name: 'stored-records',
  generate: (random) => (random.chance(0.3) ? new Uint8Array(0) : bytesOf(random, random.pick([5, 5, 5, 12, 40]))),
  run: async (input) => {
    const { disk: whole, votes } = await FILLED;
    const disk = whole.snapshot();
    const choices = new Choices(input);
    let isForged = false;
    for (let count = 0; !choices.over && count < 8; count += 1) isForged = damage(disk, choices) || isForged;
    try {
      const store = await openMemoryStore(disk, CHAIN);
      const loaded = await store.consensus.load();
      await readAll(store);
      // Where the newest final block is damaged, those in its slot are to be repeated, too.
      const above = loaded.votes.filter(({ slot }) => store.newestDamage === undefined || slot > (loaded.floorSlot ?? -1));
      if (!isForged && store.voteStore !== 'lost') assert.ok(isDeepStrictEqual(above, votes), 'other votes than were given');
      return 'accepted';
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      return 'rejected';
    }
  },
  leastAccepted: 0.3,
  weight: 0.1,
};

export const STORAGE_TARGETS: readonly Target[] = [storage];
