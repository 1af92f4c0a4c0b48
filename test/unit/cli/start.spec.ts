import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readApiFile } from '../../../src/cli/api-file.js';
import { bootstrapAddresses, parseApiAddress, runPlatform } from '../../../src/cli/commands/start.js';
import type { StartFlags, StartParts } from '../../../src/cli/commands/start.js';
import type { ShutdownReason } from '../../../src/cli/shutdown.js';
import { parseBootstrap } from '../../../src/network/bootstrap.js';
import { parsePeerAddress } from '../../../src/network/multiaddrs.js';
import type { PlatformOptions } from '../../../src/node/running-platform.js';
import { ZERO_HASH } from '../../../src/types/ids.js';
import { FakeView, PLATFORM_KEY } from '../api/fake-view.js';
import { RecordingTerminal } from './terminal.js';

/** A platform that does nothing but stop. */
class FakePlatform {
  readonly view = new FakeView();
  readonly listenAddresses = ['/ip4/127.0.0.1/tcp/4001/p2p/peer'];
  stops = 0;
  fail: (error: Error) => void = () => undefined;
  readonly stopped = new Promise<Error | undefined>((resolve) => { this.fail = resolve; });
  stop(): Promise<void> {
    this.stops += 1;
    return Promise.resolve();
  }
}

describe('CLI: start', () => {
  let home: string;
  let platform: FakePlatform;
  let terminal: RecordingTerminal;
  let started: PlatformOptions[];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-start-'));
    platform = new FakePlatform();
    terminal = new RecordingTerminal();
    started = [];
  });
  afterEach(() => rm(home, { recursive: true }));

  function flags(changes: Partial<StartFlags> = {}): StartFlags {
    return { home, genesis: 'genesis.json', listen: ['/ip4/127.0.0.1/tcp/0'], api: { host: '127.0.0.1', port: 0 }, logLevel: 'info', ...changes };
  }

  function parts(shutdown: Promise<ShutdownReason>): StartParts {
    return {
      startPlatform: (options) => {
        started.push(options);
        return Promise.resolve(platform);
      },
      parseBootstrap,
      checkAddress: parsePeerAddress,
      describePayload: () => undefined,
      shutdown,
    };
  }

  /** Until the platform says that it is up. */
  async function untilUp(): Promise<void> {
    while ((await readApiFile(home)) === undefined) await new Promise((resolve) => setImmediate(resolve));
  }

  it('serves the API, can be found through its home, and leaves nothing behind when it is stopped', async () => {
    let stop: (reason: ShutdownReason) => void = () => undefined;
    const running = runPlatform(flags({ slotTimeoutMs: 400 }), parts(new Promise((resolve) => { stop = resolve; })), terminal);
    await untilUp();
    const file = await readApiFile(home);
    assert.ok(file);
    assert.equal(file.pid, process.pid);
    const response = await fetch(`${file.url}/health`);
    assert.equal(response.status, 200);
    const { instance, chain_id: chainId, public_key: publicKey } = await response.json() as Record<string, string>;
    assert.deepEqual({ instance, chainId, publicKey }, { instance: file.instance, chainId: ZERO_HASH, publicKey: PLATFORM_KEY });
    assert.equal(response.headers.get('fb-pbft-instance'), instance);
    stop('SIGTERM');
    await running;
    assert.equal(await readApiFile(home), undefined);
    assert.ok(platform.stops >= 1);
    await assert.rejects(fetch(`${file.url}/health`));
    assert.equal(started[0]?.slotTimeoutMs, 400);
    assert.equal(started[0].genesis, 'genesis.json');
    assert.match(terminal.stdout, /Thor is up; Ctrl-C stops it/);
    assert.match(terminal.stdout, /stopped cleanly/);
  });

  it('a platform that stops itself is an error that says why', async () => {
    const running = runPlatform(flags(), parts(new Promise(() => undefined)), terminal);
    await untilUp();
    platform.fail(new Error('state has diverged at block 7'));
    await assert.rejects(running, { code: 'failed', message: 'Thor stopped itself: state has diverged at block 7' });
    assert.equal(await readApiFile(home), undefined);
  });

  it('a port in use stops the platform and says so', async () => {
    let stop: (reason: ShutdownReason) => void = () => undefined;
    const first = runPlatform(flags(), parts(new Promise((resolve) => { stop = resolve; })), terminal);
    await untilUp();
    const port = Number(new URL((await readApiFile(home))?.url ?? '').port);
    const other = new FakePlatform();
    await assert.rejects(
      runPlatform(flags({ api: { host: '127.0.0.1', port } }), { ...parts(new Promise(() => undefined)), startPlatform: () => Promise.resolve(other) }, terminal),
      { message: `--api 127.0.0.1:${port}: another process uses this port; choose another, or 0 for any free one` },
    );
    assert.equal(other.stops, 1);
    stop('SIGINT');
    await first;
  });

  it('--bootstrap takes multiaddrs and files, and names what does not parse', async () => {
    const file = join(home, 'peers.txt');
    await writeFile(file, '# peers\n/ip4/10.0.0.1/tcp/1\n/ip4/10.0.0.2/tcp/2\n');
    assert.deepEqual(
      await bootstrapAddresses(['/ip4/10.0.0.2/tcp/2', file, '/dns4/thor.example/tcp/3'], parseBootstrap),
      ['/ip4/10.0.0.2/tcp/2', '/ip4/10.0.0.1/tcp/1', '/dns4/thor.example/tcp/3'],
    );
    await assert.rejects(bootstrapAddresses([join(home, 'missing')], parseBootstrap), /missing is neither a multiaddr .* nor a file that can be read/);
    await writeFile(file, 'thor.example:4001\n');
    await assert.rejects(bootstrapAddresses([file], parseBootstrap), (error: Error) => error.message.includes(file) && error.message.includes('line 1'));
  });

  it('--api is HOST:PORT', () => {
    assert.deepEqual(parseApiAddress('127.0.0.1:0'), { host: '127.0.0.1', port: 0 });
    assert.deepEqual(parseApiAddress('[::1]:8080'), { host: '::1', port: 8080 });
    assert.deepEqual(parseApiAddress('localhost:65535'), { host: 'localhost', port: 65535 });
    for (const wrong of ['8080', 'localhost', 'localhost:', ':80', 'localhost:65536', 'a:b:1', '::1:80']) assert.throws(() => parseApiAddress(wrong), /HOST:PORT/, wrong);
  });
});
