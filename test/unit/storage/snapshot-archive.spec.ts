import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SnapshotDirectory } from '../../../src/storage/snapshot-archive.js';
import { toSequence } from '../../../src/types/ids.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

describe('storage: snapshots as files', () => {
  let home: string;
  let archive: SnapshotDirectory;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-archive-'));
    archive = new SnapshotDirectory(home);
  });
  afterEach(() => rm(home, { recursive: true }));

  const names = (): Promise<string[]> => readdir(join(home, 'snapshots'));

  it('what was fetched is discarded whole, and nothing else is', async () => {
    await archive.discard('fetched');
    for (const [draft, sequence] of [['fetched', 10], ['made', 20]] as const) {
      await archive.begin(draft, toSequence(sequence));
      await archive.writeChunk(draft, toSequence(sequence), 0, bytes('chunk'));
    }
    await archive.discard('fetched');
    assert.deepEqual(await names(), ['20.made']);
    await archive.begin('fetched', toSequence(10));
    assert.equal(await archive.chunk(toSequence(10), 0, 'fetched'), undefined);
    await archive.publish('made', toSequence(20), '{}');
    await archive.discard('made');
    assert.deepEqual(await archive.list(), [20]);
  });

  it('another snapshot begun takes the place of what was fetched before; the same goes on with it', async () => {
    await archive.begin('fetched', toSequence(10));
    await archive.writeChunk('fetched', toSequence(10), 0, bytes('chunk'));
    await archive.begin('fetched', toSequence(10));
    assert.deepEqual(await archive.chunk(toSequence(10), 0, 'fetched'), Buffer.from('chunk'));
    await archive.begin('fetched', toSequence(11));
    assert.deepEqual(await names(), ['11.fetched']);
  });

  it('tells what is free on the disk, before anything was written; undefined where it cannot', async () => {
    const free = await archive.freeBytes();
    assert.ok(free !== undefined && free > 0 && Number.isSafeInteger(free), String(free));
    assert.equal(await new SnapshotDirectory(join(home, 'nowhere')).freeBytes(), undefined);
  });
});
