import type { Epoch, Hash, Sequence, Slot } from '../types/ids.js';
import { corruption } from './storage-error.js';

/**
 * The numbered key spaces of a platform's database. The first byte of every key names its space; integers in keys are
 * u64 big-endian, so that the order of keys is numeric. A number is never used for anything else once released:
 * a retired space stays in this table with the note "retired".
 *
 * | space | key after the first byte | value |
 * |---|---|---|
 * | META 0x01 | name (ASCII) | by name: schema version, genesis hash, final tip, first sequence held, vote store id |
 * | JOURNAL 0x02 | stream u8, number mod ring u32 | number of the write batch (see sealed-store.ts) |
 * | BLOCK 0x10 | epoch, slot, hash | block: header and body, final or not |
 * | PROPOSAL 0x11 | epoch, slot, hash | leader's signature, empty for an own proposal; only near and above final |
 * | SEQUENCE 0x12 | sequence | epoch, slot, hash, size of a final block |
 * | HASH 0x13 | hash | sequence of a final block |
 * | FINALITY 0x14 | sequence | the final block's own finality certificate |
 * | VOTE 0x20 | epoch, slot, kind u8, hash (kind 1 only) | own vote, unsigned |
 * | PROPOSED 0x21 | epoch, slot | hash of the own proposal |
 * | BASIS 0x22 | epoch, slot, basisHash | signed first votes a fallback vote counted; kept for good |
 * | CERTIFICATE 0x23 | epoch, slot, kind u8, hash | certificate above final |
 * | EVIDENCE 0x24 | epoch, slot | two headers signed by the slot's leader; 16 of each member and epoch, for good |
 * | STATE 0x30 | the ledger's own | the ledger's own |
 */
export const SPACES = {
  META: 0x01,
  JOURNAL: 0x02,
  BLOCK: 0x10,
  PROPOSAL: 0x11,
  SEQUENCE: 0x12,
  HASH: 0x13,
  FINALITY: 0x14,
  VOTE: 0x20,
  PROPOSED: 0x21,
  BASIS: 0x22,
  CERTIFICATE: 0x23,
  EVIDENCE: 0x24,
  STATE: 0x30,
} as const;

export type SpaceName = keyof typeof SPACES;

/** Version of the layout above. A database of a higher version is refused at open, one of a lower is migrated (migrations.ts). */
export const SCHEMA_VERSION = 1;

const HASH_BYTES = 32;
const U64_BYTES = 8;

/** Name of the space a key belongs to, for error messages. */
export function spaceNameOf(key: Uint8Array): string {
  const found = Object.entries(SPACES).find(([, number]) => number === key[0]);
  return found?.[0] ?? `unknown space ${key[0] ?? 'of an empty key'}`;
}

/** All keys of a space, as a half-open range. */
export function spaceRange(space: SpaceName): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
  return { gte: Uint8Array.of(SPACES[space]), lt: Uint8Array.of(SPACES[space] + 1) };
}

function keyOf(space: SpaceName, ...parts: readonly (bigint | number | Hash | { readonly byte: number })[]): Uint8Array {
  const size = parts.reduce<number>((sum, part) => sum + (typeof part === 'string' ? HASH_BYTES : typeof part === 'object' ? 1 : U64_BYTES), 1);
  const key = Buffer.alloc(size);
  let offset = key.writeUInt8(SPACES[space], 0);
  for (const part of parts) {
    if (typeof part === 'string') offset += key.write(part, offset, 'hex');
    else if (typeof part === 'object') offset = key.writeUInt8(part.byte, offset);
    else offset = key.writeBigUInt64BE(BigInt(part), offset);
  }
  return new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
}

export function metaKey(name: string): Uint8Array {
  return Uint8Array.from([SPACES.META, ...Buffer.from(name, 'ascii')]);
}

export function journalKey(stream: number, position: number): Uint8Array {
  const key = Buffer.alloc(6);
  key.writeUInt8(SPACES.JOURNAL, 0);
  key.writeUInt8(stream, 1);
  key.writeUInt32BE(position, 2);
  return new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
}

export function blockKey(epoch: Epoch, slot: Slot, hash: Hash): Uint8Array {
  return keyOf('BLOCK', epoch, slot, hash);
}
export function proposalKey(epoch: Epoch, slot: Slot, hash: Hash): Uint8Array {
  return keyOf('PROPOSAL', epoch, slot, hash);
}
export function sequenceKey(sequence: Sequence): Uint8Array {
  return keyOf('SEQUENCE', sequence);
}
export function hashKey(hash: Hash): Uint8Array {
  return keyOf('HASH', hash);
}
export function finalityKey(sequence: Sequence): Uint8Array {
  return keyOf('FINALITY', sequence);
}
export function proposedKey(epoch: Epoch, slot: Slot): Uint8Array {
  return keyOf('PROPOSED', epoch, slot);
}
export function basisKey(epoch: Epoch, slot: Slot, basisHash: Hash): Uint8Array {
  return keyOf('BASIS', epoch, slot, basisHash);
}
export function evidenceKey(epoch: Epoch, slot: Slot): Uint8Array {
  return keyOf('EVIDENCE', epoch, slot);
}
export function certificateKey(epoch: Epoch, slot: Slot, kind: number, hash: Hash): Uint8Array {
  return keyOf('CERTIFICATE', epoch, slot, { byte: kind }, hash);
}
/** `hash` is given for kinds of which a slot may hold several. */
export function voteKey(epoch: Epoch, slot: Slot, kind: number, hash: Hash | undefined): Uint8Array {
  return hash === undefined ? keyOf('VOTE', epoch, slot, { byte: kind }) : keyOf('VOTE', epoch, slot, { byte: kind }, hash);
}
export function stateKey(key: Uint8Array): Uint8Array {
  const prefixed = new Uint8Array(key.length + 1);
  prefixed[0] = SPACES.STATE;
  prefixed.set(key, 1);
  return prefixed;
}

/** u64 at `offset` of a key or value. @throws StorageError `corrupt` where there is none, or it is above 2⁵³−1 */
export function u64At(bytes: Uint8Array, offset: number): number {
  const end = offset + U64_BYTES;
  const value = end > bytes.byteLength ? Number.NaN : Number(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).readBigUInt64BE(offset));
  if (!Number.isSafeInteger(value)) throw corruption(`an entry of ${bytes.byteLength} bytes holds no integer at byte ${offset}`);
  return value;
}
