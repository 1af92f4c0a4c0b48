import assert from 'node:assert/strict';
import { parseChaosOptions } from '../../scripts/chaos/options.js';

const SILENT = { out: () => undefined, err: () => undefined };

describe('chaos: options', () => {
  it('f of the members lie unless fewer are asked for', () => {
    for (const [args, members, byzantine] of [
      [[], 4, 1], [['--members', '7'], 7, 2], [['--members', '3'], 3, 0], [['--members', '7', '--byzantine', '1'], 7, 1],
    ] as const) {
      const options = parseChaosOptions(args, SILENT);
      assert.ok(typeof options !== 'number');
      assert.deepEqual([options.members, options.byzantine], [members, byzantine]);
    }
  });

  it('refuses more liars than are tolerated, and numbers out of range; shows help', () => {
    for (const args of [['--byzantine', '2'], ['--minutes', '0'], ['--members', 'many'], ['--seed', '-1'], ['--load', '0'], ['now']]) {
      assert.equal(parseChaosOptions(args, SILENT), 2, args.join(' '));
    }
    assert.equal(parseChaosOptions(['--help'], SILENT), 0);
  });
});
