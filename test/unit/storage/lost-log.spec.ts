import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { openPlatformStore } from '../../../src/storage/platform-store.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { CHAIN, commit, hashOf, voteRecord } from './chain-fixture.js';

const BLOCK_BYTES = 32 * 1024;

/** Homes as a process that was killed leaves them: copied while it runs. */
describe('R10: LevelDB\'s log lost, cut or damaged after an unclean end', () => {
  let directory: string;
  let copies = 0;
  beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), 'fb-pbft-log-')); });
  afterEach(() => rm(directory, { recursive: true }));

  const homeOf = (name: string): string => join(directory, name);
  const vote = (store: PlatformStore, slot: number): Promise<void> => store.consensus.commit([voteRecord(commit(slot, hashOf('a')))]);

  async function killed(home: string): Promise<string> {
    copies += 1;
    const copy = homeOf(`copy-${copies}`);
    await cp(home, copy, { recursive: true });
    return copy;
  }

  /** The home of a platform that was stopped once and killed in its second session, after `votes` votes in that one. */
  async function killedInSecondSession(votes: number): Promise<string> {
    const home = homeOf('home');
    const first = await openPlatformStore(home, CHAIN);
    await vote(first, 0);
    await first.close();
    const second = await openPlatformStore(home, CHAIN);
    try {
      for (let slot = 1; slot <= votes; slot += 1) await vote(second, slot);
      return await killed(home);
    } finally {
      await second.close();
    }
  }

  async function logOf(home: string): Promise<string> {
    const logs = (await readdir(join(home, 'db'))).filter((name) => name.endsWith('.log'));
    assert.equal(logs.length, 1);
    return join(home, 'db', logs[0] ?? '');
  }

  /** `lost`, `matches`, or the code of the error with which the store refuses to be opened. */
  async function stateOf(home: string): Promise<string> {
    try {
      const store = await openPlatformStore(home, CHAIN);
      const { voteStore } = store;
      await store.close();
      return voteStore;
    } catch (error) {
      return error instanceof StorageError ? error.code : String(error);
    }
  }

  async function flip(file: string, offset: number): Promise<void> {
    const bytes = await readFile(file);
    const at = offset < 0 ? bytes.length + offset : offset;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(file, bytes);
  }

  it('what is whole is not called lost, however often the platform is killed, and in whatever moment', async () => {
    let home = await killedInSecondSession(3);
    for (let session = 0; session < 3; session += 1) {
      const store = await openPlatformStore(home, CHAIN);
      assert.equal(store.voteStore, 'matches');
      if (session === 2) await vote(store, 9);
      const copy = await killed(home);
      await store.close();
      home = copy;
    }
    const store = await openPlatformStore(home, CHAIN);
    assert.deepEqual((await store.consensus.load()).votes.map(({ slot }) => slot), [0, 1, 2, 3, 9]);
    await store.close();
    assert.equal(await stateOf(home), 'matches');
  });

  it('a log that was deleted or emptied is noticed, in the first session of a home and in later ones', async () => {
    for (const damage of [(log: string) => rm(log), (log: string) => truncate(log)]) {
      for (const votes of [0, 1, 20]) {
        const home = await killedInSecondSession(votes);
        await damage(await logOf(home));
        assert.equal(await stateOf(home), 'lost');
        assert.equal(await stateOf(home), 'lost', 'and is remembered');
        await rm(homeOf('home'), { recursive: true });
      }
    }
  });

  it('a record that is cut from the end, or in which a bit is flipped, is noticed', async () => {
    const home = await killedInSecondSession(5);
    const sizeBytes = (await stat(await logOf(home))).size;
    for (const damage of [
      (log: string) => truncate(log, sizeBytes - 1), (log: string) => truncate(log, Math.floor(sizeBytes / 2)),
      (log: string) => flip(log, -1), (log: string) => flip(log, 7 + 12),
    ]) {
      const copy = await killed(home);
      await damage(await logOf(copy));
      assert.equal(await stateOf(copy), 'lost');
    }
  });

  it('a log that is damaged, emptied or deleted is noticed though the count had not reached the disk', async () => {
    const home = await killedInSecondSession(0);
    const store = await openPlatformStore(home, CHAIN);
    const counted = await readFile(join(home, 'vote-store.count'));
    await vote(store, 9);
    const copy = await killed(home);
    await store.close();
    // The count was on its way to the disk when the power failed.
    await writeFile(join(copy, 'vote-store.count'), counted);
    assert.equal(await stateOf(await killed(copy)), 'matches');
    for (const damage of [(log: string) => flip(log, -1), (log: string) => truncate(log), (log: string) => rm(log)]) {
      const damaged = await killed(copy);
      await damage(await logOf(damaged));
      assert.equal(await stateOf(damaged), 'lost');
    }
  });

  it('where the database was not closed, a missing or damaged count proves that there was one', async () => {
    const home = await killedInSecondSession(2);
    const count = join(home, 'vote-store.count');
    for (const damage of [() => rm(count), () => truncate(count), () => writeFile(count, new Uint8Array(5_000))]) {
      const copy = await killed(home);
      await damage();
      assert.equal(await stateOf(home), 'lost');
      await rm(home, { recursive: true });
      await cp(copy, home, { recursive: true });
    }
    const oneTorn = await readFile(count);
    oneTorn.fill(0, 4_096, 4_100);
    await writeFile(count, oneTorn);
    assert.equal(await stateOf(home), 'matches', 'the other place tells');
  });

  it('a record torn by a power loss, and zeros behind the last one, are no damage', async () => {
    const home = await killedInSecondSession(5);
    const log = await logOf(home);
    const whole = await readFile(log);
    const torn = Buffer.alloc(7 + 900);
    torn.writeUInt32LE(0x1234_5678, 0);
    torn.writeUInt16LE(torn.length - 7, 4);
    torn.writeUInt8(1, 6);
    torn.fill(9, 7, 60);
    for (const tail of [torn.subarray(0, 3), torn.subarray(0, 30), torn, Buffer.alloc(3), Buffer.alloc(200), Buffer.alloc(2 * BLOCK_BYTES)]) {
      const copy = await killed(home);
      await writeFile(await logOf(copy), Buffer.concat([whole, tail]));
      assert.equal(await stateOf(copy), 'matches', `${tail.length} bytes`);
    }
  });

  it('LevelDB\'s other files: what is cut or deleted is lost or refused, never forgotten', async () => {
    const home = await killedInSecondSession(5);
    const manifest = (await readdir(join(home, 'db'))).find((name) => name.startsWith('MANIFEST')) ?? assert.fail('no manifest');
    const sizeBytes = (await stat(join(home, 'db', manifest))).size;
    for (const damage of [
      (db: string) => rm(join(db, 'CURRENT')), (db: string) => rm(join(db, manifest)), (db: string) => truncate(join(db, manifest)),
      (db: string) => truncate(join(db, manifest), sizeBytes - 1), (db: string) => flip(join(db, manifest), -1), (db: string) => rm(db, { recursive: true }),
    ]) {
      const copy = await killed(home);
      await damage(join(copy, 'db'));
      assert.ok(['lost', 'corrupt', 'open-failed'].includes(await stateOf(copy)), damage.toString());
    }
  });
});
