import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runCli } from '../../../src/cli/program.js';
import { publicKeyOfPeerId } from '../../../src/crypto/identity.js';
import { loadPlatformKey } from '../../../src/crypto/key-store.js';
import { parseGenesis } from '../../../src/ledger/genesis-file.js';
import { RecordingTerminal } from './terminal.js';

describe('CLI: init and genesis', () => {
  let dir: string;
  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-init-')); });
  afterEach(() => rm(dir, { recursive: true }));

  async function run(...args: string[]): Promise<{ code: number; terminal: RecordingTerminal }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli(args, terminal), terminal };
  }

  async function init(name: string): Promise<{ platform: string; publicKey: string; peerId: string; home: string }> {
    const { code, terminal } = await run('init', '--home', join(dir, name), '--platform', name, '--json');
    assert.equal(code, 0, terminal.stderr);
    return JSON.parse(terminal.stdout) as { platform: string; publicKey: string; peerId: string; home: string };
  }

  it('init makes a key of mode 0600 and prints platform, publicKey, peerId and home', async () => {
    const made = await init('Thor');
    assert.deepEqual(Object.keys(made), ['platform', 'publicKey', 'peerId', 'home']);
    const key = await loadPlatformKey(made.home);
    assert.equal(made.platform, 'Thor');
    assert.equal(made.publicKey, key.publicKey);
    assert.equal(publicKeyOfPeerId(made.peerId), key.publicKey);
    assert.equal((await stat(join(made.home, 'platform.key'))).mode & 0o777, 0o600);
  });

  it('C17: id prints again what init printed, and never the secret', async () => {
    const made = await init('Thor');
    assert.deepEqual(JSON.parse((await run('id', '--home', made.home, '--json')).terminal.stdout), made);
    const { code, terminal } = await run('id', '--home', made.home);
    assert.equal(code, 0);
    assert.match(terminal.stdout, new RegExp(`^publicKey +${made.publicKey}$`, 'm'));
    assert.match(terminal.stdout, new RegExp(`^peerId +${made.peerId}$`, 'm'));
    assert.ok(!terminal.stdout.includes(Buffer.from((await loadPlatformKey(made.home)).seed).toString('hex')));
    const missing = await run('id', '--home', join(dir, 'nobody'), '--json');
    assert.equal(missing.code, 1);
    assert.equal((JSON.parse(missing.terminal.stderr) as { error: { code: string } }).error.code, 'key-missing');
  });

  it('init for people never shows the secret, and says what to do with the public key', async () => {
    const { terminal } = await run('init', '--home', join(dir, 'x'), '--platform', 'Thor');
    const { seed, publicKey } = await loadPlatformKey(join(dir, 'x'));
    assert.ok(!terminal.stdout.includes(Buffer.from(seed).toString('hex')));
    assert.ok(terminal.stdout.includes(`--member Thor=${publicKey}`));
  });

  it('init refuses to overwrite, and refuses names that are none', async () => {
    const { home, publicKey } = await init('Thor');
    const again = await run('init', '--home', home, '--platform', 'Other');
    assert.equal(again.code, 1);
    assert.match(again.terminal.stderr, /^error: .*never overwritten/);
    assert.equal((await loadPlatformKey(home)).publicKey, publicKey);
    const wrong = await run('init', '--home', join(dir, 'y'), '--platform', '-x y');
    assert.equal(wrong.code, 2);
    assert.match(wrong.terminal.stderr, /--platform: platform: must be 1 to 64/);
  });

  it('genesis writes a file that parses, keeps the members\' order, and prints chainId, n, f and quorum', async () => {
    const keys = await Promise.all(['Thor', 'Sprout', 'Legion', 'Platform2'].map(init));
    const members = keys.map(({ platform, publicKey }) => `${platform}=${publicKey}`);
    const out = join(dir, 'genesis.json');
    const { code, terminal } = await run('genesis', '--society', 'lct:web4:society:demo', '--member', members[0] ?? '', members[1] ?? '', '--member', members[2] ?? '', members[3]?.toUpperCase().replace('PLATFORM2', 'Platform2') ?? '', '--out', out, '--json');
    assert.equal(code, 0, terminal.stderr);
    const genesis = parseGenesis(await readFile(out, 'utf8'));
    assert.deepEqual(JSON.parse(terminal.stdout), { chainId: genesis.chainId, society: 'lct:web4:society:demo', n: 4, f: 1, quorum: 3, fastQuorum: 3, out });
    assert.deepEqual(genesis.membership.members.map(({ name, publicKey }) => `${name}=${publicKey}`), members);
    const again = await run('genesis', '--society', 'lct:web4:society:demo', '--member', members[0] ?? '', '--out', out);
    assert.equal(again.code, 1);
    assert.match(again.terminal.stderr, /exists already, and a genesis is never overwritten/);
    assert.equal(parseGenesis(await readFile(out, 'utf8')).chainId, genesis.chainId);
  });

  it('genesis --fast-path off is plain three-phase operation; too large a number is refused', async () => {
    const { platform, publicKey } = await init('Thor');
    const args = ['genesis', '--society', 'lct:web4:society:demo', '--member', `${platform}=${publicKey}`, '--json', '--out'];
    const { terminal } = await run(...args, join(dir, 'off.json'), '--fast-path', 'off');
    assert.equal((JSON.parse(terminal.stdout) as { fastQuorum: unknown }).fastQuorum, null);
    const wrong = await run(...args, join(dir, 'two.json'), '--fast-path', '2');
    assert.equal(wrong.code, 2);
    assert.match(wrong.terminal.stderr, /fastPath: must be \\"off\\" or an integer from 0 to 0/);
    assert.equal((await run(...args, join(dir, 'two.json'), '--fast-path', 'fast')).code, 2);
  });

  it('genesis --max-block-transactions bounds a block', async () => {
    const { platform, publicKey } = await init('Thor');
    const args = ['genesis', '--society', 'lct:web4:society:demo', '--member', `${platform}=${publicKey}`, '--out'];
    const out = join(dir, 'few.json');
    assert.equal((await run(...args, out, '--max-block-transactions', '20')).code, 0);
    assert.equal(parseGenesis(await readFile(out, 'utf8')).parameters.maxBlockTransactions, 20);
    const wrong = await run(...args, join(dir, 'never-few.json'), '--max-block-transactions', '10001');
    assert.match(wrong.terminal.stderr, /maxBlockTransactions: must be a whole number from 1 to 10000/);
    assert.equal((await run(...args, join(dir, 'never-few.json'), '--max-block-transactions', 'all')).code, 2);
  });

  it('genesis refuses duplicate names and keys, small-order keys and members that do not parse', async () => {
    const [thor, sprout] = await Promise.all(['Thor', 'Sprout'].map(init));
    assert.ok(thor && sprout);
    const genesis = (...members: string[]) => run('genesis', '--society', 'lct:web4:society:demo', '--member', ...members, '--out', join(dir, 'never.json'));
    const cases: [string[], number, RegExp][] = [
      [[`Thor=${thor.publicKey}`, `Thor=${sprout.publicKey}`], 2, /the name Thor is given twice/],
      [[`Thor=${thor.publicKey}`, `Sprout=${thor.publicKey}`], 2, /Thor and Sprout have the same key/],
      [[`Thor=01${'00'.repeat(31)}`], 2, /Thor/],
      [['Thor'], 2, /give NAME=PUBLICKEYHEX/],
      [['Thor=abc'], 2, /--member Thor: publicKey: must be 64/],
    ];
    for (const [members, expected, message] of cases) {
      const { code, terminal } = await genesis(...members);
      assert.equal(code, expected, members.join(' '));
      assert.match(terminal.stderr, message);
    }
    await assert.rejects(stat(join(dir, 'never.json')), { code: 'ENOENT' });
  });

  it('runs as a process: JSON on standard output, errors on standard error without a stack trace', async () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const command = (...args: string[]) => promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...args], { cwd: root });
    const home = join(dir, 'thor');
    const { stdout } = await command('init', '--home', home, '--platform', 'Thor', '--json');
    assert.equal((JSON.parse(stdout) as { home: string }).home, home);
    await assert.rejects(command('init', '--home', home, '--platform', 'Thor'), (error: Error & { code: number; stdout: string; stderr: string }) => {
      assert.equal(error.code, 1);
      assert.equal(error.stdout, '');
      assert.match(error.stderr, /^error: .*\n$/);
      return true;
    });
  });
});
