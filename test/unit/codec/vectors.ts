import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { bytesToHex } from '../../../src/crypto/hash.js';

/** What a golden vector may hold: bytes are written as hexadecimal. */
export type VectorValue = string | number | Uint8Array | readonly VectorValue[] | { readonly [name: string]: VectorValue };

function toJson(value: VectorValue): unknown {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Uint8Array) return bytesToHex(value);
  if (Array.isArray(value)) return value.map((item: VectorValue) => toJson(item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJson(item)]));
}

/**
 * Compares with test/vectors/<name>.json, byte by byte. A difference means that platforms of before and after cannot
 * talk, or that a stored chain cannot be read: only where that is meant, run once with WRITE_VECTORS=1.
 */
export function matchesVectors(name: string, actual: VectorValue): void {
  const file = new URL(`../../vectors/${name}.json`, import.meta.url);
  if (process.env['WRITE_VECTORS'] === '1') writeFileSync(file, `${JSON.stringify(toJson(actual), null, 2)}\n`);
  assert.deepEqual(toJson(actual), JSON.parse(readFileSync(file, 'utf8')));
}
