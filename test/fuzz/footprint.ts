import assert from 'node:assert/strict';
import { getHeapStatistics } from 'node:v8';

const OBJECT_BYTES = 32;
const SLOT_BYTES = 8;
const VIEW_BYTES = 96;

/**
 * About how much memory a decoded value holds, its strings and byte arrays included. Bytes that are views of the input
 * count as views only.
 */
function footprintOf(value: unknown, input: ArrayBufferLike): number {
  if (typeof value === 'string') return OBJECT_BYTES + value.length;
  if (value instanceof Uint8Array) return VIEW_BYTES + (value.buffer === input ? 0 : value.buffer.byteLength);
  if (typeof value !== 'object' || value === null) return SLOT_BYTES;
  return Object.values(value).reduce<number>((sum, part) => sum + SLOT_BYTES + footprintOf(part, input), OBJECT_BYTES);
}

const LEAST_BYTES = 4096;
/** The worst is a transaction of no bytes in a batch: 2 on the wire, an array here. */
const FACTOR = 72;

/** What is decoded takes no more memory than in proportion to what came in. */
export function assertProportionate(value: unknown, input: Uint8Array): void {
  const limit = LEAST_BYTES + FACTOR * input.byteLength;
  const held = footprintOf(value, input.buffer);
  assert.ok(held <= limit, `${input.byteLength} bytes decode to about ${held}, above ${limit}`);
}

/** Bytes on and off the heap now: what is allocated from here on shows as a difference until it is collected. */
export function allocatedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

const TRANSIENT_LEAST_BYTES = 24 * 1024 * 1024;
const TRANSIENT_FACTOR = 1024;

/** Nothing is allocated on the strength of a number that the input merely claims. */
export function assertNoHugeAllocation(beforeBytes: number, input: Uint8Array): void {
  const grown = allocatedBytes() - beforeBytes;
  const limit = TRANSIENT_LEAST_BYTES + TRANSIENT_FACTOR * input.byteLength;
  assert.ok(grown <= limit, `an input of ${input.byteLength} bytes made ${grown} be allocated`);
}
