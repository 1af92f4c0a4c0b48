import { hexToBytes } from '../crypto/hash.js';
import { toHash, toPublicKeyHex, toSequence } from '../types/ids.js';
import type { Hash, PublicKeyHex, Sequence } from '../types/ids.js';
import { HttpError } from './http-error.js';

/** Longest key that `GET /query` takes, in bytes; no application has longer ones. */
const MAX_KEY_BYTES = 1024;
/** Characters of a parameter's name that are repeated in an error. */
const MAX_NAME_LENGTH = 64;
const HEX = /^([0-9a-fA-F]{2})*$/;

function malformed(field: string, requirement: string): HttpError {
  return new HttpError(400, 'malformed-parameter', `${field}: ${requirement}`);
}

/** One value of a query string or path by its name; undefined where absent. @throws HttpError where it is given twice */
export function singleParameter(source: unknown, name: string): string | undefined {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) return undefined;
  const value: unknown = Reflect.get(source, name);
  if (typeof value !== 'string') throw malformed(name, 'must be given once');
  return value;
}

/** @throws HttpError unless the parameter is an even number of hexadecimal digits, at most 1 KiB of bytes */
export function hexParameter(source: unknown, name: string): Uint8Array {
  const value = singleParameter(source, name);
  if (value === undefined || value.length === 0 || value.length > 2 * MAX_KEY_BYTES || !HEX.test(value)) {
    throw malformed(name, `must be 1 to ${MAX_KEY_BYTES} bytes in hexadecimal, as in ?${name}=68656c6c6f`);
  }
  return hexToBytes(value.toLowerCase());
}

/** @throws HttpError unless absent, or an even number of hexadecimal digits, at most 1 KiB of bytes, none included */
export function optionalHexParameter(source: unknown, name: string): Uint8Array | undefined {
  const value = singleParameter(source, name);
  if (value === undefined) return undefined;
  if (value.length > 2 * MAX_KEY_BYTES || !HEX.test(value)) throw malformed(name, `must be at most ${MAX_KEY_BYTES} bytes in hexadecimal`);
  return hexToBytes(value.toLowerCase());
}

/** @throws HttpError unless absent (then `fallback`) or an integer from 1 to `max` */
export function countParameter(source: unknown, name: string, fallback: number, max: number): number {
  const value = singleParameter(source, name);
  if (value === undefined) return fallback;
  const count = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(count >= 1 && count <= max)) throw malformed(name, `must be from 1 to ${max}`);
  return count;
}

/**
 * A misspelt parameter must not be taken for one that was left out.
 * @throws HttpError where the query string has one that the route does not know
 */
export function requireKnownParameters(query: unknown, known: readonly string[]): void {
  const unknown = Object.keys(typeof query === 'object' && query !== null ? query : {}).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const taken = known.length === 0 ? 'this route takes no parameters' : `this route takes ${known.join(', ')}`;
  throw malformed(unknown.slice(0, MAX_NAME_LENGTH), `is no parameter that is known here; ${taken}`);
}

/** @throws HttpError unless the parameter is 64 hexadecimal digits */
export function hashParameter(source: unknown, name: string): Hash {
  const value = singleParameter(source, name) ?? '';
  if (!/^[0-9a-fA-F]{64}$/.test(value)) throw malformed(name, 'must be 64 hexadecimal digits');
  return toHash(value.toLowerCase());
}

/** @throws HttpError unless the parameter is an Ed25519 public key of 64 hexadecimal digits */
export function publicKeyParameter(source: unknown, name: string): PublicKeyHex {
  return toPublicKeyHex(hashParameter(source, name));
}

/** @throws HttpError unless the parameter is an integer from 0 or "latest" */
export function sequenceParameter(source: unknown, name: string): Sequence | 'latest' {
  const value = singleParameter(source, name) ?? '';
  if (value === 'latest') return 'latest';
  const sequence = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(sequence)) throw malformed(name, 'must be a sequence from 0, or "latest"');
  return toSequence(sequence);
}

/** @throws HttpError unless the text is an integer from 0 */
export function requireSequence(text: string, name: string): Sequence {
  const sequence = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(sequence)) throw malformed(name, 'must be a sequence from 0');
  return toSequence(sequence);
}

/** @throws HttpError unless absent or an integer from 0 */
export function optionalSequenceParameter(source: unknown, name: string): Sequence | undefined {
  const value = singleParameter(source, name);
  return value === undefined ? undefined : requireSequence(value, name);
}

/** @throws HttpError unless absent, "true", "false", "1" or "0" */
export function flagParameter(source: unknown, name: string): boolean {
  const value = singleParameter(source, name);
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw malformed(name, 'must be "true" or "false"');
}

/** @throws HttpError unless absent (then `fallbackMs`) or an integer of milliseconds from 1 to `maxMs` */
export function timeoutParameter(source: unknown, name: string, fallbackMs: number, maxMs: number): number {
  const value = singleParameter(source, name);
  if (value === undefined) return fallbackMs;
  const timeoutMs = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (!(timeoutMs >= 1 && timeoutMs <= maxMs)) throw malformed(name, `must be from 1 to ${maxMs} milliseconds`);
  return timeoutMs;
}
