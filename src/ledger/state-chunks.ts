import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';
import { SNAPSHOT_CHUNK_BYTES } from '../codec/limits.js';

/** A key of the authenticated state with its value. */
export type StateEntry = readonly [key: Uint8Array, value: Uint8Array];

export interface StateChunk {
  readonly bytes: Uint8Array;
  readonly entryCount: number;
}

const LENGTH_BYTES = 4;

function sizeOf([key, value]: StateEntry): number {
  return 2 * LENGTH_BYTES + key.byteLength + value.byteLength;
}

/**
 * Cuts entries, in order of their keys, into chunks: u32 length and bytes of each key and value, one after another. A
 * chunk ends with the entry that takes it to SNAPSHOT_CHUNK_BYTES; there is one at least.
 */
export async function* chunksOf(entries: AsyncIterable<StateEntry>): AsyncGenerator<StateChunk> {
  let taken: StateEntry[] = [];
  let sizeBytes = 0;
  let count = 0;
  for await (const entry of entries) {
    taken.push(entry);
    sizeBytes += sizeOf(entry);
    if (sizeBytes < SNAPSHOT_CHUNK_BYTES) continue;
    yield encodeChunk(taken, sizeBytes);
    count += 1;
    taken = [];
    sizeBytes = 0;
  }
  if (taken.length > 0 || count === 0) yield encodeChunk(taken, sizeBytes);
}

function encodeChunk(entries: readonly StateEntry[], sizeBytes: number): StateChunk {
  const writer = new ByteWriter(sizeBytes);
  for (const [key, value] of entries) writer.prefixed('key', key).prefixed('value', value);
  return { bytes: writer.finish(), entryCount: entries.length };
}

/**
 * @returns the entries, as views of `bytes`
 * @throws CodecError on anything but whole entries in ascending order of their keys
 */
export function decodeChunk(bytes: Uint8Array): StateEntry[] {
  const reader = new ByteReader(bytes);
  const entries: StateEntry[] = [];
  while (reader.remaining > 0) {
    const entry: StateEntry = [reader.prefixed('key', bytes.byteLength), reader.prefixed('value', bytes.byteLength)];
    const before = entries.at(-1);
    if (before !== undefined && Buffer.compare(before[0], entry[0]) >= 0) throw new CodecError('malformed', 'key', 'must be above the key before it');
    entries.push(entry);
  }
  return entries;
}
