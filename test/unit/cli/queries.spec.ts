import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import { removeApiFile, writeApiFile } from '../../../src/cli/api-file.js';
import { runCli } from '../../../src/cli/program.js';
import { toHash, toPlatformName } from '../../../src/types/ids.js';
import { FakeView, SENDER, fakeBlock, fakeCertificate, text } from '../api/fake-view.js';
import { RecordingTerminal } from './terminal.js';

describe('CLI: status, block, get and evidence', () => {
  let home: string;
  let view: FakeView;
  let server: HttpServer;

  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-cli-'));
    view = new FakeView();
    server = await createHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
    await writeApiFile(home, { url: server.url, pid: process.pid, ...server.identity });
  });
  after(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });

  async function run(...args: string[]): Promise<{ code: number; terminal: RecordingTerminal }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli(args, terminal), terminal };
  }

  it('status --json is the platform\'s status, found by --home or by --api', async () => {
    for (const target of [['--home', home], ['--api', server.url], ['--api', server.url.replace('http://', '')]]) {
      const { code, terminal } = await run('status', '--json', ...target);
      assert.equal(code, 0, terminal.stderr);
      assert.deepEqual(JSON.parse(terminal.stdout), view.status());
    }
  });

  it('status for people has aligned lines', async () => {
    const { terminal } = await run('status', '--home', home);
    const lines = terminal.stdout.split('\n');
    assert.match(terminal.stdout, /^platform +Thor \(voting\)$/m);
    assert.match(terminal.stdout, /^peers +2 of 3: Sprout, Legion$/m);
    assert.match(terminal.stdout, /^finality +last 3\.2 ms, p50 3\.0 ms, p99 9\.5 ms$/m);
    const columns = new Set(lines.map((line) => /^(\w+(?: \w+)?) {2,}/.exec(line)?.[0].length));
    assert.equal(columns.size, 1);
  });

  it('C17: status shows all that README and operations.md say it shows', async () => {
    try {
      view.statusChanges = {
        version: '1.2.3', sequence: 20, first_block: 7, snapshot_block: 12, block_check: { checked: 5, unreadable: 1, passes: 2 }, rejections: { malformed: 2, penalized: 9 },
      };
      const { stdout } = (await run('status', '--home', home)).terminal;
      assert.match(stdout, /^kept +blocks 7 to 19; snapshot after block 12; 5 checked for damage in this pass, 2 ended; 1 UNREADABLE$/m);
      assert.match(stdout, /^refused +9 penalized, 2 malformed$/m);
      assert.match(stdout, /^process +version 1\.2\.3, up /m);
      view.statusChanges = { sequence: 0, rejections: {} };
      const fresh = (await run('status', '--home', home)).terminal.stdout;
      assert.match(fresh, /^kept +no block yet; no snapshot; 0 checked/m);
      assert.match(fresh, /^refused +nothing since start$/m);
    } finally {
      view.statusChanges = {};
    }
  });

  it('status says how far a platform that is behind has come, and how long it will take', async () => {
    const catch_up = { from: 100, at: 5120, fetched: 9000, to: 20_000, remaining: 14_880, blocks_per_second: 310.5, remaining_seconds: 47.9, fetched_bytes: 61_230_000 };
    try {
      view.statusChanges = { catching_up: true, catch_up };
      const text = (await run('status', '--home', home)).terminal.stdout;
      assert.match(text, /^platform +Thor \(catching up, 14880 blocks behind\)$/m);
      assert.match(text, /^catching up +5120 of 20000 blocks executed \(began at 100\), 14880 to go at 310\.5\/s: about 48 s left; 9000 fetched, 61\.2 MB$/m);
      view.statusChanges = { catching_up: true, catch_up: { ...catch_up, blocks_per_second: 0, remaining_seconds: null } };
      assert.match((await run('status', '--home', home)).terminal.stdout, /14880 to go at 0\/s: no telling how long; /);
    } finally {
      view.statusChanges = {};
    }
  });

  it('status says that a platform is out of touch, and then nothing that reads as if it were in sync', async () => {
    const peers = [toPlatformName('Sprout')];
    const catch_up = { from: 1, at: 3, fetched: 5, to: 9, remaining: 6, blocks_per_second: 0, remaining_seconds: null, fetched_bytes: 0 };
    try {
      for (const [changes, mode, line] of [
        [{ peers: [] }, 'out of touch', '1 of 4 connected, 3 needed: it may be behind, and nothing becomes final'],
        [{ peers }, 'out of touch', '2 of 4 connected, 3 needed: it may be behind, and nothing becomes final'],
        [{ peers: [], voting: 'comparing' }, 'out of touch', '1 of 4 connected, 3 needed: it may be behind, and nothing becomes final'],
        [{ peers, catching_up: true, catch_up }, 'out of touch, at least 6 blocks behind', '2 of 4 connected, 3 needed: it may be further behind, and nothing becomes final'],
        [{}, 'out of touch', '3 of 4 connected, and fewer than the 3 needed have said where they stand: it may be behind, and nothing becomes final'],
      ] as const) {
        view.statusChanges = { in_touch: false, ...changes };
        const { terminal } = await run('status', '--home', home);
        assert.ok(terminal.stdout.split('\n').includes(`platform      Thor (${mode})`), terminal.stdout);
        assert.ok(terminal.stdout.split('\n').includes(`out of touch  ${line}`), terminal.stdout);
        assert.doesNotMatch(terminal.stdout, /in sync|voting/);
      }
      view.statusChanges = {};
      assert.doesNotMatch((await run('status', '--home', home)).terminal.stdout, /out of touch/);
    } finally {
      view.statusChanges = {};
    }
  });

  it('status says how much of a snapshot is fetched', async () => {
    try {
      view.statusChanges = { catching_up: true, catch_up: null, snapshot_fetch: { block: 12_000, chunks_done: 40, chunks: 118 } };
      const { terminal } = await run('status', '--home', home);
      assert.match(terminal.stdout, /^platform +Thor \(catching up, no telling how far\)$/m);
      assert.match(terminal.stdout, /^snapshot +the state after block 12000, 40 of 118 chunks fetched$/m);
      view.statusChanges = { catching_up: true, catch_up: null, snapshot_fetch: { block: 12_000, chunks_done: 118, chunks: 118 } };
      assert.match((await run('status', '--home', home)).terminal.stdout, /118 of 118 chunks fetched, being taken in$/m);
    } finally {
      view.statusChanges = {};
    }
  });

  it('block gives JSON as the API does, or text; one that is not there is exit code 1', async () => {
    const block = fakeBlock(2, ['hello']);
    view.blocks.set(2, { block, certificate: fakeCertificate(block, 'FAST') });
    const json = JSON.parse((await run('block', '2', '--home', home, '--json')).terminal.stdout) as { hash: string; header: { sequence: number } };
    assert.equal(json.hash, block.hash);
    assert.equal(json.header.sequence, 2);
    const { terminal } = await run('block', 'latest', '--home', home);
    assert.match(terminal.stdout, /^final +FAST, signed by Thor, Legion, Platform2$/m);
    const missing = await run('block', '77', '--home', home);
    assert.equal(missing.code, 1);
    assert.match(missing.terminal.stderr, /^error: block 77 is not here: blocks 0 to 2 are here$/);
    assert.equal((await run('block', 'first', '--home', home)).code, 2);
  });

  it('get prints the value; a key that is not there is exit code 1 and a sentence', async () => {
    view.values.set('greeting', text('hallo welt'));
    assert.equal((await run('get', 'greeting', '--home', home)).terminal.stdout, 'hallo welt');
    assert.deepEqual(JSON.parse((await run('get', 'greeting', '--home', home, '--json')).terminal.stdout), { key: 'greeting', value: 'hallo welt', valueHex: '68616c6c6f2077656c74' });
    const missing = await run('get', 'nope', '--home', home);
    assert.equal(missing.code, 1);
    assert.equal(missing.terminal.stderr, 'error: there is no key "nope"');
    assert.equal(missing.terminal.stdout, '');
  });

  it('health is exit code 0 where the platform is ready, and 1 with every reason where it is not', async () => {
    const ready = await run('health', '--home', home);
    assert.deepEqual([ready.code, ready.terminal.stdout], [0, 'Thor is ready (version 1.2.3)']);
    try {
      view.statusChanges = { in_touch: false, voting: 'observing' };
      const { code, terminal } = await run('health', '--home', home);
      assert.equal(code, 1);
      assert.match(terminal.stderr, /^error: Thor is not ready: out-of-touch: .*; observing: /);
      const json = await run('health', '--home', home, '--json');
      assert.equal(json.code, 1);
      assert.equal((JSON.parse(json.terminal.outLines[0] ?? '') as { ready: boolean }).ready, false);
    } finally {
      view.statusChanges = {};
    }
    assert.equal((await run('health', '--api', '127.0.0.1:1')).code, 3);
  });

  it('B9: after a crash another platform took the port: nothing of it is printed, and it is told who answers', async () => {
    const crashed = await mkdtemp(join(tmpdir(), 'fb-pbft-cli-'));
    const { identity } = server;
    view.values.set('greeting', text('of another ledger'));
    view.blocks.set(2, { block: fakeBlock(2), certificate: undefined });
    try {
      for (const [changes, who] of [
        [{ chainId: toHash('12'.repeat(32)) }, 'a platform of another society'],
        [{ publicKey: SENDER }, 'another platform of the society'],
        [{ instance: 'the one before' }, 'a later start of the same platform'],
      ] as const) {
        await writeApiFile(crashed, { url: server.url, pid: 999_999, ...identity, ...changes });
        for (const command of [['status'], ['status', '--json'], ['health'], ['get', 'greeting'], ['get', 'nope'], ['block', 'latest'], ['evidence']]) {
          const { code, terminal } = await run(...command, '--home', crashed);
          assert.deepEqual([code, terminal.stdout], [3, ''], command.join(' '));
          assert.match(terminal.stderr, new RegExp(`${who}.*process 999999 has ended without cleaning up`));
        }
      }
    } finally {
      await rm(crashed, { recursive: true });
    }
  });

  it('evidence says that there is none', async () => {
    assert.equal((await run('evidence', '--home', home)).terminal.stdout, 'no evidence of misbehaviour');
    assert.deepEqual(JSON.parse((await run('evidence', '--home', home, '--json')).terminal.stdout), { evidence: [] });
  });

  it('a wrong call is exit code 2, help and version 0', async () => {
    for (const args of [[], ['nonsense'], ['status', '--nonsense'], ['get'], ['status'], ['status', '--api', 'http://'], ['block', '1', '2', '--home', home]]) {
      assert.equal((await run(...args)).code, 2, args.join(' '));
    }
    assert.equal((await run('--version')).terminal.stdout, '0.1.0');
    for (const command of ['init', 'id', 'genesis', 'start', 'put', 'delete', 'tx', 'get', 'list', 'status', 'health', 'block', 'evidence']) {
      const { code, terminal } = await run(command, '--help');
      assert.equal(code, 0);
      assert.match(terminal.stdout, new RegExp(`Examples?:\\n  \\$ fb-pbft ${command} `));
    }
  });

  it('says what to do where no platform runs, where it died, and where something else answers', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'fb-pbft-cli-'));
    const other = createServer((_request, response) => response.writeHead(404).end('<html>'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const none = await run('status', '--home', empty);
      assert.equal(none.code, 3);
      assert.match(none.terminal.stderr, /no platform runs on .*: start it with "fb-pbft start --home/);
      const foreign = await run('status', '--api', `127.0.0.1:${port}`);
      assert.equal(foreign.code, 3);
      assert.match(foreign.terminal.stderr, /is --api its address\?/);
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
      await writeApiFile(empty, { url: `http://127.0.0.1:${port}`, pid: 999_999, ...server.identity });
      const dead = await run('status', '--home', empty);
      assert.equal(dead.code, 3);
      assert.match(dead.terminal.stderr, /ECONNREFUSED.*process 999999 has ended without cleaning up; start the platform again/);
      await writeApiFile(empty, { url: `http://127.0.0.1:${port}`, pid: process.pid, ...server.identity });
      const silent = await run('status', '--home', empty);
      assert.equal(silent.code, 3);
      assert.match(silent.terminal.stderr, new RegExp(`ECONNREFUSED.*process ${process.pid} lives: it is stopped or busy`));
      assert.doesNotMatch(silent.terminal.stderr, /has ended/);
      await writeApiFile(empty, { url: `http://127.0.0.1:${port}`, pid: 999_999, ...server.identity });
      await removeApiFile(empty, 1);
      assert.equal((await run('status', '--home', empty)).code, 3, 'a file of another process stays');
      await removeApiFile(empty, 999_999);
      assert.match((await run('status', '--home', empty)).terminal.stderr, /no platform runs/);
      await writeFile(join(empty, 'api.json'), 'garbage');
      assert.match((await run('status', '--home', empty)).terminal.stderr, /api\.json is damaged/);
    } finally {
      other.close();
      await rm(empty, { recursive: true });
    }
  });
});
