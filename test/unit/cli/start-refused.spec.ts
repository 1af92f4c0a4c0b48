import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program.js';
import { wireLimits } from '../../../src/codec/limits.js';
import { createPlatformKey } from '../../../src/crypto/key-store.js';
import { serializeGenesis } from '../../../src/ledger/genesis-file.js';
import { buildGenesis } from '../../../src/ledger/genesis.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import { SCHEMA_VERSION, SPACES } from '../../../src/storage/key-spaces.js';
import { LevelByteStore } from '../../../src/storage/level-byte-store.js';
import { schemaRecord } from '../../../src/storage/migrations.js';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { DATABASE_DIRECTORY, openPlatformStore } from '../../../src/storage/platform-store.js';
import { SealedStore } from '../../../src/storage/sealed-store.js';
import { toPlatformName } from '../../../src/types/ids.js';
import { blockAt, finalRecord } from '../storage/chain-fixture.js';
import { RecordingTerminal } from './terminal.js';

describe('CLI: a start that cannot succeed tells in one line what is wrong and what to do', () => {
  let directory: string;
  let home: string;
  let genesis: ReturnType<typeof buildGenesis>;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-refused-'));
    home = join(directory, 'thor');
    const { publicKey } = await createPlatformKey(home, toPlatformName('Thor'));
    genesis = buildGenesis({ society: 'lct:web4:society:refused', timestampMs: 1_000, parameters: {}, members: [{ name: toPlatformName('Thor'), publicKey }] });
    await writeFile(join(directory, 'genesis.json'), serializeGenesis(genesis));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function refused(): Promise<string> {
    const terminal = new RecordingTerminal();
    const code = await runCli(['start', '--home', home, '--genesis', join(directory, 'genesis.json'), '--listen', '/ip4/127.0.0.1/tcp/0'], terminal);
    assert.equal(code, 1, terminal.stdout);
    assert.equal(terminal.errLines.length, 1);
    assert.doesNotMatch(terminal.stderr, /\n/, 'one line, no stack trace');
    return terminal.stderr;
  }

  function openStore(): Promise<PlatformStore> {
    const { chainId, timestampMs, parameters } = genesis;
    return openPlatformStore(home, { chainId, genesisTip: genesisTip(chainId, timestampMs), limits: wireLimits(parameters, 1) });
  }

  it('its database is where nothing can be written', async () => {
    await symlink('/sys/kernel', join(home, DATABASE_DIRECTORY));
    const text = await refused();
    assert.ok(text.includes(join(home, DATABASE_DIRECTORY)), text);
    assert.match(text, /cannot be written: .*chmod -R u\+rwX .*then start again/);
  });

  it('a newer program wrote its database, which is left as it is', async () => {
    await (await openStore()).close();
    const change = async (version: number): Promise<void> => {
      const bytes = await LevelByteStore.open(join(home, DATABASE_DIRECTORY));
      const sealed = await SealedStore.open(bytes);
      await sealed.write('consensus', { sync: true }, () => [schemaRecord(version)]);
      await bytes.close();
    };
    await change(SCHEMA_VERSION + 1);
    assert.match(await refused(), new RegExp(`schema version ${SCHEMA_VERSION + 1}, this program knows up to ${SCHEMA_VERSION}: start it with the newer program.*Nothing was changed`));
    await change(SCHEMA_VERSION);
    await (await openStore()).close();
  });

  it('its newest final block is damaged, and the society has no other member to fetch it from', async () => {
    const store = await openStore();
    await store.consensus.commit([finalRecord(blockAt({ sequence: 0, slot: 0, parent: genesis.chainId }))]);
    await store.close();
    const bytes = await LevelByteStore.open(join(home, DATABASE_DIRECTORY));
    for await (const [key, value] of bytes.iterate({ gte: Uint8Array.of(SPACES.BLOCK), lt: Uint8Array.of(SPACES.BLOCK + 1), limit: 1 })) {
      await bytes.write([{ key, value: value.with(9, (value[9] ?? 0) ^ 1) }], { sync: true });
    }
    await bytes.close();
    const text = await refused();
    assert.match(text, /key space BLOCK does not match its checksum\. This is final block 0, the newest, and the society has no other member.*put back a copy of the whole home/);
    assert.doesNotMatch(text, /Do not restore a backup/);
  });
});
