import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { agreedHash } from '../../scripts/federation/agreement.js';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';
import { ProcessFederation, runCommand, until } from './process-federation.js';
import type { CommandResult } from './process-federation.js';

const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'] as const;

/** What a command printed with --json. */
function json(result: CommandResult): Record<string, unknown> {
  assert.equal(result.code, 0, result.err);
  return JSON.parse(result.out) as Record<string, unknown>;
}

async function listeningServer(): Promise<{ readonly port: number; close(): void }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => { server.close(); } };
}

describe('federation of four processes', function () {
  // Processes on a busy machine; every wait inside is for progress and names what it waited for.
  this.timeout(180_000);
  let federation: ProcessFederation;

  before(async () => { federation = await ProcessFederation.create(...NAMES); });
  beforeEach(() => federation.startAll());
  after(() => federation.dispose());

  /** Stops all and compares what is in their databases. @returns the hashes, by sequence */
  async function stopAndCompare(): Promise<readonly string[]> {
    const exits = await Promise.all(NAMES.filter((name) => federation.isRunning(name)).map((name) => federation.signal(name, 'SIGINT')));
    for (const exit of exits) assert.deepEqual(exit, { code: 0, signal: null });
    const chains = await Promise.all(NAMES.map((name) => federation.chain(name)));
    const shortest = Math.min(...chains.map(({ hashes }) => hashes.length));
    agreedHash(chains, shortest);
    return chains[0]?.hashes.slice(0, shortest) ?? [];
  }

  /** Starts one more `fb-pbft start`, which is expected to end by itself. */
  async function refusedStart(...args: Parameters<ProcessFederation['startArguments']>): Promise<string> {
    const { code, out, err } = await runCommand(...federation.startArguments(...args));
    assert.equal(code, 1, out + err);
    assert.doesNotMatch(err, /\n\s+at /, 'a stack trace is no message');
    return err;
  }

  it('commits blocks; put, get, list, delete, tx, id, block and status through the command', async () => {
    const put = json(await runCommand('put', 'greeting', 'hello', '--home', federation.home('Thor'), '--wait', '--json'));
    const sequence = Number(put['sequence']);
    await until('Legion has executed it', async () => (await federation.status('Legion')).executed_blocks > sequence ? true : undefined);
    assert.equal(json(await runCommand('get', 'greeting', '--home', federation.home('Legion'), '--json'))['value'], 'hello');

    const listed = json(await runCommand('list', '--prefix', 'greet', '--home', federation.home('Legion'), '--json'));
    assert.deepEqual((listed['entries'] as readonly { readonly key: string; readonly value: string }[]).map(({ key, value }) => [key, value]), [['greeting', 'hello']]);
    const gone = json(await runCommand('delete', 'greeting', '--home', federation.home('Thor'), '--wait', '--json'));
    assert.deepEqual(json(await runCommand('tx', String(gone['id']), '--home', federation.home('Thor'), '--json')), gone);
    const missing = await runCommand('get', 'greeting', '--home', federation.home('Thor'), '--json');
    assert.equal(missing.code, 1);
    assert.deepEqual(JSON.parse(missing.err), { error: { code: 'not-found', message: 'there is no key "greeting"' } });
    const { publicKey } = json(await runCommand('id', '--home', federation.home('Thor'), '--json'));
    assert.equal(publicKey, federation.directory.genesis.membership.members[0]?.publicKey);

    const block = json(await runCommand('block', String(sequence), '--api', federation.url('Sprout'), '--json'));
    assert.equal(block['hash'], put['hash']);
    assert.equal((block['transactions'] as readonly { readonly id: string }[])[0]?.id, put['id']);
    assert.ok((block['finality_certificate'] as { readonly signatures: readonly unknown[] }).signatures.length >= 3);

    const status = json(await runCommand('status', '--home', federation.home('Platform2'), '--json'));
    assert.deepEqual(
      [status['platform'], status['f'], status['quorum_size'], status['peers'], status['catching_up'], status['sequence']],
      ['Platform2', 1, 3, ['Thor', 'Sprout', 'Legion'], false, status['committed_blocks']]);
    assert.ok(Number(status['sequence']) > sequence);
  });

  it('kill -9 of the next proposer under load: the others go on (R3, R7), it comes back, catches up and votes again', async () => {
    const { proposer } = await federation.status('Thor');
    const others = NAMES.filter((name) => name !== proposer);
    const load = federation.load(others);
    try {
      await federation.progress(4);
      const next = (await federation.status(others[0] ?? '')).proposer === proposer;
      assert.ok(next || await until('its turn comes', async () => (await federation.status(others[0] ?? '')).proposer === proposer ? true : undefined));
      const viewBefore = (await federation.status(others[0] ?? '')).view;
      assert.equal((await federation.signal(proposer, 'SIGKILL')).signal, 'SIGKILL');
      // Among any four slots in a row one is the dead platform's, and is skipped.
      await federation.progress(8, others);
      assert.ok((await federation.status(others[0] ?? '')).view > viewBefore, 'its slots were skipped');

      await federation.start(proposer);
      const back = await until(`${proposer} has caught up`, async () => {
        const [status, other] = await federation.statuses([proposer, others[0] ?? '']);
        return status !== undefined && other !== undefined && !status.catching_up && status.voting === 'voting' && status.sequence + 2 >= other.sequence ? status.sequence : undefined;
      });
      let sequence = back;
      await until(`a block that ${proposer} proposed and one that it signed are final at ${others.join(', ')}`, async () => {
        const [block] = await Promise.all(others.map((name) => federation.block(name, sequence)));
        sequence += 1;
        return block?.header.proposer === proposer && block.finality_certificate.signatures.some(({ platform }) => platform === proposer) ? true : undefined;
      });
    } finally {
      await load.stop();
    }
    assert.ok((await stopAndCompare()).length > 12);
  });

  it('Ctrl-C stops all cleanly, and the same chain goes on at the next start', async () => {
    json(await runCommand('put', 'kept', 'over restarts', '--home', federation.home('Thor'), '--wait', '--json'));
    const chain = await stopAndCompare();
    await federation.startAll();
    assert.equal(json(await runCommand('get', 'kept', '--home', federation.home('Thor'), '--json'))['value'], 'over restarts');
    const { sequence } = json(await runCommand('put', 'next', 'block', '--home', federation.home('Sprout'), '--wait', '--json'));
    assert.equal(sequence, chain.length);
    assert.equal((await federation.block('Sprout', chain.length)).header.prev_hash, chain.at(-1));
  });

  it('a second start on the same home is refused, and the first goes on', async () => {
    assert.match(await refusedStart('Thor', { listen: '/ip4/127.0.0.1/tcp/0' }), /^error: home .* is in use by process \d+, since .*stop that one first/);
    assert.equal((await federation.status('Thor')).platform, 'Thor');
  });

  it('a replayed transaction has no effect, whether its platform remembers it or was started anew', async () => {
    const signer = createSigner(generateSeed());
    const { chainId } = federation.directory.genesis;
    const transaction = (nonce: number, value: string): Uint8Array => createTransaction(
      { chainId, sender: signer.publicKey, nonce, payload: encodePut('replayed', value) }, (message) => signer.sign(message)).bytes;
    const submit = async (name: string, bytes: Uint8Array): Promise<{ readonly status: number; readonly body: unknown }> => {
      const response = await fetch(`${federation.url(name)}/transactions?wait=true`, {
        method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': 'application/octet-stream' } });
      return { status: response.status, body: await response.json() };
    };
    const once = transaction(0, 'first');
    assert.equal((await submit('Thor', once)).status, 200);
    assert.equal((await submit('Thor', transaction(1, 'second'))).status, 200);
    const refused = await submit('Thor', once);
    assert.equal(refused.status, 409, JSON.stringify(refused.body));

    await federation.signal('Thor', 'SIGTERM');
    await federation.start('Thor');
    await submit('Thor', once);
    assert.equal(json(await runCommand('put', 'after', 'replay', '--home', federation.home('Thor'), '--wait', '--json'))['ok'], true);
    assert.equal(json(await runCommand('get', 'replayed', '--home', federation.home('Thor'), '--json'))['value'], 'second');
  });

  it('a port in use is named, for other platforms as for the API', async () => {
    const server = await listeningServer();
    try {
      await federation.signal('Legion', 'SIGTERM');
      assert.match(await refusedStart('Legion', { listen: `/ip4/127.0.0.1/tcp/${server.port}` }), new RegExp(`^error: .*127\\.0\\.0\\.1/tcp/${server.port}.*(in use|uses)`));
      assert.match(await refusedStart('Legion', { api: `127.0.0.1:${server.port}` }), new RegExp(`error: --api 127\\.0\\.0\\.1:${server.port}: .*uses this port`));
    } finally {
      server.close();
    }
  });

  it('a platform whose key is not in genesis is refused, and a stranger is not let in', async () => {
    const home = join(federation.directory.path, 'Stranger');
    const { publicKey } = json(await runCommand('init', '--home', home, '--platform', 'Stranger', '--json'));
    const refusal = await refusedStart('Thor', { home, listen: '/ip4/127.0.0.1/tcp/0' });
    assert.match(refusal, /^error: platform Stranger: its public key .* is not in the genesis of lct:web4:society:processes/);

    // A genesis of its own, in which it is a member, makes it dial the federation.
    const genesis = join(home, 'genesis.json');
    const members = federation.directory.genesis.membership.members.flatMap((member) => ['--member', `${member.name}=${member.publicKey}`]);
    json(await runCommand('genesis', '--society', 'lct:web4:society:processes', ...members, '--member', `Stranger=${String(publicKey)}`, '--out', genesis, '--json'));
    const stranger = await federation.startOutsider('Stranger', home, genesis);
    try {
      await until('a member has refused it', async () => (
        (await federation.statuses()).some(({ rejections }) => (rejections['gater-inbound-not-member'] ?? 0) > 0) ? true : undefined));
      assert.deepEqual((await stranger.status()).peers, []);
    } finally {
      await stranger.stop();
    }
    assert.deepEqual((await federation.status('Thor')).peers, ['Sprout', 'Legion', 'Platform2']);
  });

  it('a platform restarted on another port is found again', async () => {
    const before = federation.listenAddress('Sprout');
    await federation.signal('Sprout', 'SIGKILL');
    const taken = await listeningServer();
    try {
      await federation.start('Sprout', '/ip4/127.0.0.1/tcp/0');
      assert.notEqual(federation.listenAddress('Sprout'), before);
      await federation.startAll();
    } finally {
      taken.close();
    }
  });

  it('R10: with an emptied database a platform only observes, then votes again, and never contradicts itself', async () => {
    const load = federation.load(['Thor', 'Sprout', 'Legion']);
    try {
      await federation.progress(4);
      await federation.signal('Platform2', 'SIGKILL');
      await rm(join(federation.home('Platform2'), 'db'), { recursive: true });
      await federation.start('Platform2');
      assert.equal((await federation.status('Platform2')).voting, 'observing');
      await until('Platform2 has fetched the chain', async () => {
        const [own, other] = await federation.statuses(['Platform2', 'Thor']);
        return own !== undefined && other !== undefined && own.sequence > 0 && own.sequence + 2 >= other.sequence ? true : undefined;
      });
      await until('Platform2 votes again', async () => (await federation.status('Platform2')).voting === 'voting' ? true : undefined);
      await federation.progress(4);
    } finally {
      await load.stop();
    }
    for (const name of NAMES) assert.equal((await federation.status(name)).equivocations, 0, name);
    await stopAndCompare();
  });

  it('a damaged database is a clear error that says how to go on; the others go on meanwhile', async () => {
    json(await runCommand('put', 'before', 'damage', '--home', federation.home('Thor'), '--wait', '--json'));
    // LevelDB turns its log into tables when it is opened next.
    await federation.signal('Legion', 'SIGTERM');
    await federation.start('Legion');
    await federation.signal('Legion', 'SIGTERM');
    const database = join(federation.home('Legion'), 'db');
    const tables = (await readdir(database)).filter((name) => name.endsWith('.ldb'));
    assert.notDeepEqual(tables, []);
    for (const file of tables) {
      const bytes = await readFile(join(database, file));
      await writeFile(join(database, file), bytes.fill(0xa5, bytes.length >> 2, bytes.length >> 1));
    }
    assert.match(await refusedStart('Legion'), /^error: .*(damaged|checksum|was lost).*Remove the database directory \(keep the key and vote-store\.\*\)/);
    json(await runCommand('put', 'without', 'Legion', '--home', federation.home('Thor'), '--wait', '--json'));
    await rm(database, { recursive: true });
    await federation.start('Legion');
    await until('Legion has fetched the chain', async () => (
      (await federation.block('Legion', 'latest')).hash === (await federation.block('Thor', 'latest')).hash ? true : undefined));
  });

  it('no process ended with a task that nobody awaited, or said that its state had diverged', async () => {
    await stopAndCompare();
    assert.doesNotMatch(federation.logs, /without anybody awaiting|diverged|\n\s+at /);
  });
});
