import { LRUCache } from 'lru-cache';
import type { Hash } from '../types/ids.js';

/** Latencies kept for the percentiles. */
const WINDOW = 1_024;
/** Proposals seen whose finality is awaited. */
const MAX_AWAITED = 4_096;

/** Time from this platform's first sight of a proposal to its finality here, in milliseconds. */
export class FinalityLatency {
  readonly #firstSeenMs = new LRUCache<Hash, number>({ max: MAX_AWAITED });
  readonly #recentMs: number[] = [];
  #next = 0;
  #lastMs: number | undefined;

  proposalSeen(blockHash: Hash, nowMs: number): void {
    if (!this.#firstSeenMs.has(blockHash)) this.#firstSeenMs.set(blockHash, nowMs);
  }

  /** Blocks that came by sync were never seen as proposals and do not count. */
  blockFinal(blockHash: Hash, nowMs: number): void {
    const seenMs = this.#firstSeenMs.get(blockHash);
    if (seenMs === undefined) return;
    this.#firstSeenMs.delete(blockHash);
    this.#lastMs = nowMs - seenMs;
    this.#recentMs[this.#next] = this.#lastMs;
    this.#next = (this.#next + 1) % WINDOW;
  }

  summary(): { readonly last: number; readonly p50: number; readonly p99: number } | null {
    if (this.#lastMs === undefined) return null;
    const sorted = [...this.#recentMs].sort((a, b) => a - b);
    const at = (share: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
    return { last: round(this.#lastMs), p50: at(0.5), p99: at(0.99) };
  }
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
