import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canFillDisk, fillDisk, onFullDisk } from '../../scripts/chaos/full-disk.js';
import { prepareDirectory } from '../../scripts/federation/directory.js';
import { createLoadClient } from '../../scripts/federation/load-client.js';
import { LocalFederation } from '../../scripts/federation/local-federation.js';
import { COMMAND } from '../../scripts/federation/project.js';
import { encodePut } from '../../src/ledger/key-value.js';
import type { Hash } from '../../src/types/ids.js';

const TIMEOUT_MS = 60_000;

// Elsewhere nothing can be shown.
if (await canFillDisk()) {
  describe('a full disk', function () {
    this.timeout(2 * TIMEOUT_MS);
    let dir: string;
    let federation: LocalFederation;
    let chainId: Hash;

    beforeEach(async () => {
      dir = await mkdtemp(join(tmpdir(), 'fb-pbft-full-disk-'));
      const platforms = [{ name: 'Thor', listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' }];
      const directory = await prepareDirectory(dir, { society: 'lct:web4:society:full', fastPath: 'largest', platforms, bootstrap: ['Thor'] }, platforms, false);
      ({ chainId } = directory.genesis);
      federation = new LocalFederation({ directory, command: COMMAND, bootstrap: ['Thor'], timeoutMs: TIMEOUT_MS });
      await federation.start();
    });
    afterEach(async () => {
      await federation.stop();
      await rm(dir, { recursive: true });
    });

    /** Submits a transaction of a new account. @returns the answer's HTTP status; 0 where there was no answer */
    async function submit(): Promise<number> {
      const url = federation.url('Thor') ?? '';
      const body = createLoadClient(url, chainId, (nonce) => encodePut('key', String(nonce))).transaction(0).slice();
      const response = await fetch(`${url}/transactions?wait=true`, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } }).catch(() => undefined);
      return response?.status ?? 0;
    }

    for (const [what, roomBytes] of [['nothing can be written any more', undefined], ['the last write ends in the middle', 100]] as const) {
      it(`section 5: where ${what}, the platform calls nothing final, ends with an error, and goes on once there is room`, async () => {
        assert.equal(await submit(), 200);
        const process = federation.process('Thor');
        await fillDisk(process.pid, join(dir, 'Thor'), roomBytes);
        assert.notEqual(await submit(), 200);
        assert.deepEqual(await process.exited, { code: 1, signal: null });
        assert.deepEqual((await readdir(join(dir, 'Thor'))).filter((name) => name.endsWith('.tmp')), [], 'drafts are left behind');

        await federation.startAgain('Thor');
        assert.equal(await submit(), 200);
      });
    }

    it('a platform that is started on a full disk ends with an error, and is not harmed', async () => {
      assert.equal(await submit(), 200);
      await federation.process('Thor').stop();
      await assert.rejects(federation.startAgain('Thor', onFullDisk(0)), { code: 'platform-ended' });
      await federation.startAgain('Thor');
      assert.equal(await submit(), 200);
    });
  });
}
