import type { Chain } from './chain.js';
import type { Effect } from './events.js';

/** Votes usually overtake their proposal by little: only what stays missing for this part of Δ is worth asking for. */
const GRACE = 1 / 2;

/** When a block that votes name is due to be asked for, in monotonic milliseconds; undefined where none is missing. */
export function missingBlocksDueMs(chain: Chain, networkDelayMs: number): number | undefined {
  let earliestMs: number | undefined;
  for (const { missingSinceMs } of chain.records()) {
    if (missingSinceMs !== undefined && (earliestMs === undefined || missingSinceMs < earliestMs)) earliestMs = missingSinceMs;
  }
  return earliestMs === undefined ? undefined : earliestMs + networkDelayMs * GRACE;
}

/**
 * The blocks that have been missing for long enough, one a slot, in slots up to `highestSlot`; each is asked for again
 * after as long a time.
 */
export function* overdueBlocks(chain: Chain, highestSlot: number, networkDelayMs: number, monotonicMs: number): Generator<Effect> {
  for (const record of chain.records()) {
    const [blockHash] = record.slot > highestSlot ? [] : record.missingBlocks();
    if (blockHash === undefined) {
      record.missingSinceMs = undefined;
    } else if (record.missingSinceMs === undefined) {
      record.missingSinceMs = monotonicMs;
    } else if (record.missingSinceMs + networkDelayMs * GRACE <= monotonicMs) {
      record.missingSinceMs = monotonicMs;
      yield { type: 'missing-block', slot: record.slot, blockHash };
    }
  }
}
