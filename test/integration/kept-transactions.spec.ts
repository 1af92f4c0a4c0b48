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
import { toPlatformName } from '../../src/types/ids.js';

describe('a platform on loopback that is stopped while transactions are pending', function () {
  this.timeout(120_000);

  it('has them pending again after its start, and they become final once there is a quorum', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fb-pbft-pending-'));
    const keys = await Promise.all(['Thor', 'Sprout'].map((name) => createPlatformKey(join(directory, name), toPlatformName(name))));
    const genesis = buildGenesis({ society: 'lct:web4:society:kept', timestampMs: Date.now(), parameters: {}, members: keys.map(({ name, publicKey }) => ({ name, publicKey })) });
    const lines: string[] = [];
    const running = new Set<RunningPlatform>();
    const start = async (name: string): Promise<RunningPlatform> => {
      const platform = await startPlatform({
        home: join(directory, name), genesis, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: [...running].flatMap(({ listenAddresses }) => listenAddresses),
        logger: pino({ base: null }, { write: (line: string) => { lines.push(line); } }), slotTimeoutMs: 500,
      });
      running.add(platform);
      return platform;
    };
    try {
      const alone = await start('Thor');
      const client = createSigner(generateSeed());
      const transactions = [0, 1].map((nonce) => createTransaction(
        { chainId: genesis.chainId, sender: client.publicKey, nonce, payload: encodePut('k', String(nonce)) }, (bytes) => client.sign(bytes)));
      for (const { bytes } of transactions) alone.view.submit(bytes);
      await alone.stop();
      running.delete(alone);
      assert.ok(lines.some((line) => /"count":2.*still pending; they are kept for the next start/.test(line)), lines.join(''));

      const again = await start('Thor');
      await start('Sprout');
      for (const { id } of transactions) assert.equal((await again.view.waitFinal(id, 60_000)).receipt.ok, true);
    } finally {
      await Promise.all([...running].map((each) => each.stop()));
      await rm(directory, { recursive: true });
    }
  });
});
