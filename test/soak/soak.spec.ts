import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examine } from '../../scripts/chaos/examination.js';
import { readSigned } from '../../scripts/soak/notes.js';
import { soak } from '../../scripts/soak/run.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { toHash } from '../../src/types/ids.js';
import { assertInterruptible } from '../chaos/interruption.js';
import { statementLayout } from '../checker/layouts.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/soak.ts', import.meta.url));
const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'];
const RESTARTS = 8;

describe('npm run soak', function () {
  // Processes on a busy machine; every wait inside is for progress and says what it waited for.
  this.timeout(300_000);
  let dir: string;
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-soak-')); });
  after(() => rm(dir, { recursive: true }));

  it('sections 5 and 13 on real processes: killed and without power over and over, they come back by themselves, and nothing is lost', async () => {
    const lines: string[] = [];
    const say = (line: string): void => { lines.push(line); };
    const code = await soak(['--restarts', String(RESTARTS), '--seed', '11', '--dir', dir], { out: say, err: say, signal: new AbortController().signal });
    assert.equal(code, 0, lines.join('\n'));
    const told = JSON.parse(lines.at(-1) ?? '') as Record<string, number>;
    assert.equal(told['ok'], true);
    assert.deepEqual([told['violations'], told['restarts']], [0, RESTARTS]);
    for (const field of ['transactions', 'blocks', 'signatures']) assert.ok((told[field] ?? 0) > 0, `${field}: ${lines.at(-1) ?? ''}`);
    assert.ok((told['kills'] ?? 0) >= RESTARTS, lines.at(-1));
  });

  it('invariant 3: a COMMIT that a platform signed beside its own other vote is found in what its witness noted', async () => {
    const genesis = await readGenesisFile(join(dir, 'genesis.json'));
    const platforms = NAMES.map((name) => ({ name, home: join(dir, name) }));
    const look = async (): Promise<readonly string[]> => {
      const signed = new Map(await Promise.all(platforms.map(async ({ name, home }) => [name, await readSigned(home)] as const)));
      return (await examine({ genesis, platforms, byzantine: [], acknowledged: new Map(), settled: true, signed })).violations;
    };
    assert.deepEqual(await look(), []);
    const commit = (await readSigned(join(dir, 'Sprout'))).find(({ type }) => type === 'COMMIT');
    assert.ok(commit?.type === 'COMMIT');
    const other = statementLayout(genesis.chainId, { ...commit, blockHash: toHash('ab'.repeat(32)) });
    await appendFile(join(dir, 'Sprout', 'signed.statements'), `${other.toString('hex')}\n`);
    assert.match((await look()).join('\n'), new RegExp(`^invariant 3: platform 1 slot ${commit.slot}: COMMIT beside another vote`));
  });

  it('Ctrl-C ends all its processes, and says that it was interrupted', () => (
    assertInterruptible(SCRIPT, ['--restarts', '200', '--seed', '2'], join(dir, 'interrupted'), NAMES)));
});
