import assert from 'node:assert/strict';
import { parseSoakOptions } from '../../scripts/soak/options.js';

const SILENT = { out: () => undefined, err: () => undefined };

describe('soak: options', () => {
  it('has a use without any; takes a seed', () => {
    const options = parseSoakOptions([], SILENT);
    assert.ok(typeof options !== 'number');
    assert.deepEqual({ ...options, seed: 0 }, { restarts: 200, members: 4, seed: 0, load: 30, dir: undefined });
    const seeded = parseSoakOptions(['--seed', '7', '--restarts', '8'], SILENT);
    assert.ok(typeof seeded !== 'number');
    assert.deepEqual([seeded.seed, seeded.restarts], [7, 8]);
  });

  it('refuses numbers out of range; shows help, which says how power failures are made', () => {
    for (const args of [['--restarts', '0'], ['--restarts', '1.5'], ['--members', '21'], ['--seed', '-1'], ['--load', '0'], ['now']]) {
      assert.equal(parseSoakOptions(args, SILENT), 2, args.join(' '));
    }
    const told: string[] = [];
    assert.equal(parseSoakOptions(['--help'], { ...SILENT, out: (text) => { told.push(text); } }), 0);
    assert.match(told.join('\n'), /Power failures: .*not synced/);
  });
});
