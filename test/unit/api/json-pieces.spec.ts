import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonPieces } from '../../../src/api/json-pieces.js';

describe('HTTP API: JSON in pieces', () => {
  it('together they are what JSON.stringify gives', () => {
    const part = fc.dictionary(fc.string(), fc.jsonValue()).map((entries) => JSON.parse(JSON.stringify(entries)) as Record<string, unknown>);
    fc.assert(fc.property(part, fc.array(fc.jsonValue()), part, (before, items, after) => {
      const { length } = Object.keys(before);
      const text = [...jsonPieces(before, 'the items', items, after)].join('');
      assert.ok(text.startsWith(length === 0 ? '{"the items":[' : '{'));
      const names = [...Object.keys(before), 'the items', ...Object.keys(after)];
      if (new Set(names).size === names.length && !names.some((name) => /^\d+$|^__proto__$/.test(name))) {
        assert.equal(text, JSON.stringify({ ...before, 'the items': items, ...after }));
      }
    }));
  });

  it('each is short, and items are made one after the other as the pieces are', () => {
    let made = 0;
    function* items(): Generator<string, void> {
      for (; made < 10_000; made += 1) yield 'x'.repeat(100);
    }
    const pieces = jsonPieces({ a: 1 }, 'items', items(), { b: 2 });
    let count = 0;
    for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) {
      count += 1;
      assert.ok(piece.value.length < 33_000);
      assert.ok(made <= count * 330);
    }
    assert.ok(count > 30);
  });
});
