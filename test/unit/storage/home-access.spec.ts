import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adviceOn, requireWritableHome } from '../../../src/storage/home-access.js';
import { openPlatformStore } from '../../../src/storage/platform-store.js';
import { StorageError } from '../../../src/storage/storage-error.js';
import { CHAIN } from './chain-fixture.js';

/** A directory in which nobody may make files, root included. */
const UNWRITABLE = '/sys/kernel';
const NOBODY = 65_534;

/** As a user whom permissions stop: root is none. */
async function asPlainUser<T>(act: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return act();
  process.seteuid?.(NOBODY);
  try {
    return await act();
  } finally {
    process.seteuid?.(0);
  }
}

describe('storage: a home in which nothing can be written', () => {
  let base: string;
  let home: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'fb-pbft-access-'));
    await chmod(base, 0o755);
    home = join(base, 'home');
  });
  afterEach(() => rm(base, { recursive: true }));

  function failsNaming(path: string, advice: RegExp): (error: unknown) => boolean {
    return (error) => {
      assert.ok(error instanceof StorageError && error.code === 'open-failed', String(error));
      assert.ok(error.message.includes(path), error.message);
      assert.match(error.message, advice);
      return true;
    };
  }

  for (const [what, modes] of [['the home', [0o500, 0o700]], ['the database in it', [0o700, 0o500]]] as const) {
    it(`${what} is read-only (mode 0500): an error that names it, the user and what to run; then it starts`, async () => {
      await mkdir(join(home, 'db'), { recursive: true });
      const paths = [home, join(home, 'db')];
      for (const [index, path] of paths.entries()) {
        await chmod(path, modes[index] ?? 0o700);
        if (process.geteuid?.() === 0) await chown(path, NOBODY, NOBODY);
      }
      const path = paths[modes.indexOf(0o500)] ?? assert.fail();
      await asPlainUser(() => assert.rejects(openPlatformStore(home, CHAIN), failsNaming(path, new RegExp(`\\(uid \\d+\\).*chmod -R u\\+rwX ${path}, then start again`))));
      await asPlainUser(async () => {
        await chmod(path, 0o700);
        await (await openPlatformStore(home, CHAIN)).close();
      });
    });
  }

  it('files of the database that belong to somebody else: the same', async () => {
    await (await openPlatformStore(home, CHAIN)).close();
    for (const name of await readdir(join(home, 'db'))) await chmod(join(home, 'db', name), 0o400);
    if (process.geteuid?.() === 0) for (const path of [home, join(home, 'db')]) await chown(path, NOBODY, NOBODY);
    await asPlainUser(() => assert.rejects(openPlatformStore(home, CHAIN), failsNaming(join(home, 'db'), /permission denied.*chmod -R u\+rwX/i)));
  });

  for (const name of ['db', 'snapshots']) {
    it(`${name} on a file system that takes no files, from root neither`, async () => {
      await mkdir(home);
      await symlink(UNWRITABLE, join(home, name));
      await assert.rejects(openPlatformStore(home, CHAIN), failsNaming(join(home, name), /cannot be written: .*then start again/));
    });
  }

  it('a home that is there and takes no files, or that cannot be made there, does not hang', async () => {
    await symlink('/proc/self/task', home);
    await assert.rejects(openPlatformStore(home, CHAIN), failsNaming(home, /then start again/));
    await assert.rejects(openPlatformStore(join(home, 'deeper'), CHAIN), failsNaming(join(home, 'deeper'), /cannot be made: .*or give another home/));
  });

  it('a file in the place of a directory', async () => {
    await mkdir(home);
    await writeFile(join(home, 'db'), '');
    await assert.rejects(openPlatformStore(home, CHAIN), failsNaming(join(home, 'db'), /move it away/));
    await assert.rejects(openPlatformStore(join(home, 'db', 'home'), CHAIN), failsNaming(join(home, 'db', 'home'), /move it away/));
  });

  it('leaves nothing behind where all is well', async () => {
    await requireWritableHome(join(home, 'a', 'b'), ['db']);
    assert.deepEqual(await readdir(join(home, 'a', 'b')), []);
  });

  it('tells what to do by what the system says', () => {
    const advice = (code: string): string => adviceOn('/srv/x', Object.assign(new Error(code), { code }));
    for (const [code, text] of [['EROFS', /mount it for writing/], ['EACCES', /chown -R/], ['EPERM', /chown -R/], ['ENOSPC', /Make room/], ['EDQUOT', /Make room/], ['EIO', /Check the path/]] as const) {
      assert.match(advice(code), text);
    }
    assert.match(adviceOn('/srv/x', new Error('IO error: /srv/x/LOCK: Read-only file system')), /mount it for writing/);
    assert.match(adviceOn('/srv/x', new Error('IO error: /srv/x/000005.ldb: Too many open files')), /ulimit -n/);
    assert.match(advice('EMFILE'), /LimitNOFILE/);
  });
});
