import { ByteWriter } from '../codec/bytes.js';
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
const KEY_OFFSET = 3;
const VALUE_LENGTH_BYTES = 4;
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
  const keyEnd = checkedKeyEnd(payload);
  const key = payload.subarray(KEY_OFFSET, keyEnd);
  return payload[0] === OPERATIONS.PUT ? { type: 'put', key, value: payload.subarray(keyEnd + VALUE_LENGTH_BYTES) } : { type: 'delete', key };
}

/**
 * Where the key of exactly one operation ends. Reads byte by byte, as every transaction comes by here several times.
 * @throws LedgerError `bad-payload` on anything else
 */
function checkedKeyEnd(payload: Uint8Array): number {
  const type = payload[0];
  if (type !== OPERATIONS.PUT && type !== OPERATIONS.DELETE) {
    throw badPayload(`operation: must be ${OPERATIONS.PUT} (put) or ${OPERATIONS.DELETE} (delete), got ${type ?? 'nothing'}`);
  }
  const keyLength = (payload[1] ?? 0) * 0x100 + (payload[2] ?? 0);
  requireKeyLength(keyLength);
  const keyEnd = KEY_OFFSET + keyLength;
  if (type === OPERATIONS.DELETE) {
    requireSize(payload, keyEnd, 'key');
    return keyEnd;
  }
  if (payload.byteLength < keyEnd + VALUE_LENGTH_BYTES) throw badPayload(`value: its length is missing, as the payload has only ${payload.byteLength} bytes`);
  requireSize(payload, keyEnd + VALUE_LENGTH_BYTES + u32At(payload, keyEnd), 'value');
  return keyEnd;
}

function requireSize(payload: Uint8Array, sizeBytes: number, last: string): void {
  if (payload.byteLength !== sizeBytes) throw badPayload(`${last}: must end the payload at byte ${sizeBytes}, but that has ${payload.byteLength} bytes`);
}

function u32At(bytes: Uint8Array, offset: number): number {
  return (bytes[offset] ?? 0) * 0x100_0000 + (bytes[offset + 1] ?? 0) * 0x1_0000 + (bytes[offset + 2] ?? 0) * 0x100 + (bytes[offset + 3] ?? 0);
}

function badPayload(message: string): LedgerError {
  return new LedgerError('bad-payload', message);
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

/** A store of keys and values that everybody may write. */
export const keyValueApplication: Application = {
  name: 'key-value',
  validateTransaction(payload): Verdict {
    try {
      checkedKeyEnd(payload);
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
  knows: () => true,
  query: (key, state) => state.get(key),
};

function requireKeyLength(sizeBytes: number): void {
  if (sizeBytes < 1 || sizeBytes > MAX_KEY_BYTES) {
    throw badPayload(`key: must be 1 to ${MAX_KEY_BYTES} bytes, got ${sizeBytes}`);
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
