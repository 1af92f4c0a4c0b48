import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';
import type { Application, Verdict } from './application.js';
import { ACCEPTED } from './application.js';
import { LedgerError } from './ledger-error.js';

/**
 * Payload of the key-value application:
 * - PUT: 0x01 ‖ key length u16be ‖ key ‖ value length u32be ‖ value
 * - DELETE: 0x02 ‖ key length u16be ‖ key
 * A key has 1 to 1024 bytes; a value any number that fits in a transaction, none included.
 */
const OPERATIONS = { PUT: 1, DELETE: 2 } as const;
export const MAX_KEY_BYTES = 1024;

export type KeyValueOperation =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array };

/** @throws LedgerError `bad-payload` on a key outside 1 to 1024 bytes */
export function encodeOperation(operation: KeyValueOperation): Uint8Array {
  const { key } = operation;
  requireKeyLength(key.byteLength);
  if (operation.type === 'delete') {
    return new ByteWriter(3 + key.byteLength).u8('operation', OPERATIONS.DELETE).u16('key', key.byteLength).bytes(key).finish();
  }
  return new ByteWriter(7 + key.byteLength + operation.value.byteLength)
    .u8('operation', OPERATIONS.PUT).u16('key', key.byteLength).bytes(key).prefixed('value', operation.value)
    .finish();
}

/** Keys and values given as text are written as UTF-8. @throws LedgerError `bad-payload` */
export function encodePut(key: Uint8Array | string, value: Uint8Array | string): Uint8Array {
  return encodeOperation({ type: 'put', key: toBytes(key), value: toBytes(value) });
}

/** @throws LedgerError `bad-payload` */
export function encodeDelete(key: Uint8Array | string): Uint8Array {
  return encodeOperation({ type: 'delete', key: toBytes(key) });
}

/** @throws LedgerError `bad-payload` on anything but exactly one operation; `key` and `value` are views of `payload` */
export function decodeOperation(payload: Uint8Array): KeyValueOperation {
  try {
    const reader = new ByteReader(payload);
    const type = reader.u8('operation');
    const keyLength = reader.u16('key');
    requireKeyLength(keyLength);
    const key = reader.view('key', keyLength);
    switch (type) {
      case OPERATIONS.PUT: {
        const value = reader.prefixed('value', payload.byteLength);
        reader.finish('operation');
        return { type: 'put', key, value };
      }
      case OPERATIONS.DELETE:
        reader.finish('operation');
        return { type: 'delete', key };
      default:
        throw new LedgerError('bad-payload', `operation: must be ${OPERATIONS.PUT} (put) or ${OPERATIONS.DELETE} (delete), got ${type}`);
    }
  } catch (error) {
    if (error instanceof CodecError) throw new LedgerError('bad-payload', error.message, error);
    throw error;
  }
}

/** An operation for people, in JSON: bytes that are text as text, others in hexadecimal. Undefined where it is none. */
export function describeOperation(payload: Uint8Array): Readonly<Record<string, string>> | undefined {
  let operation: KeyValueOperation;
  try {
    operation = decodeOperation(payload);
  } catch {
    return undefined;
  }
  const key = toText(operation.key);
  return operation.type === 'put' ? { type: 'put', key, value: toText(operation.value) } : { type: 'delete', key };
}

/** A store of keys and values that every member may write. */
export const keyValueApplication: Application = {
  name: 'key-value',
  validateTransaction(payload): Verdict {
    try {
      decodeOperation(payload);
      return ACCEPTED;
    } catch (error) {
      if (error instanceof LedgerError) return { ok: false, code: error.code, message: error.message };
      throw error;
    }
  },
  execute({ payload }, _context, state): Verdict {
    const operation = decodeOperation(payload);
    if (operation.type === 'put') state.put(operation.key, operation.value);
    else state.delete(operation.key);
    return ACCEPTED;
  },
  query: (key, state) => state.get(key),
};

function requireKeyLength(sizeBytes: number): void {
  if (sizeBytes < 1 || sizeBytes > MAX_KEY_BYTES) {
    throw new LedgerError('bad-payload', `key: must be 1 to ${MAX_KEY_BYTES} bytes, got ${sizeBytes}`);
  }
}

function toBytes(value: Uint8Array | string): Uint8Array {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value;
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return `0x${Buffer.from(bytes).toString('hex')}`;
  }
}
