import { ByteReader, ByteWriter } from '../codec/bytes.js';
import type { Epoch, Hash, Sequence, Slot } from '../types/ids.js';
import { toEpoch, toSequence, toSlot } from '../types/ids.js';

/** Where a final block is stored, and how large it is: the value of key space SEQUENCE, and of the final tip. */
export interface FinalEntry {
  readonly epoch: Epoch;
  readonly slot: Slot;
  readonly sequence: Sequence;
  readonly hash: Hash;
  readonly sizeBytes: number;
}

const FINAL_ENTRY_BYTES = 3 * 8 + 32 + 4;

export function encodeFinalEntry(entry: FinalEntry): Uint8Array {
  return new ByteWriter(FINAL_ENTRY_BYTES)
    .u64('epoch', entry.epoch).u64('slot', entry.slot).u64('sequence', entry.sequence).hex32(entry.hash).u32('sizeBytes', entry.sizeBytes)
    .finish();
}

/** @throws CodecError */
export function decodeFinalEntry(bytes: Uint8Array): FinalEntry {
  const reader = new ByteReader(bytes);
  const entry: FinalEntry = {
    epoch: toEpoch(reader.u64('epoch')), slot: toSlot(reader.u64('slot')), sequence: toSequence(reader.u64('sequence')),
    hash: reader.hash('hash'), sizeBytes: reader.u32('sizeBytes'),
  };
  reader.finish('final entry');
  return entry;
}
