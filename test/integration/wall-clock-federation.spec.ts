import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { pino } from 'pino';
import { createTransaction } from '../../src/codec/transaction.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { createPlatformKey } from '../../src/crypto/key-store.js';
import { buildGenesis } from '../../src/ledger/genesis.js';
import { encodePut } from '../../src/ledger/key-value.js';
import { startPlatform } from '../../src/node/platform.js';
import type { RunningPlatform } from '../../src/node/running-platform.js';
import type { Genesis } from '../../src/types/genesis.js';
import { toPlatformName } from '../../src/types/ids.js';
import { eventually } from './loopback-members.js';

const HOUR_MS = 3_600_000;
const FINAL_WITHIN_MS = 15_000;

describe('The wall clock is set under a running federation (issue 10, B5; section 6)', () => {
  let directory: string;
  let genesis: Genesis;
  let aheadMs: number;
  let running: RunningPlatform[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-wall-clock-'));
    running = [];
    aheadMs = 0;
    const trueMs = Date.now.bind(Date);
    mock.method(Date, 'now', () => trueMs() + aheadMs);
    const keys = await Promise.all([0, 1, 2, 3].map((index) => createPlatformKey(home(index), toPlatformName(`Member${index}`))));
    genesis = buildGenesis({
      society: 'lct:web4:society:clock', timestampMs: Date.now(), parameters: {}, members: keys.map(({ name, publicKey }) => ({ name, publicKey })),
    });
  });
  afterEach(async () => {
    await Promise.all(running.map((platform) => platform.stop()));
    await rm(directory, { recursive: true });
    mock.restoreAll();
  });

  function home(index: number): string {
    return join(directory, `member-${index}`);
  }

  async function start(index: number): Promise<RunningPlatform> {
    const platform = await startPlatform({
      home: home(index), genesis, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: running.flatMap(({ listenAddresses }) => listenAddresses.slice(0, 1)),
      logger: pino({ enabled: false }), slotTimeoutMs: 500,
    });
    running.push(platform);
    return platform;
  }

  it('blocks go on after an hour forward, and after an hour back; who starts later takes part; uptime is time', async () => {
    for (const index of [0, 1, 2]) await start(index);
    const [first, , third] = running;
    assert.ok(first !== undefined && third !== undefined);
    await eventually('they are in touch', () => running.every(({ view }) => view.status().in_touch));
    const signer = createSigner(generateSeed());
    let nonce = 0;
    const commit = async (through: RunningPlatform): Promise<void> => {
      const { bytes } = createTransaction(
        { chainId: genesis.chainId, sender: signer.publicKey, nonce: nonce++, payload: encodePut('key', String(nonce)) }, (message) => signer.sign(message));
      await through.view.waitFinal(through.view.submit(bytes), FINAL_WITHIN_MS);
    };
    await commit(first);
    for (const stepMs of [HOUR_MS, -HOUR_MS, -HOUR_MS]) {
      aheadMs += stepMs;
      await commit(first);
      await commit(third);
    }
    const late = await start(3);
    await eventually('the one that starts later is linked to all', () => late.view.status().peers.length === 3);
    await commit(late);
    for (const { view } of running) assert.ok(view.status().uptime_ms >= 0 && view.status().uptime_ms < HOUR_MS / 2);
  });
});
