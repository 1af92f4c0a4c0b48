import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VOTE_RETENTION_SLOTS } from '../../../src/storage/consensus-log.js';
import { SCHEMA_VERSION, SPACES } from '../../../src/storage/key-spaces.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore, openPlatformStore } from '../../../src/storage/platform-store.js';
import { SealedStore } from '../../../src/storage/sealed-store.js';
import type { StorageErrorCode } from '../../../src/storage/storage-error.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { toSequence } from '../../../src/types/ids.js';
import { CHAIN, CHAIN_ID, blockAt, chainOf, commit, finalRecord, hashOf, prepare, prepareCertificate, proposalRecord, voteRecord } from './chain-fixture.js';

function storageError(code: StorageErrorCode, text = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StorageError, `not a StorageError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  };
}

/** Disk entries of one key space. */
function entriesOf(disk: MemoryDisk, space: keyof typeof SPACES): readonly (readonly [string, Uint8Array])[] {
  return [...disk.entries].filter(([key]) => key.charCodeAt(0) === SPACES[space]);
}

async function filledDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const store = await openMemoryStore(disk, CHAIN);
  const [first, second] = chainOf(2);
  assert.ok(first && second);
  await store.consensus.commit([finalRecord(first)]);
  await store.consensus.commit([proposalRecord(second), voteRecord(prepare(1, second.hash)), { type: 'certificate', certificate: prepareCertificate(second) }]);
  await store.consensus.commit([{ type: 'proposed', epoch: second.header.epoch, slot: second.header.slot, blockHash: second.hash }]);
  await store.close();
  return disk;
}

describe('storage: power loss', () => {
  it('section 5: what was committed survives, what was not synced does not', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    const key = Uint8Array.of(1);
    await store.state.write([{ key, value: Uint8Array.of(1) }]);
    await store.consensus.commit([voteRecord(commit(3, hashOf('a')))]);
    await store.state.write([{ key, value: Uint8Array.of(2) }]);
    disk.crash();
    const again = await openMemoryStore(disk, CHAIN);
    assert.deepEqual(await again.state.get(key), Uint8Array.of(1));
    assert.deepEqual((await again.consensus.load()).votes, [commit(3, hashOf('a'))]);
  });

  it('section 5: a batch whose sync has not finished is not reported durable, and is lost whole', async () => {
    let release: () => void = () => undefined;
    let isSlow = false;
    const disk = new MemoryDisk({ beforeSync: () => (isSlow ? new Promise((resolve) => { release = resolve; }) : Promise.resolve()) });
    const store = await openMemoryStore(disk, CHAIN);
    isSlow = true;
    const [first] = chainOf(1);
    assert.ok(first);
    const committing = store.consensus.commit([finalRecord(first), voteRecord(commit(3, hashOf('a')))]);
    assert.equal(store.blocks.finalSequence(), -1);
    await new Promise(setImmediate);
    disk.crash();
    release();
    await assert.rejects(committing, storageError('write-failed'));
    assert.equal(store.blocks.finalSequence(), -1);
    isSlow = false;
    const again = await openMemoryStore(disk, CHAIN);
    assert.deepEqual((await again.consensus.load()).votes, []);
    assert.equal(again.blocks.finalSequence(), -1);
  });

  it('section 5: after a failed write nothing more is taken, even once the disk works again', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    disk.failWrites(new Error('ENOSPC: no space left on device'));
    await assert.rejects(store.consensus.commit([voteRecord(commit(1, hashOf('a')))]), storageError('write-failed', /no space left/));
    disk.failWrites(undefined);
    await assert.rejects(store.consensus.commit([voteRecord(commit(2, hashOf('a')))]), storageError('stopped', /no space left/));
    await assert.rejects(store.state.write([{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]), storageError('stopped'));
    assert.deepEqual((await store.consensus.load()).votes, []);
  });
});

describe('storage: damage', () => {
  for (const space of ['VOTE', 'PROPOSED', 'PROPOSAL', 'CERTIFICATE', 'BLOCK', 'META', 'JOURNAL'] as const) {
    it(`a flipped bit in key space ${space} is found at open and named`, async () => {
      const disk = await filledDisk();
      const [key, value] = entriesOf(disk, space).at(-1) ?? assert.fail('no entry');
      disk.damage(key, value.with(0, (value[0] ?? 0) ^ 1));
      await assert.rejects(openMemoryStore(disk, CHAIN), storageError('corrupt', new RegExp(`key space ${space}.*Do not restore a backup`)));
    });
  }

  it('a number that is cut short is damage, too, even where its checksum fits', async () => {
    for (const space of ['JOURNAL', 'HASH'] as const) {
      const disk = await filledDisk();
      const [key] = entriesOf(disk, space)[0] ?? assert.fail('no entry');
      const short = new Uint8Array(3);
      const sealed = Buffer.alloc(7);
      sealed.writeUInt32BE(crc32(Buffer.from(key, 'latin1'), crc32(short)), 3);
      disk.damage(key, new Uint8Array(sealed));
      const [first] = chainOf(1);
      await assert.rejects(openMemoryStore(disk, CHAIN).then(({ blocks }) => blocks.byHash(first?.hash ?? CHAIN_ID)), storageError('corrupt'));
    }
  });

  it('a value put under another key is found', async () => {
    const disk = await filledDisk();
    const [key] = entriesOf(disk, 'VOTE')[0] ?? assert.fail('no entry');
    const [, other] = entriesOf(disk, 'PROPOSED')[0] ?? assert.fail('no entry');
    disk.damage(key, other);
    await assert.rejects(openMemoryStore(disk, CHAIN), storageError('corrupt'));
  });

  it('two values of one kind that changed places are found', async () => {
    const disk = new MemoryDisk();
    const sealed = await SealedStore.open(disk.open());
    const keys = [1, 2].map((number) => Uint8Array.of(SPACES.STATE, number));
    await sealed.write('state', { sync: true }, () => keys.map((key, index) => ({ key, value: Uint8Array.of(index) })));
    const [first, second] = entriesOf(disk, 'STATE');
    disk.damage(first?.[0] ?? '', second?.[1]);
    await assert.rejects(sealed.get(keys[0] ?? new Uint8Array(0)), storageError('corrupt'));
  });

  it('an empty value is no damage, wherever its buffer came from', async () => {
    const disk = new MemoryDisk();
    const sealed = await SealedStore.open(disk.open());
    const detached = new Uint8Array(0);
    assert.equal(Buffer.from(detached.buffer).byteLength, 0);
    const values = [new Uint8Array(0), detached, new Uint8Array(8).subarray(3, 3), new Uint8Array(new ArrayBuffer(0)), Buffer.alloc(0)];
    const keys = values.map((_, index) => Uint8Array.of(SPACES.STATE, index));
    await sealed.write('state', { sync: true }, () => keys.map((key, index) => ({ key, value: values[index] })));
    assert.deepEqual(await sealed.getMany(keys), values.map(() => new Uint8Array(0)));
  });

  it('section 5: a missing body above final is found at open: own votes were given for it', async () => {
    const disk = await filledDisk();
    const blocks = entriesOf(disk, 'BLOCK');
    disk.damage(blocks[1]?.[0] ?? '', undefined);
    await assert.rejects(openMemoryStore(disk, CHAIN), storageError('corrupt', /BLOCK lacks/));
  });

  it('a batch lost from between others is found: LevelDB drops damaged log records silently', async () => {
    const disk = await filledDisk();
    const journal = entriesOf(disk, 'JOURNAL');
    const lost = journal.find(([key]) => key.endsWith('\x03'));
    assert.ok(lost);
    disk.damage(lost[0], undefined);
    await assert.rejects(openMemoryStore(disk, CHAIN), storageError('corrupt', /consensus batch below .* was lost/));
  });

  it('the journal goes on after its ring is full', async () => {
    const disk = new MemoryDisk();
    const sealed = await SealedStore.open(disk.open());
    const key = Uint8Array.of(SPACES.STATE, 1);
    await sealed.write('state', { sync: false }, () => [{ key, value: Uint8Array.of(0) }]);
    const [place, ofFirst] = entriesOf(disk, 'JOURNAL')[0] ?? assert.fail('no journal');
    for (let number = 1; number < 16_400; number += 1) await sealed.write('state', { sync: false }, () => [{ key, value: Uint8Array.of(number & 0xff) }]);
    await sealed.drain();
    const again = await SealedStore.open(disk.open());
    assert.equal(again.batchCount('state'), 16_400);
    assert.equal(entriesOf(disk, 'JOURNAL').length, 16_384);
    // A batch that is lost leaves in its place the one that was there a round before: as many as ever, and one too old.
    disk.damage(place, ofFirst);
    await assert.rejects(SealedStore.open(disk.open()), storageError('corrupt', /state batch below .* was lost/));
  });
});

describe('storage: identity of a database', () => {
  it('refuses a database of a newer schema, and one of another society', async () => {
    const disk = new MemoryDisk();
    await (await openMemoryStore(disk, CHAIN)).close();
    await assert.rejects(openMemoryStore(disk, { ...CHAIN, chainId: hashOf('another') }), storageError('wrong-chain', /another home/));
    const sealed = await SealedStore.open(disk.open());
    const [key] = [...disk.entries].find(([text]) => text.endsWith('schema-version')) ?? assert.fail('no schema version');
    await sealed.write('consensus', { sync: true }, () => [{ key: Uint8Array.from(Buffer.from(key, 'latin1')), value: Uint8Array.of(SCHEMA_VERSION + 1) }]);
    await assert.rejects(openMemoryStore(disk, CHAIN), storageError('wrong-version', /newer program/));
  });

  it('R10: a deleted or rolled-back database is noticed while the marker stays', async () => {
    const disk = await filledDisk();
    const older = new MemoryDisk();
    await (await openMemoryStore(older, CHAIN)).close();
    const olderCopy = disk.snapshot();
    const store = await openMemoryStore(disk, CHAIN);
    await store.consensus.commit([voteRecord(commit(1, chainOf(2)[1]?.hash ?? CHAIN_ID))]);
    await store.close();

    olderCopy.file = disk.file;
    assert.equal((await openMemoryStore(olderCopy, CHAIN)).voteStore, 'lost');
    older.file = disk.file;
    assert.equal((await openMemoryStore(older, CHAIN)).voteStore, 'lost');
    disk.wipe();
    const emptied = await openMemoryStore(disk, CHAIN);
    assert.equal(emptied.voteStore, 'lost');
    await emptied.close();
    const stillLost = await openMemoryStore(disk, CHAIN);
    assert.equal(stillLost.voteStore, 'lost');
    await stillLost.markVoteStoreRecovered();
    await stillLost.close();
    assert.equal((await openMemoryStore(disk, CHAIN)).voteStore, 'matches');
  });

  it('R10: an unreadable marker counts as lost, a missing one beside a database does not', async () => {
    const disk = await filledDisk();
    disk.file = '{"storeId": tru';
    assert.equal((await openMemoryStore(disk, CHAIN)).voteStore, 'lost');
    const unmarked = await filledDisk();
    unmarked.file = undefined;
    assert.equal((await openMemoryStore(unmarked, CHAIN)).voteStore, 'matches');
  });
});

describe('storage: memory and disk stay bounded (invariant 8)', () => {
  it('per slot only the final block and its index stay, votes within the retained slots', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    const rounds = VOTE_RETENTION_SLOTS + 100;
    let parent = CHAIN_ID;
    for (let slot = 0; slot < rounds; slot += 1) {
      const block = blockAt({ sequence: slot, slot, parent });
      const sibling = blockAt({ sequence: slot, slot, parent, salt: 1 });
      await store.consensus.commit([proposalRecord(block), proposalRecord(sibling), voteRecord(prepare(slot, block.hash)),
        { type: 'certificate', certificate: prepareCertificate(block) }, { type: 'certificate', certificate: prepareCertificate(sibling) }]);
      await store.consensus.commit([finalRecord(block)]);
      parent = block.hash;
    }
    assert.equal(entriesOf(disk, 'BLOCK').length, rounds);
    assert.equal(entriesOf(disk, 'SEQUENCE').length, rounds);
    assert.equal(entriesOf(disk, 'PROPOSAL').length, 0);
    assert.equal(entriesOf(disk, 'CERTIFICATE').length, 0);
    assert.equal(entriesOf(disk, 'VOTE').length, VOTE_RETENTION_SLOTS);
  });

  it('section 5: where votes may have been deleted none is added, after a restart neither', async () => {
    const disk = new MemoryDisk();
    const store = await openMemoryStore(disk, CHAIN);
    await store.consensus.commit([finalRecord(blockAt({ sequence: 0, slot: VOTE_RETENTION_SLOTS + 50, parent: CHAIN_ID }))]);
    await store.close();
    const again = await openMemoryStore(disk, CHAIN);
    await assert.rejects(again.consensus.commit([voteRecord(commit(50, hashOf('a')))]), storageError('conflict', /earlier votes in it were deleted/));
    await again.close();
    await (await openMemoryStore(disk, CHAIN)).consensus.commit([voteRecord(commit(51, hashOf('a')))]);
  });

  it('what a crash left undeleted goes after the next start', async () => {
    const disk = new MemoryDisk();
    let store = await openMemoryStore(disk, CHAIN);
    const [first, second, third] = chainOf(3);
    assert.ok(first && second && third);
    const siblings = Array.from({ length: 150 }, (_, index) => blockAt({ sequence: 1, slot: 1 + index, parent: first.hash, salt: 1 }));
    const last = blockAt({ sequence: 1, slot: 200, parent: first.hash });
    await store.consensus.commit([finalRecord(first), ...siblings.map((block) => proposalRecord(block))]);
    await store.consensus.commit([finalRecord(last)]);
    assert.ok(entriesOf(disk, 'PROPOSAL').length > 0);
    disk.crash();
    store = await openMemoryStore(disk, CHAIN);
    for (let round = 0; round < 5; round += 1) await store.consensus.commit([voteRecord(commit(300 + round, second.hash))]);
    assert.equal(entriesOf(disk, 'PROPOSAL').length, 0);
    assert.equal(entriesOf(disk, 'BLOCK').length, 2);
    assert.deepEqual((await store.blocks.bySequence(toSequence(1)))?.block, last);
  });
});

describe('storage: a home on disk', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-home-'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('section 5: one process holds the key; the second is told which one', async () => {
    const store = await openPlatformStore(home, CHAIN);
    await assert.rejects(openPlatformStore(home, CHAIN), storageError('locked', new RegExp(`process ${process.pid}, since .*another home`)));
    await store.close();
    await (await openPlatformStore(home, CHAIN)).close();
  });

  it('a lock file left by a killed process does not wedge the home', async () => {
    await writeFile(join(home, 'lock'), '{"pid":1,"since":"2020-01-01T00:00:00.000Z"}\n');
    await (await openPlatformStore(home, CHAIN)).close();
    assert.ok(!(await readdir(home)).includes('lock'));
  });

  it('a home that cannot be made is a clear error', async () => {
    await writeFile(join(home, 'file'), '');
    await assert.rejects(openPlatformStore(join(home, 'file', 'home'), CHAIN), storageError('open-failed', /cannot be made/));
  });

  it('a home in which nothing can be written is a clear error, and not left locked', async () => {
    await mkdir(join(home, 'lock', 'in-the-way'), { recursive: true });
    await assert.rejects(openPlatformStore(home, CHAIN), storageError('write-failed', /cannot be written: .*permissions and the disk/));
    await rm(join(home, 'lock'), { recursive: true });
    await (await openPlatformStore(home, CHAIN)).close();
  });

  it('a damaged LevelDB is the same error as a damaged record', async () => {
    const store = await openPlatformStore(home, CHAIN);
    await store.consensus.commit([voteRecord(commit(1, hashOf('a')))]);
    await store.close();
    await writeFile(join(home, 'db', 'CURRENT'), 'MANIFEST-nonsense');
    await assert.rejects(openPlatformStore(home, CHAIN), storageError('corrupt', /Do not restore a backup/));
  });

  it('a torn tail of the log, as a power loss leaves it, is no damage', async () => {
    const store = await openPlatformStore(home, CHAIN);
    await store.consensus.commit([voteRecord(commit(1, hashOf('a')))]);
    await store.close();
    const log = (await readdir(join(home, 'db'))).find((name) => name.endsWith('.log')) ?? assert.fail('no log');
    await appendFile(join(home, 'db', log), new Uint8Array(20).fill(9));
    const again = await openPlatformStore(home, CHAIN);
    assert.deepEqual((await again.consensus.load()).votes, [commit(1, hashOf('a'))]);
    await again.close();
  });

  it('bits flipped in the middle of the log stop the start', async () => {
    const store = await openPlatformStore(home, CHAIN);
    for (let slot = 0; slot < 50; slot += 1) await store.consensus.commit([voteRecord(commit(slot, hashOf('a')))]);
    await store.close();
    const log = (await readdir(join(home, 'db'))).find((name) => name.endsWith('.log')) ?? assert.fail('no log');
    const bytes = await readFile(join(home, 'db', log));
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    await writeFile(join(home, 'db', log), bytes);
    const opened = openPlatformStore(home, CHAIN);
    // Within one 32 KiB log block LevelDB drops the rest of the block: that is a cut tail, which the marker shows.
    assert.equal(await opened.then(async (again) => {
      const state = again.voteStore;
      await again.close();
      return state;
    }, (error: unknown) => (error instanceof StorageError ? error.code : String(error))), 'lost');
  });
});
