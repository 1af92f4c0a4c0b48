import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program.js';
import { RecordingTerminal } from './terminal.js';

const KEY = '3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29';

describe('CLI: errors and exit codes (issue 10, C17)', () => {
  let dir: string;
  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-errors-')); });
  afterEach(() => rm(dir, { recursive: true }));

  async function run(...args: string[]): Promise<{ code: number; terminal: RecordingTerminal }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli(args, terminal), terminal };
  }

  const start = (...args: string[]): string[] => ['start', '--home', join(dir, 'thor'), '--genesis', join(dir, 'genesis.json'), ...args];
  const genesis = (...args: string[]): string[] => ['genesis', '--out', join(dir, 'never.json'), ...args];

  it('whatever value cannot be is a wrong call, exit code 2, and names its option', async () => {
    const listen = ['--listen', '/ip4/127.0.0.1/tcp/0'];
    const cases: [string[], RegExp][] = [
      [start('--listen', 'localhost:4001'), /--listen: "localhost:4001"/],
      [start(...listen, '--announce', '/ip4/1.2.3.4'), /--announce: .* has no \/tcp\/PORT/],
      [start(...listen, '--bootstrap', '/ip4/1.2.3.4/udp/1'), /--bootstrap/],
      [start(...listen, '--bootstrap', join(dir, 'nowhere')), /--bootstrap: .*nowhere is neither a multiaddr/],
      [start(...listen, '--slot-timeout-ms', '9'), /from 10 to 600000/],
      [start(...listen, '--slot-timeout-ms', '600001'), /from 10 to 600000/],
      [genesis('--society', 'demo', '--member', `Thor=${KEY}`), /society: must be an LCT/],
      [genesis('--society', 'lct:web4:society:demo', '--member', `Thor=${KEY}`, '--fast-path', '3'), /fastPath/],
      [['put', '', 'value', '--api', '127.0.0.1:1'], /KEY: must have 1 to 1024 bytes/],
      [['put', 'k'.repeat(1025), 'value', '--api', '127.0.0.1:1'], /KEY: .* got 1025/],
      [['delete', '', '--api', '127.0.0.1:1'], /KEY/],
      [['get', '', '--api', '127.0.0.1:1'], /KEY/],
      [['tx', 'abc', '--api', '127.0.0.1:1'], /ID: must be 64 hexadecimal digits/],
      [['list', '--limit', '1001', '--api', '127.0.0.1:1'], /from 1 to 1000/],
      [['list', '--after', 'xyz', '--api', '127.0.0.1:1'], /hexadecimal/],
    ];
    for (const [args, message] of cases) {
      const { code, terminal } = await run(...args);
      assert.equal(code, 2, `${args.join(' ')}: ${terminal.stderr}`);
      assert.match(terminal.stderr, message);
    }
  });

  it('a file of addresses that does not parse is a failure, exit code 1: the call is right', async () => {
    await writeFile(join(dir, 'peers.txt'), 'thor.example\n');
    const { code, terminal } = await run(...start('--listen', '/ip4/127.0.0.1/tcp/0', '--bootstrap', join(dir, 'peers.txt')));
    assert.equal(code, 1);
    assert.match(terminal.stderr, /peers\.txt, line 1/);
  });

  it('where no platform answers the exit code is 3', async () => {
    for (const args of [['status', '--home', dir], ['put', 'a', 'b', '--api', '127.0.0.1:1'], ['list', '--api', '127.0.0.1:1'], ['tx', KEY, '--home', dir]]) {
      assert.equal((await run(...args)).code, 3, args.join(' '));
    }
  });

  it('--json makes every error one line of JSON on standard error, with its code', async () => {
    const cases: [string[], number, string, RegExp][] = [
      [['status', '--home', dir, '--json'], 3, 'not-running', /^no platform runs on/],
      [['status', '--api', '127.0.0.1:1', '--json'], 3, 'api-unreachable', /^no answer from/],
      [['status', '--json'], 2, 'usage', /^say which platform/],
      [['status', '--json', '--nonsense'], 2, 'usage', /^unknown option '--nonsense'/],
      [['--json'], 2, 'usage', /./],
      [['get', '--json'], 2, 'usage', /^missing required argument 'key'/],
      [['list', '--json', '--limit', '0'], 2, 'usage', /Give a whole number/],
      [start('--json', '--listen', '/ip4/127.0.0.1/tcp/0'), 1, 'unreadable', /^genesis file .* cannot be read/],
    ];
    for (const [args, exitCode, code, message] of cases) {
      const { code: exit, terminal } = await run(...args);
      assert.equal(exit, exitCode, args.join(' '));
      assert.equal(terminal.errLines.length, 1, terminal.stderr);
      const { error } = JSON.parse(terminal.stderr) as { error: { code: string; message: string } };
      assert.equal(error.code, code, args.join(' '));
      assert.match(error.message, message);
      assert.equal(terminal.stdout, '');
    }
  });

  it('what follows -- is no option', async () => {
    const { terminal } = await run('get', '--api', '127.0.0.1:1', '--', '--json');
    assert.match(terminal.stderr, /^error: no answer from/);
  });
});
