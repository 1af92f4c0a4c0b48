import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FederationDescription } from '../../../scripts/federation/description.js';
import { platformsOf } from '../../../scripts/federation/description.js';
import { prepareDirectory, rememberAddresses } from '../../../scripts/federation/directory.js';
import type { FederationDirectory } from '../../../scripts/federation/directory.js';
import { LocalFederation } from '../../../scripts/federation/local-federation.js';
import { FederationObserver } from '../../../scripts/federation/observer.js';
import { loadPlatformKey } from '../../../src/crypto/key-store.js';

const FAKE = fileURLToPath(new URL('fake-platform.mjs', import.meta.url));

function description(...names: string[]): FederationDescription {
  return {
    society: 'lct:web4:society:demo',
    fastPath: 'largest',
    platforms: names.map((name) => ({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' })),
    bootstrap: [names[0] ?? ''],
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('federation script: directory', () => {
  let dir: string;
  beforeEach(async () => { dir = join(await mkdtemp(join(tmpdir(), 'fb-pbft-dir-')), 'data'); });
  afterEach(() => rm(join(dir, '..'), { recursive: true }));

  async function prepare(names: string[], fresh = false): Promise<FederationDirectory> {
    const described = description(...names);
    return prepareDirectory(dir, described, platformsOf(described, names.length), fresh);
  }

  it('makes keys and genesis at the first start, and the same chain goes on at the next', async () => {
    const first = await prepare(['Thor', 'Sprout']);
    assert.deepEqual(first.genesis.membership.members.map(({ name }) => name), ['Thor', 'Sprout']);
    const [thor] = first.platforms;
    assert.equal(thor?.home, join(dir, 'Thor'));
    assert.equal((await loadPlatformKey(thor.home)).publicKey, first.genesis.membership.members[0]?.publicKey);
    assert.equal((await prepare(['Thor', 'Sprout'])).genesis.chainId, first.genesis.chainId);
    assert.notEqual((await prepare(['Thor', 'Sprout'], true)).genesis.chainId, first.genesis.chainId);
  });

  it('a first start that was cut short is completed', async () => {
    const first = await prepare(['Thor', 'Sprout']);
    await rm(join(dir, 'genesis.json'));
    await rm(join(dir, 'Sprout'), { recursive: true });
    const second = await prepare(['Thor', 'Sprout']);
    assert.equal(second.genesis.membership.members[0]?.publicKey, first.genesis.membership.members[0]?.publicKey);
  });

  it('a federation of another size is left alone, saying how to go on', async () => {
    await prepare(['Thor', 'Sprout']);
    await assert.rejects(prepare(['Thor', 'Sprout', 'Legion']), { code: 'wrong-size', message: /holds a federation of 2 \(Thor, Sprout\), not of 3 .*--platforms 2.*--fresh/ });
    assert.equal((await prepare(['Thor', 'Sprout', 'Legion'], true)).platforms.length, 3);
  });

  it('--fresh never deletes what this script did not make', async () => {
    await mkdir(dir);
    await writeFile(join(dir, 'thesis.txt'), 'years of work');
    await assert.rejects(prepare(['Thor'], true), { code: 'directory' });
    assert.equal(await readFile(join(dir, 'thesis.txt'), 'utf8'), 'years of work');
  });

  it('platforms keep their ports, unless another process has taken them', async () => {
    const directory = await prepare(['Thor', 'Sprout']);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await rememberAddresses(directory, new Map([['Thor', [`/ip4/127.0.0.1/tcp/${port}/p2p/12D3KooX`]]]));
    assert.deepEqual((await prepare(['Thor', 'Sprout'])).platforms.map(({ listen }) => listen), [['/ip4/127.0.0.1/tcp/0'], ['/ip4/127.0.0.1/tcp/0']]);
    server.close();
    await once(server, 'close');
    assert.deepEqual((await prepare(['Thor', 'Sprout'])).platforms[0]?.listen, [`/ip4/127.0.0.1/tcp/${port}`]);
  });
});

describe('federation script: processes', () => {
  let dir: string;
  let federation: LocalFederation | undefined;
  beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-processes-')); });
  afterEach(async () => {
    await federation?.stop();
    await rm(dir, { recursive: true });
  });

  async function prepare(...names: string[]): Promise<LocalFederation> {
    const described = description(...names);
    const directory = await prepareDirectory(dir, described, platformsOf(described, names.length), false);
    return new LocalFederation({ directory, command: FAKE, bootstrap: described.bootstrap, timeoutMs: 15_000 });
  }

  it('starts the first, gives its address to the others, asks all, and stops all', async () => {
    federation = await prepare('Thor', 'Sprout', 'Legion');
    await federation.start();
    const observer = new FederationObserver(['Thor', 'Sprout', 'Legion'], 0);
    await federation.observe(observer);
    assert.equal(observer.slowestSequence, 1);
    assert.deepEqual(federation.picture(observer).map(({ process }) => process), federation.processes.map(({ pid }) => ({ type: 'answering', pid })));
    const thorPort = new URL(federation.url('Thor') ?? '').port;
    assert.doesNotMatch(await readFile(join(dir, 'Thor', 'platform.log'), 'utf8'), /--bootstrap/);
    for (const name of ['Sprout', 'Legion']) {
      assert.match(await readFile(join(dir, name, 'platform.log'), 'utf8'), new RegExp(`--bootstrap /ip4/127\\.0\\.0\\.1/tcp/${thorPort}/p2p/Thor --exit-with-parent`));
    }
    assert.deepEqual(await federation.stop(), []);
    assert.deepEqual(federation.ended, []);
    for (const { pid } of federation.processes) assert.equal(isAlive(pid), false);
  });

  it('a platform that does not start is named, with what it said', async () => {
    federation = await prepare('Thor', 'Broken');
    await assert.rejects(federation.start(), { code: 'platform-ended', message: /^Broken \(process \d+\) ended with exit code 1: error: home is damaged; its log is .*platform\.log$/ });
  });

  it('C16: with --keep-going one that ends while all start is left so, the first one too, and the others go on', async () => {
    for (const names of [['Thor', 'Broken', 'Legion'], ['Broken', 'Thor', 'Legion']] as const) {
      federation = await prepare(...names);
      await federation.start(true);
      assert.deepEqual(federation.ended.map(({ name }) => name), ['Broken']);
      const observer = new FederationObserver(names, 0);
      await federation.observe(observer);
      assert.deepEqual(new Map(federation.picture(observer).map(({ name, process }) => [name, process.type])).get('Broken'), 'ended');
      assert.equal(federation.loadClients(() => new Uint8Array()).length, 2);
      await federation.stop();
      await rm(dir, { recursive: true });
    }
    federation = await prepare('Broken');
    await assert.rejects(federation.start(true), { code: 'platform-ended' }, 'nothing is left to go on');
  });

  it('a platform that dies is noticed and named, with the signal and how to start it again', async () => {
    federation = await prepare('Thor', 'Sprout');
    await federation.start();
    const sprout = federation.processes.find(({ name }) => name === 'Sprout');
    assert.ok(sprout);
    process.kill(sprout.pid, 'SIGKILL');
    await sprout.exited;
    assert.deepEqual(federation.ended, [sprout]);
    assert.match((await sprout.endedError()).message, /^Sprout \(process \d+\) was killed by SIGKILL; its log is /, 'C16: its last line is no cause');
    assert.match(sprout.restartCommand, /^npx fb-pbft start --home .*Sprout --genesis /);
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    await federation.observe(observer);
    assert.deepEqual(federation.picture(observer).map(({ process }) => process), [
      { type: 'answering', pid: federation.process('Thor').pid }, { type: 'ended', how: 'was killed by SIGKILL' },
    ]);
  });

  it('a platform that does not stop cleanly is named', async () => {
    federation = await prepare('Thor', 'Rude');
    await federation.start();
    assert.deepEqual(await federation.stop(), ['Rude']);
  });

  it('one that is stopped before it can listen for that has stopped cleanly', async () => {
    federation = await prepare('Thor', 'Sprout');
    await federation.start();
    const before = federation.process('Sprout');
    before.signal('SIGKILL');
    await before.exited;
    const { process: again, up } = await federation.spawnAgain('Sprout');
    const ended = assert.rejects(up, { code: 'platform-ended' });
    assert.deepEqual(await federation.stop(), []);
    await ended;
    assert.equal(isAlive(again.pid), false);
  });

  it('the platforms end by themselves when the script is killed', async () => {
    const program = `
      const { PlatformProcess } = await import(${JSON.stringify(new URL('../../../scripts/federation/platform-process.ts', import.meta.url).href)});
      const platform = new PlatformProcess({ name: 'Thor', command: ${JSON.stringify(FAKE)}, args: ['start', '--home', ${JSON.stringify(join(dir, 'Thor'))}], logFile: ${JSON.stringify(join(dir, 'thor.log'))} });
      const { url } = await platform.ready(15000);
      console.log(JSON.stringify({ pid: platform.pid, url }));`;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(parent.stdout, 'data') as [Buffer];
    const { pid } = JSON.parse(line.toString()) as { pid: number };
    assert.equal(isAlive(pid), true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    while (isAlive(pid)) await new Promise((resolve) => { setImmediate(resolve); });
  });
});
