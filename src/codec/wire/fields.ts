import { bytesToHash, hexToBytes } from '../../crypto/hash.js';
import type { Epoch, Hash, MemberIndex, Sequence, Slot, View } from '../../types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toSequence, toSlot, toView } from '../../types/ids.js';
import { CodecError } from '../codec-error.js';
import { SIGNATURE_BYTES } from '../transaction.js';

/** Between protobuf's types and ours; every failure is a CodecError that names the field. */

type WireBytes = Uint8Array<ArrayBuffer>;

const NO_BYTES: WireBytes = new Uint8Array(0);

export function toWireInteger(field: string, value: number): bigint {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CodecError('out-of-range', field, `must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${value}`);
  }
  return BigInt(value);
}

export function fromWireInteger(field: string, value: bigint): number {
  if (value > Number.MAX_SAFE_INTEGER) {
    throw new CodecError('out-of-range', field, `must be at most ${Number.MAX_SAFE_INTEGER}, got ${value.toString()}`);
  }
  return Number(value);
}

export function epochField(value: bigint): Epoch {
  return toEpoch(fromWireInteger('epoch', value));
}

export function slotField(value: bigint): Slot {
  return toSlot(fromWireInteger('slot', value));
}

export function viewField(value: bigint): View {
  return toView(fromWireInteger('view', value));
}

export function sequenceField(value: bigint): Sequence {
  return toSequence(fromWireInteger('sequence', value));
}

export function signerField(value: number): MemberIndex {
  if (value > 0xffff) throw new CodecError('out-of-range', 'signer', `must be at most 65535, got ${value}`);
  return toMemberIndex(value);
}

/** The zero hash, which most votes carry as basisHash, is written as no bytes. */
export function toWireHash(hash: Hash): WireBytes {
  return hash === ZERO_HASH ? NO_BYTES : new Uint8Array(hexToBytes(hash));
}

export function hashField(field: string, bytes: Uint8Array): Hash {
  if (bytes.byteLength === 0) return ZERO_HASH;
  if (bytes.byteLength !== 32) throw new CodecError('bad-length', field, `must be 32 bytes, got ${bytes.byteLength}`);
  return bytesToHash(bytes);
}

export function toWireBytes(bytes: Uint8Array): WireBytes {
  return bytes as WireBytes;
}

/** A copy: signatures are kept in votes and certificates, and must not keep a whole message alive. */
export function signatureField(bytes: Uint8Array): Uint8Array {
  if (bytes.byteLength !== SIGNATURE_BYTES) {
    throw new CodecError('bad-length', 'signature', `must be ${SIGNATURE_BYTES} bytes, got ${bytes.byteLength}`);
  }
  return new Uint8Array(bytes);
}

/** The value of a field that must be present. */
export function present<T>(field: string, value: T | undefined): T {
  if (value === undefined) throw new CodecError('missing', field, 'must be present');
  return value;
}

/** A field that must not be set where it stands. */
export function absent(field: string, bytes: Uint8Array): void {
  if (bytes.byteLength > 0) throw new CodecError('malformed', field, 'must not be set here');
}

/**
 * Runs a generated protobuf decoder.
 * @throws CodecError `too-large` above `maxBytes`, `malformed` for anything that is not the protobuf message expected
 */
export function decodeWire<T>(field: string, bytes: Uint8Array, maxBytes: number, decode: (bytes: Uint8Array) => T): T {
  if (bytes.byteLength > maxBytes) {
    throw new CodecError('too-large', field, `must be at most ${maxBytes} bytes, got ${bytes.byteLength}`);
  }
  try {
    // A plain Uint8Array even where a Buffer came in, so that its views are of one class everywhere.
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw new CodecError('malformed', field, `is not a valid protobuf message: ${cause instanceof Error ? cause.message : 'unknown error'}`, { cause });
  }
}

/** Of the optional fields of a "one of" message, the one that is present. @throws CodecError unless it is exactly one */
export function exactlyOne(field: string, values: Readonly<Record<string, unknown>>): void {
  const set = Object.values(values).filter((value) => value !== undefined).length;
  if (set !== 1) throw new CodecError('unknown-kind', field, `must be of exactly one known kind, got ${set}`);
}

/** A sequence that may be −1, written plus one. */
export function sequencePlusOneField(field: string, value: bigint): Sequence {
  return toSequence(fromWireInteger(field, value) - 1);
}

/** A slot that may be −1, written plus one. */
export function slotPlusOneField(field: string, value: bigint): Slot {
  return toSlot(fromWireInteger(field, value) - 1);
}
