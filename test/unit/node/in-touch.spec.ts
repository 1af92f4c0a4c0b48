import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { createPlatformKey } from '../../../src/crypto/key-store.js';
import { buildGenesis } from '../../../src/ledger/genesis.js';
import { startPlatform } from '../../../src/node/platform.js';
import type { RunningPlatform } from '../../../src/node/running-platform.js';
import { toPlatformName } from '../../../src/types/ids.js';

describe('a platform that is out of touch with a quorum says so (section 7)', () => {
  let directory: string;
  let running: RunningPlatform[];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-in-touch-'));
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((platform) => platform.stop()));
    await rm(directory, { recursive: true });
  });

  /** @returns a function that starts the member of this index, with all that run as bootstrap */
  async function society(members: number): Promise<(index: number) => Promise<RunningPlatform>> {
    const homes = Array.from({ length: members }, (_, index) => join(directory, `member-${index}`));
    const keys = await Promise.all(homes.map((home, index) => createPlatformKey(home, toPlatformName(`Member${index}`))));
    const genesis = buildGenesis({
      society: 'lct:web4:society:touch', timestampMs: Date.now(), parameters: {}, members: keys.map(({ name, publicKey }) => ({ name, publicKey })),
    });
    return async (index) => {
      const platform = await startPlatform({
        home: homes[index] ?? assert.fail(), genesis, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: running.flatMap(({ listenAddresses }) => listenAddresses),
        logger: pino({ enabled: false }), slotTimeoutMs: 50,
      });
      running.push(platform);
      return platform;
    };
  }

  async function until(done: () => boolean): Promise<void> {
    while (!done()) await pause(10);
  }

  it('alone and with one other of four it is out of touch, though it votes; with two it is in touch, until one of them stops', async () => {
    const start = await society(4);
    const { view } = await start(0);
    assert.equal(view.status().in_touch, false);
    await until(() => view.status().voting === 'voting');
    assert.deepEqual([view.status().in_touch, view.status().peers], [false, []], 'the comparison after a start ends after a slot timeout, whoever was reached');

    await start(1);
    await until(() => view.status().peers.length === 1);
    // Long enough for an answer, which is no quorum either.
    await pause(50);
    assert.equal(view.status().in_touch, false);

    const third = await start(2);
    await until(() => view.status().in_touch);
    assert.equal(view.status().peers.length, 2);

    await third.stop();
    await until(() => !view.status().in_touch);
    assert.equal(view.status().catching_up, false, 'which says no more than that nothing is known to be missing');
  });

  it('the only member of a society is a quorum', async () => {
    const { view } = await (await society(1))(0);
    assert.deepEqual([view.status().in_touch, view.status().quorum_size], [true, 1]);
  });
});
