import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { generateWire } from '../../../scripts/generate-wire.js';

describe('generated wire code', () => {
  it('is what wire.proto gives', async () => {
    const committed = await readFile(new URL('../../../src/codec/wire/generated.ts', import.meta.url), 'utf8');
    assert.ok(committed === await generateWire(), 'src/codec/wire/generated.ts is out of date: run npx tsx scripts/generate-wire.ts');
  });
});
