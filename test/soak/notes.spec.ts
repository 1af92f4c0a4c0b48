import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { losePower, readSigned } from '../../scripts/soak/notes.js';
import { toEpoch, toHash, toSequence, toSlot } from '../../src/types/ids.js';
import { Checker } from '../checker/checker.js';
import { statementLayout } from '../checker/layouts.js';
import type { SignedStatement } from '../checker/layouts.js';
import { readStatement } from '../checker/statement-bytes.js';
import { Random } from '../simulation/random.js';

const CHAIN_ID = toHash('11'.repeat(32));
const at = { epoch: toEpoch(3), slot: toSlot(1234) };
const blockHash = toHash('22'.repeat(32));
const basisHash = toHash('33'.repeat(32));
const STATEMENTS: readonly SignedStatement[] = [
  { type: 'PRE-PREPARE', ...at, headerHash: blockHash },
  { type: 'PREPARE', ...at, blockHash, first: true, basisHash },
  { type: 'PREPARE', ...at, blockHash, first: false, basisHash },
  { type: 'COMMIT', ...at, blockHash },
  { type: 'VIEW-CHANGE', ...at, first: true, blockHash, basisHash },
  { type: 'VIEW-CHANGE', ...at, first: false, blockHash, basisHash },
  { type: 'CHECKPOINT', epoch: at.epoch, sequence: toSequence(77), stateRoot: blockHash },
];

describe('soak: what a witness notes', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'fb-pbft-notes-'));
    await mkdir(join(home, 'db'));
  });
  afterEach(() => rm(home, { recursive: true }));

  it('section 2: statements of every type are read back from their bytes, and nothing else is', () => {
    for (const statement of STATEMENTS) {
      const bytes = statementLayout(CHAIN_ID, statement);
      assert.deepEqual(readStatement(bytes), statement);
      assert.equal(readStatement(bytes.subarray(1)), undefined);
      assert.equal(readStatement(bytes.subarray(0, -1)), undefined);
    }
    assert.equal(readStatement(Buffer.alloc(0)), undefined);
  });

  it('what a kill cut short is left out, and what the next life signed is not', async () => {
    const lines = STATEMENTS.map((statement) => statementLayout(CHAIN_ID, statement).toString('hex'));
    const path = join(home, 'signed.statements');
    await writeFile(path, `\n${lines[0] ?? ''}\n${lines[1]?.slice(0, 101) ?? ''}`);
    await appendFile(path, `\n${lines.slice(2).join('\n')}\n`);
    assert.deepEqual(await readSigned(home), STATEMENTS.filter((_, index) => index !== 1));
    assert.deepEqual(await readSigned(join(home, 'nowhere')), []);
  });

  it('invariant 3: two first votes that one platform signed are found, sent or not', () => {
    const checker = new Checker({ chainId: CHAIN_ID, membersHash: CHAIN_ID, genesisTimestampMs: 0, memberCount: 4, fastPath: 1, byzantine: new Set() });
    const vote = { type: 'PREPARE', ...at, first: true, basisHash: toHash('00'.repeat(32)) } as const;
    checker.observe({ type: 'signed', platform: 1, statement: { ...vote, blockHash } });
    checker.observe({ type: 'signed', platform: 1, statement: { ...vote, blockHash } });
    checker.observe({ type: 'signed', platform: 2, statement: { ...vote, blockHash: basisHash } });
    assert.deepEqual(checker.violations, []);
    checker.observe({ type: 'signed', platform: 1, statement: { ...vote, blockHash: basisHash } });
    assert.match(checker.violations.map(({ text }) => text).join(), /platform 1 slot 1234: two first votes/);
  });

  describe('a power failure', () => {
    const log = (number: number): string => join(home, 'db', `00000${number}.log`);
    const note = (number: number, bytes: number): Promise<void> => writeFile(join(home, 'synced.json'), JSON.stringify({ log: `00000${number}.log`, bytes }).padEnd(128));
    const sizeOf = async (number: number): Promise<number> => (await readFile(log(number))).length;

    it('never takes what was synced, and sometimes all of the rest, a part of it, or nothing', async () => {
      const left = new Set<number>();
      for (let seed = 0; seed < 40; seed += 1) {
        await writeFile(log(4), Buffer.alloc(110, 1));
        await note(4, 100);
        const lost = await losePower(home, new Random(seed));
        left.add(await sizeOf(4));
        assert.equal(await sizeOf(4) + lost, 110);
      }
      assert.ok([...left].every((size) => size >= 100));
      assert.ok(left.has(100) && left.size > 2);
    });

    it('may take all of a log to which nothing was synced yet, and leaves the logs before it', async () => {
      await writeFile(log(4), Buffer.alloc(500, 1));
      let least = 50;
      for (let seed = 0; seed < 20; seed += 1) {
        await writeFile(log(5), Buffer.alloc(50, 1));
        await note(4, 500);
        await losePower(home, new Random(seed));
        least = Math.min(least, await sizeOf(5));
        assert.equal(await sizeOf(4), 500);
      }
      assert.equal(least, 0);
    });

    it('takes nothing where there is no database yet', async () => {
      assert.equal(await losePower(join(home, 'nowhere'), new Random(1)), 0);
    });
  });
});
