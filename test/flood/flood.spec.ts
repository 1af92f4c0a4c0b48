import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { flood } from '../../scripts/flood/run.js';

const resultSchema = z.object({
  ok: z.boolean(), kinds: z.int(), failed: z.array(z.string()),
  figures: z.array(z.object({ kind: z.string(), attack: z.object({ submitted: z.int(), final: z.int() }), sent: z.object({ count: z.int() }) })),
});

describe('npm run flood', function () {
  // Processes on a busy machine; every wait inside is for progress and says what it waited for.
  this.timeout(600_000);
  let dir: string;
  before(async () => { dir = await mkdtemp(join(tmpdir(), 'fb-pbft-flood-')); });
  after(() => rm(dir, { recursive: true, force: true }));

  // Lenient with time, which a busy machine has not, and with nothing else.
  it('row D8 on real processes: under a few seconds of some kinds all stays final, links stay, what is invalid is refused', async () => {
    const lines: string[] = [];
    const say = (line: string): void => { lines.push(line); };
    const args = ['--kinds', 'blocks,far-votes,empty-payloads', '--seconds', '4', '--patience', '10000', '--dir', join(dir, 'kept')];
    const code = await flood(args, { out: say, err: say, signal: new AbortController().signal });
    assert.equal(code, 0, lines.join('\n'));
    const told = resultSchema.parse(JSON.parse(lines.at(-1) ?? ''));
    assert.deepEqual([told.ok, told.kinds, told.failed], [true, 3, []]);
    for (const { kind, attack, sent } of told.figures) {
      assert.ok(attack.submitted > 0 && attack.final === attack.submitted, kind);
      assert.ok(sent.count > 0, `${kind}: nothing was sent`);
    }
  });
});
