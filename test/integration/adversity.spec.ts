import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spaceRange } from '../../src/storage/key-spaces.js';
import { LevelByteStore } from '../../src/storage/level-byte-store.js';
import { ProcessFederation, until } from './process-federation.js';

const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'] as const;
const HONEST = ['Thor', 'Sprout', 'Legion'] as const;
const MIB = 1024 * 1024;

describe('federation of four processes in adversity', function () {
  // Processes on a busy machine; every wait inside is for progress and names what it waited for.
  this.timeout(180_000);
  let federation: ProcessFederation;

  before(async () => { federation = await ProcessFederation.create(...NAMES); });
  beforeEach(() => federation.startAll());
  after(() => federation.dispose());

  it('row B7: a process that stood still until all had given it up returns by itself', async () => {
    federation.freeze('Platform2', true);
    await until('the others have noticed', async () => (
      (await federation.statuses(HONEST)).every(({ peers }) => peers.length === 2) ? true : undefined));
    const load = federation.load(HONEST);
    try {
      await federation.progress(3, HONEST);
      federation.freeze('Platform2', false);
      await until('it is connected to all again', async () => ((await federation.status('Platform2')).peers.length === 3 ? true : undefined));
      await federation.progress(3);
    } finally {
      await load.stop();
    }
  });

  it('row B4: a final block that got damaged on the disk is fetched again from the others', async () => {
    const load = federation.load(NAMES);
    await federation.progress(5);
    await load.stop();
    const before = await federation.block('Thor', 1);
    await federation.signal('Thor', 'SIGINT');
    const database = await LevelByteStore.open(join(federation.home('Thor'), 'db'));
    const [, second] = await firstEntries(database);
    const [key, value] = second ?? assert.fail('no second block');
    await database.write([{ key, value: value.with(40, (value[40] ?? 0) ^ 1) }], { sync: true });
    await database.close();
    await federation.start('Thor');
    assert.deepEqual(await until('Thor can show it again', () => federation.block('Thor', 1)), before);
    await federation.signal('Thor', 'SIGINT');
    assert.match(federation.logs, /a final block was damaged in the database; it was fetched again/);
  });

  const floods = [
    ['traffic', 'three go on making blocks in bounded memory while the fourth floods them'],
    ['pushes', 'valid requests with 16,000 own votes each for slots far away cut their sender off (section 8), and hold nobody up'],
  ] as const;
  for (const [kind, what] of floods) it(`row D8: ${what}`, async () => {
    await federation.signal('Platform2', 'SIGKILL');
    const load = federation.load(HONEST);
    await federation.progress(3, HONEST);
    const flooder = spawn(process.execPath, [
      '--import', 'tsx', fileURLToPath(new URL('flooding-member.ts', import.meta.url)), kind,
      federation.home('Platform2'), federation.directory.genesisFile, ...HONEST.map((name) => federation.listenAddress(name)),
    ], { stdio: ['ignore', 'inherit', 'inherit'] });
    try {
      await until('all have cut it off', async () => {
        assert.equal(flooder.exitCode, null, 'the flooder goes on');
        const statuses = await federation.statuses(HONEST);
        return statuses.every(({ rejections }) => (rejections['penalized'] ?? 0) > 0) ? true : undefined;
      });
      await federation.progress(10, HONEST);
      const statuses = await federation.statuses(HONEST);
      for (const { platform, peers, memory_bytes } of statuses) {
        assert.equal(peers.length, 2, 'the honest stay connected');
        assert.ok(memory_bytes < 400 * MIB, `${platform} takes ${Math.round(memory_bytes / MIB)} MiB`);
      }
    } finally {
      flooder.kill('SIGKILL');
      await load.stop();
    }
  });
});

async function firstEntries(database: LevelByteStore): Promise<(readonly [Uint8Array, Uint8Array])[]> {
  const entries: (readonly [Uint8Array, Uint8Array])[] = [];
  for await (const entry of database.iterate({ ...spaceRange('BLOCK'), limit: 2 })) entries.push(entry);
  return entries;
}
