import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { examine } from '../../scripts/chaos/examination.js';
import type { ExaminationInput } from '../../scripts/chaos/examination.js';
import { chaos } from '../../scripts/chaos/run.js';
import { statementBytes } from '../../src/codec/statement.js';
import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import { loadPlatformKey } from '../../src/crypto/key-store.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { toMemberIndex, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Prepare, Unsigned } from '../../src/types/messages.js';
import { CAPTURE_FILE, MessageCapture } from './captured-messages.js';
import { assertInterruptible } from './interruption.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/chaos.ts', import.meta.url));
const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'];

describe('npm run chaos', function () {
  // Processes on a busy machine; every wait inside is for progress and says what it waited for.
  this.timeout(300_000);
  let dir: string;
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-chaos-')); });
  after(() => rm(dir, { recursive: true }));

  it('sections 5, 7 and 13 on real processes: a short run with a Byzantine platform finds nothing violated', async () => {
    const lines: string[] = [];
    const say = (line: string): void => { lines.push(line); };
    const code = await chaos(['--minutes', '0.3', '--seed', '1', '--dir', dir], { out: say, err: say, signal: new AbortController().signal });
    assert.equal(code, 0, lines.join('\n'));
    const told = JSON.parse(lines.at(-1) ?? '') as Record<string, number>;
    assert.deepEqual([told['ok'], told['violations']], [true, 0]);
    for (const field of ['faults', 'transactions', 'blocks', 'captured']) assert.ok((told[field] ?? 0) > 0, `${field}: ${lines.at(-1) ?? ''}`);
  });

  describe('what a run leaves behind', () => {
    let input: ExaminationInput;
    let capturing: string;

    before(async () => {
      const platforms = NAMES.map((name) => ({ name, home: join(dir, name) }));
      const byzantine = platforms.filter(({ home }) => existsSync(join(home, CAPTURE_FILE)));
      capturing = join(byzantine[0]?.home ?? '', CAPTURE_FILE);
      input = { genesis: await readGenesisFile(join(dir, 'genesis.json')), platforms, byzantine: byzantine.map(({ name }) => name), acknowledged: new Map(), settled: true };
    });

    /** Captures first votes for two blocks of one slot. @param seedOf the key that signs in an honest platform's name */
    async function captureTwoFirstVotes(slot: number, seedOf: (home: string) => Promise<Uint8Array>): Promise<void> {
      const { chainId, membership } = input.genesis;
      const honest = input.platforms.find(({ name }) => !input.byzantine.includes(name));
      const signer = createSigner(await seedOf(honest?.home ?? ''));
      const capture = new MessageCapture(capturing);
      for (const salt of [1, 2]) {
        const vote: Unsigned<Prepare> = {
          type: 'PREPARE', epoch: membership.epoch, slot: toSlot(slot), signer: toMemberIndex(NAMES.indexOf(honest?.name ?? '')),
          blockHash: sha256Hash(Uint8Array.of(salt)), first: true, basisHash: ZERO_HASH, view: toView(0), sequence: toSequence(slot),
        };
        capture.add(encodeConsensusMessage({ ...vote, signature: signer.sign(statementBytes(chainId, vote)) }));
      }
      capture.close();
    }

    it('is in order', async () => {
      const { violations, blocks } = await examine(input);
      assert.deepEqual(violations, []);
      assert.ok(blocks > 0);
    });

    it('a transaction that was called final and is in no block is found', async () => {
      const id = sha256Hash(Uint8Array.of(9));
      const { violations } = await examine({ ...input, acknowledged: new Map([[id, { platform: 'Thor', sequence: 0, blockHash: ZERO_HASH, ok: true, error: undefined }]]) });
      assert.deepEqual(violations.map((text) => text.replace(/ [0-9a-f]{64}/, '')), [`transaction, which Thor called final in block 0 (${ZERO_HASH}), is in no block`]);
    });

    it('a log that tells of a task that failed unnoticed is found', async () => {
      const honest = input.platforms.find(({ name }) => !input.byzantine.includes(name));
      const log = join(honest?.home ?? '', 'platform-99.log');
      await writeFile(log, 'first line\n18:00:00.000 error a task failed without anybody awaiting it\n');
      assert.deepEqual((await examine(input)).violations, [`${honest?.name ?? ''} says in platform-99.log: 18:00:00.000 error a task failed without anybody awaiting it`]);
      await rm(log);
    });

    it('two votes that somebody else signed in the name of an honest platform say nothing against it', async () => {
      await captureTwoFirstVotes(1_000_000, () => Promise.resolve(generateSeed()));
      assert.deepEqual((await examine(input)).violations, []);
    });

    it('invariant 3: two first votes of an honest platform in one slot are found', async () => {
      await captureTwoFirstVotes(1_000_001, async (home) => (await loadPlatformKey(home)).seed);
      const { violations } = await examine(input);
      assert.match(violations.join('\n'), /^invariant 3: .*1000001.*two first votes/);
    });
  });

  it('Ctrl-C ends all its processes, and says that it was interrupted', () => (
    assertInterruptible(SCRIPT, ['--minutes', '5', '--seed', '2'], join(dir, 'interrupted'), NAMES)));
});
