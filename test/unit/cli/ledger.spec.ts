import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import { writeApiFile } from '../../../src/cli/api-file.js';
import { runCli } from '../../../src/cli/program.js';
import { decodeTransaction } from '../../../src/codec/transaction.js';
import { createPlatformKey } from '../../../src/crypto/key-store.js';
import { describeOperation } from '../../../src/ledger/key-value.js';
import { toHash, toPlatformName } from '../../../src/types/ids.js';
import { FakeView, finalAt, text } from '../api/fake-view.js';
import { RecordingTerminal } from './terminal.js';

const ID = toHash('5a'.repeat(32));

describe('CLI: delete, tx and list, and put while out of touch (issue 10, C17)', () => {
  let home: string;
  let view: FakeView;
  let server: HttpServer;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-ledger-'));
    await createPlatformKey(home, toPlatformName('Thor'));
    view = new FakeView();
    view.idOf = (bytes) => decodeTransaction(bytes, 1 << 16).id;
    server = await createHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
    await writeApiFile(home, { url: server.url, pid: process.pid, ...server.identity });
  });
  afterEach(async () => {
    await server.close();
    await rm(home, { recursive: true });
  });

  async function run(...args: string[]): Promise<{ code: number; terminal: RecordingTerminal }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli([...args, '--home', home], terminal), terminal };
  }

  it('delete submits a delete', async () => {
    view.finality = (id) => Promise.resolve(finalAt(id));
    const { code, terminal } = await run('delete', 'greeting', '--wait');
    assert.equal(code, 0, terminal.stderr);
    assert.match(terminal.stdout, /is final in block 7 /);
    assert.deepEqual(view.submitted.map((bytes) => describeOperation(decodeTransaction(bytes, 1 << 16).payload)), [{ type: 'delete', key: 'greeting' }]);
  });

  it('put without --wait says when its platform is out of touch, and that nothing becomes final', async () => {
    view.statusChanges = { in_touch: false, peers: [] };
    const { code, terminal } = await run('put', 'a', 'b');
    assert.equal(code, 0);
    assert.match(terminal.stdout, /submitted; Thor is out of touch \(1 of 4 connected, quorum 3\): nothing becomes final until it reaches the others$/);
    assert.equal((JSON.parse((await run('put', 'a', 'c', '--json')).terminal.stdout) as { in_touch: boolean }).in_touch, false);
    view.statusChanges = {};
    assert.equal((JSON.parse((await run('put', 'a', 'd', '--json')).terminal.stdout) as { in_touch: boolean }).in_touch, true);
  });

  it('tx tells pending, final, without effect, and unknown', async () => {
    view.transactions.set(ID, 'pending');
    assert.equal((await run('tx', ID)).terminal.stdout, `${ID} is pending`);
    assert.deepEqual(JSON.parse((await run('tx', ID, '--json')).terminal.stdout), { id: ID, status: 'pending' });
    view.transactions.set(ID, finalAt(ID));
    assert.match((await run('tx', ID.toUpperCase())).terminal.stdout, new RegExp(`^${ID} is final in block 7 \\([0-9a-f]{64}\\)$`));
    view.transactions.set(ID, finalAt(ID, false));
    const failed = await run('tx', ID, '--json');
    assert.equal(failed.code, 1);
    assert.equal((JSON.parse(failed.terminal.stdout) as { ok: boolean }).ok, false);
    assert.match((JSON.parse(failed.terminal.stderr) as { error: { message: string } }).error.message, /had no effect: nonce-used/);
    const unknown = await run('tx', '00'.repeat(32));
    assert.equal(unknown.code, 1);
    assert.match(unknown.terminal.stderr, /neither pending nor final here/);
  });

  it('list gives keys of a prefix with their values, and how to go on', async () => {
    for (const [key, value] of [['user/a', 'one'], ['user/bb', 'two'], ['user/c', 'three'], ['other', 'x']] as const) view.values.set(key, text(value));
    const { code, terminal } = await run('list', '--prefix', 'user/', '--limit', '2');
    assert.equal(code, 0, terminal.stderr);
    const after = Buffer.from('user/bb').toString('hex');
    assert.equal(terminal.stdout, `user/a   one\nuser/bb  two\nthere are more: --after ${after}`);
    assert.equal((await run('list', '--prefix', 'user/', '--after', after)).terminal.stdout, 'user/c  three');
    assert.deepEqual(JSON.parse((await run('list', '--prefix', 'oth', '--json')).terminal.stdout), {
      entries: [{ key: 'other', keyHex: Buffer.from('other').toString('hex'), value: 'x', valueHex: '78' }], next: null,
    });
    assert.equal((await run('list', '--prefix', 'none')).terminal.stdout, 'there are no such keys');
  });
});
