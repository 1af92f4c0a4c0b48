import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPlatformKey } from '../../../src/crypto/key-store.js';
import { makeDirectory } from '../../../src/crypto/make-directory.js';
import { toPlatformName } from '../../../src/types/ids.js';

describe('making a directory with those above it (issue 10, B11)', () => {
  let base: string;
  beforeEach(async () => { base = await mkdtemp(join(tmpdir(), 'fb-pbft-mkdir-')); });
  afterEach(() => rm(base, { recursive: true }));

  it('makes all that are missing, with their mode, and leaves one that is there', async () => {
    await makeDirectory(join(base, 'a', 'b', 'c'), 0o700);
    for (const path of ['a', 'a/b', 'a/b/c']) assert.equal((await stat(join(base, path))).mode & 0o777, 0o700);
    await makeDirectory(join(base, 'a', 'b'));
  });

  it('several at once make the same one', async () => {
    await Promise.all(Array.from({ length: 8 }, () => makeDirectory(join(base, 'x', 'y', 'z'))));
    assert.ok((await stat(join(base, 'x/y/z'))).isDirectory());
  });

  it('ends with an error where a file is in the way', async () => {
    await writeFile(join(base, 'file'), '');
    await assert.rejects(makeDirectory(join(base, 'file', 'under')), { code: 'ENOTDIR' });
  });

  it('ends with an error where the file system makes no directories: recursive mkdir of Node.js never does', async function () {
    if (process.platform !== 'linux') return;
    this.timeout(5_000);
    await assert.rejects(makeDirectory('/proc/fb-pbft/home'), { code: 'ENOENT' });
    await assert.rejects(createPlatformKey('/proc/fb-pbft/homes/thor', toPlatformName('Thor')), /cannot be written: ENOENT.*\/proc\/fb-pbft'/);
  });
});
