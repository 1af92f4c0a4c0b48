import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../../src/storage/durable-file.js';

describe('durable file', () => {
  let dir: string;
  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-file-')); });
  afterEach(() => rm(dir, { recursive: true }));

  it('has the new content, and nothing beside it', async () => {
    await replaceFile(join(dir, 'file'), 'old');
    await replaceFile(join(dir, 'file'), 'new');
    assert.equal(await readFile(join(dir, 'file'), 'utf8'), 'new');
    assert.deepEqual(await readdir(dir), ['file']);
  });

  it('leaves no draft behind where it cannot be replaced', async () => {
    await mkdir(join(dir, 'file', 'inside'), { recursive: true });
    await assert.rejects(replaceFile(join(dir, 'file'), 'new'));
    assert.deepEqual(await readdir(dir), ['file']);
  });
});
