import assert from 'node:assert/strict';
import { exhaustive } from '../../scripts/exhaustive/run.js';

/** Runs the command. */
async function called(...args: readonly string[]): Promise<{ code: number; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await exhaustive(args, { out: (text) => { out.push(...text.split('\n')); }, err: (text) => { err.push(text); } });
  return { code, out, err };
}

describe('npm run exhaustive', () => {
  it('tells every case, how weakenings go wrong, and counts on its last line', async () => {
    const { code, out } = await called('--members', '4', '--story');
    assert.equal(code, 0);
    const expected = ['off +as specified +holds +holds', 'off +Q-1 +fork +fork', '1 +as specified +holds +holds', '1 +T-1 +fork +fork', '1 +Te\\+1 +stuck +stuck'];
    for (const row of expected) assert.ok(out.some((line) => new RegExp(`^ +4 ${row} `).test(line)), row);
    assert.ok(out.some((line) => /b0 can be FAST-final, and the slot has a VIEW-CHANGE certificate/.test(line)));
    const { ok, cases, states, unexpected } = JSON.parse(out.at(-1) ?? '') as { ok: boolean; cases: number; states: number; unexpected: number };
    assert.deepEqual([ok, cases, unexpected], [true, 16, 0]);
    assert.ok(states > 1000);
  });

  it('plays random runs in processes and counts them', async () => {
    const { code, out } = await called('--members', '1', '--runs', '200');
    assert.equal(code, 0);
    const { ok, unexpected, runs, violations } = JSON.parse(out.at(-1) ?? '') as { ok: boolean; unexpected: number; runs: number; violations: number };
    assert.deepEqual([ok, unexpected, violations], [true, 0, 0]);
    assert.ok(runs >= 200);
  });

  it('called wrongly it says what it wants and ends with 2', async () => {
    for (const args of [['--members', '7..4'], ['--members', '0'], ['--members', '4..12'], ['--runs', '0'], ['--runs', 'many']]) {
      const { code, err } = await called(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err.join('\n'), /Give/);
    }
  });
});
