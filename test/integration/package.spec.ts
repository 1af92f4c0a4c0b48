import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
}

interface Outcome {
  readonly code: number | string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function run(file: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code ?? undefined, stdout, stderr });
    });
  });
}

/** The compiled command as it is installed: reached through a link, executed by its own first line, from anywhere. */
describe('the packaged command', () => {
  let manifest: Manifest;
  let folder: string;
  let command: string;

  before(async () => {
    manifest = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest;
    const target = join(ROOT, manifest.bin['fb-pbft'] ?? 'no bin named fb-pbft');
    await access(target, constants.R_OK | constants.X_OK);
    folder = await mkdtemp(join(tmpdir(), 'fb-pbft-package-'));
    command = join(folder, 'fb-pbft');
    await symlink(target, command);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('--version prints the version of the package', async () => {
    assert.deepEqual(await run(command, ['--version'], folder), { code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('--help names every command, and each of them has a --help of its own', async () => {
    const { code, stdout, stderr } = await run(command, ['--help'], folder);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const names = ['init', 'genesis', 'start', 'put', 'get', 'status', 'block', 'evidence'];
    for (const name of names) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
    const helps = await Promise.all(names.map((name) => run(command, [name, '--help'], folder)));
    for (const [index, help] of helps.entries()) {
      assert.equal(help.code, 0);
      assert.match(help.stdout, new RegExp(`^Usage: fb-pbft ${names[index] ?? ''} `));
    }
  });

  it('init makes a key, which a second init leaves alone', async () => {
    const first = await run(command, ['init', '--home', 'thor', '--platform', 'Thor', '--json'], folder);
    assert.equal(first.code, 0, first.stderr);
    const { publicKey } = JSON.parse(first.stdout) as { readonly publicKey: string };
    assert.match(publicKey, /^[0-9a-f]{64}$/);
    const second = await run(command, ['init', '--home', 'thor', '--platform', 'Thor'], folder);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /never overwritten/);
  });

  it('an unknown command ends with code 2 and says how to get help', async () => {
    const { code, stderr } = await run(command, ['stat'], folder);
    assert.equal(code, 2);
    assert.match(stderr, /--help/);
  });
});
