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
import { SPACES } from '../../src/storage/key-spaces.js';
import { LevelByteStore } from '../../src/storage/level-byte-store.js';
import { DATABASE_DIRECTORY } from '../../src/storage/platform-store.js';
import { toPlatformName, toSequence } from '../../src/types/ids.js';
import { until } from './process-federation.js';

const NAMES = ['Thor', 'Sprout', 'Legion'] as const;
const DAMAGED = 'Legion';

describe('a platform on loopback whose database was damaged while it was stopped', function () {
  this.timeout(120_000);
  const platforms = new Map<string, RunningPlatform>();
  const lines: string[] = [];
  const client = createSigner(generateSeed());
  let directory: string;
  let genesis: ReturnType<typeof buildGenesis>;
  let nonce = 0;

  const homeOf = (name: string): string => join(directory, name);
  const platform = (name: string): RunningPlatform => platforms.get(name) ?? assert.fail(name);

  async function start(name: string): Promise<void> {
    platforms.set(name, await startPlatform({
      home: homeOf(name), genesis, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: [...platforms.values()].flatMap(({ listenAddresses }) => listenAddresses),
      logger: name === DAMAGED ? pino({ base: null }, { write: (line: string) => { lines.push(line); } }) : pino({ enabled: false }), slotTimeoutMs: 500,
    }));
  }

  async function put(at: string, key: string): Promise<void> {
    const { view } = platform(at);
    const transaction = createTransaction({ chainId: genesis.chainId, sender: client.publicKey, nonce, payload: encodePut(key, 'value') }, (bytes) => client.sign(bytes));
    nonce += 1;
    view.submit(transaction.bytes);
    await view.waitFinal(transaction.id, 30_000);
  }

  /** Flips a bit of a final block's body. */
  async function damage(hash: string): Promise<void> {
    const bytes = await LevelByteStore.open(join(homeOf(DAMAGED), DATABASE_DIRECTORY));
    let found = 0;
    for await (const [key, value] of bytes.iterate({ gte: Uint8Array.of(SPACES.BLOCK), lt: Uint8Array.of(SPACES.BLOCK + 1), limit: -1 })) {
      if (!Buffer.from(key).toString('hex').endsWith(hash)) continue;
      found += 1;
      await bytes.write([{ key, value: value.with(20, (value[20] ?? 0) ^ 1) }], { sync: true });
    }
    await bytes.close();
    assert.equal(found, 1);
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-damaged-'));
    const keys = await Promise.all(NAMES.map((name) => createPlatformKey(homeOf(name), toPlatformName(name))));
    genesis = buildGenesis({ society: 'lct:web4:society:damaged', timestampMs: Date.now(), parameters: {}, members: keys.map(({ name, publicKey }) => ({ name, publicKey })) });
    for (const name of NAMES) await start(name);
  });
  after(async () => {
    await Promise.all([...platforms.values()].map((each) => each.stop()));
    await rm(directory, { recursive: true });
  });

  it('its newest final block comes from the others again, is told of, and is stored; it votes', async () => {
    for (const key of ['a', 'b', 'c']) await put('Thor', key);
    const { sequence } = platform('Thor').view.status();
    await until('all have the same blocks', () => Promise.resolve(NAMES.every((name) => platform(name).view.status().executed_blocks === sequence) ? true : undefined));
    await platform(DAMAGED).stop();
    platforms.delete(DAMAGED);
    const newest = (await platform('Thor').view.block('latest'))?.block.hash ?? assert.fail('no block');
    await damage(newest);
    lines.length = 0;
    await start(DAMAGED);
    await until('the block is there again', () => Promise.resolve(platform(DAMAGED).view.status().last_block_hash === newest ? true : undefined));
    assert.ok(lines.some((line) => /the newest final block is damaged in the database; it is fetched again/.test(line)), lines.join(''));
    await until('it is told', () => Promise.resolve(lines.some((line) => /a final block was damaged in the database; it was fetched again from a member/.test(line)) ? true : undefined));
    // A quorum is two of the three: with one stopped, the damaged one has to vote.
    await platform('Sprout').stop();
    platforms.delete('Sprout');
    await put('Thor', 'd');
    await platform(DAMAGED).stop();
    platforms.delete(DAMAGED);
    lines.length = 0;
    await start(DAMAGED);
    assert.ok(lines.every((line) => !line.includes('damaged')), lines.join(''));
    assert.equal((await platform(DAMAGED).view.block(toSequence(sequence - 1)))?.block.hash, newest);
  });

  it('an older final block that nobody asks for is found and fetched again by the slow check of all', async () => {
    await platform(DAMAGED).stop();
    platforms.delete(DAMAGED);
    await damage((await platform('Thor').view.block(toSequence(0)))?.block.hash ?? assert.fail('no block'));
    lines.length = 0;
    await start(DAMAGED);
    await until('it is fetched again', () => Promise.resolve(lines.some((line) => /"sequence":0,.*fetched again from a member/.test(line)) ? true : undefined));
    await until('all are checked', () => Promise.resolve(lines.some((line) => /all final blocks were read and are whole/.test(line)) ? true : undefined));
    assert.deepEqual(platform(DAMAGED).view.status().block_check, { checked: 0, unreadable: 0, passes: 1 });
  });
});
