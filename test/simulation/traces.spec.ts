import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { withTraces } from '../../scripts/traces/traces.js';

const FILE = new URL('../../docs/traces.md', import.meta.url);

describe('docs/traces.md', () => {
  it('shows what its commands print; npx tsx scripts/traces.ts brings it up to date', async () => {
    const text = await readFile(FILE, 'utf8');
    assert.equal(await withTraces(text), text);
  });

  it('is not kept as it was: a line that nobody prints is noticed', async () => {
    const text = '```text\n$ npm run simulate -- --scenario proposer-crash --trace\n      0.00  P0 sleeps\n```\n';
    const anew = await withTraces(text);
    assert.ok(!anew.includes('P0 sleeps') && anew.includes('P1 crashes'));
  });

  it('names only lines that are in a trace where it explains them', async () => {
    const text = await readFile(FILE, 'utf8');
    const blocks = [...text.matchAll(/```text\n[^]*?```/g)].map(([block]) => block).join('\n');
    const times = [...text.replaceAll(/```text\n[^]*?```/g, '').matchAll(/\b(?:at|from) (\d+\.\d\d)/gi)].map(([, time]) => time ?? '');
    assert.ok(times.length > 5);
    assert.deepEqual(times.filter((time) => !blocks.includes(` ${time}  `)), []);
  });
});
