import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { createPlatformKey } from '../../src/crypto/key-store.js';
import { buildGenesis } from '../../src/ledger/genesis.js';
import { encodePut } from '../../src/ledger/key-value.js';
import { startPlatform } from '../../src/node/platform.js';
import type { RunningPlatform } from '../../src/node/running-platform.js';
import { DATABASE_DIRECTORY } from '../../src/storage/platform-store.js';
import { toPlatformName } from '../../src/types/ids.js';
import { until } from './process-federation.js';

const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'] as const;

describe('snapshots among four platforms on loopback (section 7, Snapshots)', function () {
  this.timeout(120_000);
  const platforms = new Map<string, RunningPlatform>();
  const client = createSigner(generateSeed());
  let directory: string;
  let genesis: ReturnType<typeof buildGenesis>;
  let nonce = 0;

  const homeOf = (name: string): string => join(directory, name);
  const platform = (name: string): RunningPlatform => {
    const found = platforms.get(name);
    assert.ok(found !== undefined);
    return found;
  };

  async function start(name: string): Promise<void> {
    platforms.set(name, await startPlatform({
      home: homeOf(name), genesis, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: [...platforms.values()].flatMap(({ listenAddresses }) => listenAddresses),
      logger: pino({ enabled: false }), slotTimeoutMs: 500, snapshotIntervalBlocks: 10, keepBlocks: 5, snapshotAboveBlocks: 100_000,
    }));
  }

  async function stop(name: string): Promise<void> {
    const running = platform(name);
    platforms.delete(name);
    await running.stop();
  }

  /** A put that is final at this platform. */
  async function put(at: string, key: string, value: string): Promise<void> {
    const { view } = platform(at);
    const transaction = createTransaction({ chainId: genesis.chainId, sender: client.publicKey, nonce, payload: encodePut(key, value) }, (bytes) => client.sign(bytes));
    nonce += 1;
    view.submit(transaction.bytes);
    await view.waitFinal(transaction.id, 30_000);
  }

  /** The value at this platform, which may execute a block later than the one that the client asked. */
  const untilValue = (at: string, key: string, value: string): Promise<true> => until(`${key} is ${value} at ${at}`, async () => {
    return Buffer.from(await platform(at).view.query(Buffer.from(key)) ?? []).toString() === value ? true : undefined;
  });

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-snapshots-'));
    const keys = await Promise.all(NAMES.map((name) => createPlatformKey(homeOf(name), toPlatformName(name))));
    genesis = buildGenesis({
      society: 'lct:web4:society:snapshots', timestampMs: Date.now(), parameters: { checkpointInterval: 5 },
      members: keys.map(({ name, publicKey }) => ({ name, publicKey })),
    });
    for (const name of NAMES) await start(name);
    await until('all are connected', () => Promise.resolve([...platforms.values()].every(({ view }) => view.status().peers.length === 3) ? true : undefined));
  });

  after(async () => {
    await Promise.all([...platforms.values()].map((running) => running.stop()));
    await rm(directory, { recursive: true });
  });

  it('an emptied platform joins a pruned federation by a snapshot, executes on, answers, and votes again (R10)', async () => {
    await put('Thor', 'early', 'kept');
    for (let count = 0; count < 25; count += 1) await put('Thor', `key ${count}`, String(count));
    await until('all have pruned', () => Promise.resolve(NAMES.every((name) => platform(name).view.status().first_block >= 10) ? true : undefined));

    await stop('Platform2');
    await rm(join(homeOf('Platform2'), DATABASE_DIRECTORY), { recursive: true });
    await rm(join(homeOf('Platform2'), 'snapshots'), { recursive: true, force: true });
    await put('Thor', 'meanwhile', 'written');
    await start('Platform2');
    const { view } = platform('Platform2');
    await until('it has caught up', async () => {
      await put('Thor', 'late', 'written');
      const [own, other] = [view.status(), platform('Thor').view.status()];
      return !own.catching_up && own.executed_blocks >= other.executed_blocks - 1 && own.executed_blocks > 0 ? true : undefined;
    });
    assert.ok(view.status().first_block >= 10, 'from a snapshot, not from the first block');
    for (const [key, value] of [['early', 'kept'], ['key 7', '7'], ['meanwhile', 'written']] as const) {
      assert.equal(Buffer.from(await view.query(Buffer.from(key)) ?? []).toString(), value);
    }
    await until('its account of the client is up to date', async () => (await view.account(client.publicKey)).nextNonce === nonce ? true : undefined);
    await until('it votes again', async () => {
      await put('Thor', 'later', 'written');
      return view.status().voting === 'voting' ? true : undefined;
    });
    // Now its vote is needed.
    await stop('Sprout');
    await put('Platform2', 'with its vote', 'final');
    await untilValue('Thor', 'with its vote', 'final');
    const roots = await until('both have a root of the same block', () => {
      const found = ['Thor', 'Platform2'].map((name) => platform(name).view.status()).map(({ executed_blocks, state_root }) => ({ executed_blocks, state_root }));
      return Promise.resolve(found[0]?.executed_blocks === found[1]?.executed_blocks && found.every(({ state_root }) => state_root !== null) ? found : undefined);
    });
    assert.ok(roots.length === 2);
  });

  it('a stopped one that is behind what all others still serve does the same with the state that it has', async () => {
    await start('Sprout');
    await stop('Legion');
    const before = platform('Thor').view.status().committed_blocks;
    await until('the others have pruned what it needs next', async () => {
      await put('Thor', 'busy', String(nonce));
      return ['Thor', 'Sprout', 'Platform2'].every((name) => platform(name).view.status().first_block > before + 1) ? true : undefined;
    });
    await start('Legion');
    const { view } = platform('Legion');
    await until('it has caught up', () => {
      const [own, other] = [view.status(), platform('Thor').view.status()];
      return Promise.resolve(!own.catching_up && own.executed_blocks >= other.executed_blocks ? true : undefined);
    });
    assert.ok(view.status().first_block > before + 1);
    assert.equal(Buffer.from(await view.query(Buffer.from('early')) ?? []).toString(), 'kept');
    await put('Legion', 'again', 'there');
  });
});
