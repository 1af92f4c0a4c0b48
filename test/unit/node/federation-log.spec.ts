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
import type { Genesis } from '../../../src/types/genesis.js';
import { toPlatformName } from '../../../src/types/ids.js';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

describe('A running platform tells what keeps it from the others (issue 10, C12 to C14)', () => {
  let directory: string;
  let running: RunningPlatform[];
  let genesis: Genesis;
  let reversed: Genesis;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'fb-pbft-federation-log-'));
    running = [];
    const keys = await Promise.all([0, 1].map((index) => createPlatformKey(join(directory, `member-${index}`), toPlatformName(`Member${index}`))));
    const members = keys.map(({ name, publicKey }) => ({ name, publicKey }));
    const content = { society: 'lct:web4:society:log', timestampMs: 1_700_000_000_000, parameters: {} };
    genesis = buildGenesis({ ...content, members });
    reversed = buildGenesis({ ...content, members: members.toReversed() });
  });
  afterEach(async () => {
    await Promise.all(running.map((platform) => platform.stop()));
    await rm(directory, { recursive: true });
  });

  async function start(index: number, of: Genesis): Promise<{ readonly platform: RunningPlatform; readonly lines: readonly Line[] }> {
    const lines: Line[] = [];
    const platform = await startPlatform({
      home: join(directory, `member-${index}`), genesis: of, listen: ['/ip4/127.0.0.1/tcp/0'], bootstrap: running.flatMap(({ listenAddresses }) => listenAddresses),
      logger: pino({ level: 'debug' }, { write: (line) => { lines.push(JSON.parse(line) as Line); } }), slotTimeoutMs: 50,
    });
    running.push(platform);
    return { platform, lines };
  }

  async function until(done: () => boolean): Promise<void> {
    while (!done()) await pause(10);
  }

  it('C12: members in another order make another chain: both sides say which, and status names who', async () => {
    const first = await start(0, genesis);
    const second = await start(1, reversed);
    const told = ({ lines }: { readonly lines: readonly Line[] }) => lines.find(({ msg }) => msg.startsWith('a member is on another chain'));
    await until(() => told(first) !== undefined && told(second) !== undefined);
    assert.deepEqual([told(first)?.['platform'], told(first)?.['itsChain'], told(first)?.['ownChain']], ['Member1', reversed.chainId, genesis.chainId]);
    assert.deepEqual([told(second)?.['platform'], told(second)?.['itsChain']], ['Member0', genesis.chainId]);
    assert.deepEqual(first.platform.view.status().wrong_chain, ['Member1']);
    assert.deepEqual(first.platform.view.peers().peers.map(({ platform, other_chain }) => [platform, other_chain]), [['Member1', reversed.chainId]]);
  });

  it('C14: the loss of the quorum is an error at once, and its return is told; the last word of a good start is "in sync"', async () => {
    const { lines, platform } = await start(0, genesis);
    const { platform: other } = await start(1, genesis);
    await until(() => lines.some(({ msg }) => msg === 'in touch with a quorum, in sync: all blocks executed'));
    assert.deepEqual(platform.view.peers().peers.map(({ platform: name, linked }) => [name, linked]), [['Member1', true]]);
    await other.stop();
    await until(() => lines.some(({ level, msg }) => level === 50 && msg.startsWith('out of touch with a quorum')));
    running.pop();
    await start(1, genesis);
    await until(() => lines.some(({ msg }) => /^in touch again after [\d.]+ s, in sync/.test(msg)));
  });
});
