import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import { writeApiFile } from '../../../src/cli/api-file.js';
import { runCli } from '../../../src/cli/program.js';
import { decodeTransaction, isBoundToChain, signedPart } from '../../../src/codec/transaction.js';
import { selectVerifier } from '../../../src/crypto/ed25519.js';
import { hexToBytes } from '../../../src/crypto/hash.js';
import { createPlatformKey, platformKeyPath } from '../../../src/crypto/key-store.js';
import type { PlatformKey } from '../../../src/crypto/key-store.js';
import { describeOperation } from '../../../src/ledger/key-value.js';
import { ZERO_HASH, toHash, toPlatformName } from '../../../src/types/ids.js';
import { FakeView, Refusal, fakeBlock, finalAt } from '../api/fake-view.js';
import { RecordingTerminal } from './terminal.js';

describe('CLI: put', () => {
  let home: string;
  let key: PlatformKey;
  let view: FakeView;
  let server: HttpServer;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-put-'));
    key = await createPlatformKey(home, toPlatformName('Thor'));
    view = new FakeView();
    view.nextNonce = 41;
    view.idOf = (bytes) => decodeTransaction(bytes, 1 << 16).id;
    server = await createHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
    await writeApiFile(home, { url: server.url, pid: process.pid, ...server.identity });
  });
  afterEach(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });

  async function put(...args: string[]): Promise<{ code: number; terminal: RecordingTerminal }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli(['put', ...args], terminal), terminal };
  }

  function onlyTransaction() {
    const [bytes] = view.submitted;
    assert.ok(bytes);
    assert.equal(view.submitted.length, 1);
    const transaction = decodeTransaction(bytes, 1 << 16);
    assert.ok(isBoundToChain(transaction, ZERO_HASH));
    assert.ok(selectVerifier().verify(hexToBytes(transaction.sender), signedPart(transaction.bytes), transaction.signature));
    return transaction;
  }

  it('signs a put with the platform\'s key and its next free nonce', async () => {
    const { code, terminal } = await put('greeting', 'hallo welt', '--home', home);
    assert.equal(code, 0, terminal.stderr);
    const { id, sender, nonce, payload } = onlyTransaction();
    assert.equal(sender, key.publicKey);
    assert.equal(nonce, 41);
    assert.deepEqual(describeOperation(payload), { type: 'put', key: 'greeting', value: 'hallo welt' });
    assert.match(terminal.stdout, new RegExp(`^${id} submitted`));
  });

  it('--key signs with that key, and --api alone with a new one each time', async () => {
    await put('a', 'b', '--api', server.url, '--key', platformKeyPath(home));
    assert.equal(onlyTransaction().sender, key.publicKey);
    view.submitted.length = 0;
    await put('a', 'b', '--api', server.url);
    const one = onlyTransaction().sender;
    view.submitted.length = 0;
    await put('a', 'b', '--api', server.url);
    assert.equal(new Set([one, onlyTransaction().sender, key.publicKey]).size, 3);
    const missing = await put('a', 'b', '--api', server.url, '--key', join(home, 'nothing.key'));
    assert.equal(missing.code, 1);
    assert.match(missing.terminal.stderr, /nothing\.key: there is no key; give a key file/);
  });

  it('--wait answers with id, sequence, hash and ok once final', async () => {
    view.finality = (id) => Promise.resolve(finalAt(id));
    const json = await put('a', 'b', '--home', home, '--wait', '--json');
    assert.equal(json.code, 0);
    assert.deepEqual(JSON.parse(json.terminal.stdout), { id: onlyTransaction().id, sequence: 7, hash: fakeBlock(7).hash, ok: true });
    const { terminal } = await put('a', 'c', '--home', home, '--wait');
    assert.match(terminal.stdout, /is final in block 7 \([0-9a-f]{64}\)$/);
  });

  it('--wait fails where the transaction had no effect, and where it is not final in time', async () => {
    view.finality = (id) => Promise.resolve(finalAt(id, false));
    const failed = await put('a', 'b', '--home', home, '--wait', '--json');
    assert.equal(failed.code, 1);
    assert.equal((JSON.parse(failed.terminal.stdout) as { ok: boolean }).ok, false);
    assert.match(failed.terminal.stderr, /final in block 7, but had no effect: nonce-used/);
    view.finality = () => Promise.reject(new Refusal('timeout'));
    const late = await put('a', 'b', '--home', home, '--wait', '--timeout', '0.01');
    assert.equal(late.code, 1);
    assert.match(late.terminal.stderr, /is not final after 0\.01 s, and still pending/);
  });

  it('asks for another nonce where the one it got was taken in between, but not for ever', async () => {
    let refusals = 2;
    view.admit = () => {
      refusals -= 1;
      if (refusals < 0) return;
      view.nextNonce += 1;
      throw new Refusal('nonce-used');
    };
    assert.equal((await put('a', 'b', '--home', home)).code, 0);
    assert.equal(onlyTransaction().nonce, 43);
    refusals = Number.POSITIVE_INFINITY;
    const { code, terminal } = await put('a', 'b', '--home', home);
    assert.equal(code, 1);
    assert.equal(terminal.stderr, 'error: refused: nonce-used');
  });

  it('B9: after a crash another society\'s platform took the port: nothing is signed, nothing submitted, exit code 3', async () => {
    await writeApiFile(home, { url: server.url, pid: 999_999, ...server.identity, chainId: toHash('12'.repeat(32)) });
    const { code, terminal } = await put('a', 'b', '--home', home, '--wait');
    assert.deepEqual([code, terminal.stdout, view.submitted], [3, '', []]);
    assert.match(terminal.stderr, /is answered by a platform of another society \(chain 0{64}\), and not by the platform asked for: process 999999 has ended/);
  });

  it('a full mempool and a wrong call are told apart', async () => {
    view.admit = () => { throw new Refusal('full', '10 transactions are pending, which is the limit; submit again once some are final'); };
    const full = await put('a', 'b', '--home', home);
    assert.equal(full.code, 1);
    assert.match(full.terminal.stderr, /submit again/);
    assert.equal((await put('a', 'b', '--home', home, '--timeout', '0')).code, 2);
    assert.equal((await put('a', '--home', home)).code, 2);
    assert.equal((await put('', 'b', '--home', home)).code, 2);
  });
});
