import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPlatformStore } from '../../../src/storage/platform-store.js';
import { CHAIN, commit, hashOf } from './chain-fixture.js';

describe('storage: another process', () => {
  it('section 5: keeps others out of its home while it lives, and leaves its votes and no lock when killed', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fb-pbft-lock-'));
    const child = spawn(process.execPath, ['--import=tsx', fileURLToPath(new URL('open-and-wait.ts', import.meta.url)), home], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail('the child ended early'))]);
      await assert.rejects(openPlatformStore(home, CHAIN), { code: 'locked', message: new RegExp(`process ${String(child.pid)}, since`) });
      child.kill('SIGKILL');
      await exited;
      const store = await openPlatformStore(home, CHAIN);
      assert.deepEqual((await store.consensus.load()).votes, [commit(1, hashOf('child'))]);
      assert.equal(store.voteStore, 'matches');
      await store.close();
    } finally {
      child.kill('SIGKILL');
      await exited;
      await rm(home, { recursive: true });
    }
  });

  it('R10: a platform that stops in the moment in which it recovers stops cleanly', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fb-pbft-marker-'));
    try {
      for (let round = 0; round < 10; round += 1) {
        const store = await openPlatformStore(home, CHAIN);
        await store.markVoteStoreLost();
        await Promise.all([store.markVoteStoreRecovered(), store.close()]);
      }
      const store = await openPlatformStore(home, CHAIN);
      assert.equal(store.voteStore, 'matches');
      await store.close();
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
