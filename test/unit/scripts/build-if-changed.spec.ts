import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SCRIPT = fileURLToPath(new URL('../../../scripts/build-if-changed.mjs', import.meta.url));

describe('npm start builds only where something has changed (issue 10, C16)', function () {
  this.timeout(60_000);
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fb-pbft-build-'));
    for (const folder of ['src', 'scripts', 'test', 'dist']) await mkdir(join(dir, folder));
    await cp(SCRIPT, join(dir, 'scripts', 'build-if-changed.mjs'));
    await writeFile(join(dir, 'src', 'one.ts'), 'export {};\n');
    const build = "fs.appendFileSync('built', 'x'); process.exit(fs.existsSync('fail') ? 1 : 0)";
    await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'example', scripts: { build: `node --eval "${build}"` } }));
    for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) await writeFile(join(dir, name), '{}');
  });
  after(() => rm(dir, { recursive: true }));

  /** @returns how many builds there were by now */
  async function builds(): Promise<number> {
    await promisify(execFile)(process.execPath, [join('scripts', 'build-if-changed.mjs')], { cwd: dir });
    return (await readFile(join(dir, 'built'), 'utf8').catch(() => '')).length;
  }

  it('the first time, after a change, a new file or a lost dist/; not where nothing is new', async () => {
    assert.equal(await builds(), 1);
    assert.equal(await builds(), 1);
    await utimes(join(dir, 'src', 'one.ts'), 1, 1);
    assert.equal(await builds(), 2);
    await writeFile(join(dir, 'scripts', 'two.ts'), 'export {};\n');
    assert.equal(await builds(), 3);
    await rm(join(dir, 'dist'), { recursive: true });
    await mkdir(join(dir, 'dist'));
    assert.equal(await builds(), 4);
    assert.equal(await builds(), 4);
  });

  it('a build that failed is tried again', async () => {
    await writeFile(join(dir, 'fail'), '');
    await utimes(join(dir, 'src', 'one.ts'), 2, 2);
    await assert.rejects(builds(), { code: 1 });
    await rm(join(dir, 'fail'));
    assert.equal(await builds(), 6);
  });
});
