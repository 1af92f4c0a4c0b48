/** Chain time further ahead of this host's clock than this is worth telling people, in milliseconds. */
export const NOTABLE_LEAD_MS = 1_000;
/** Told again at most this often, in milliseconds. */
const TOLD_EVERY_MS = 60_000;

/** How far the time of a chain, that of its newest final block, is ahead of a clock; 0 where it is not. */
export function chainAheadMs(chainTimeMs: number, wallMs: number): number {
  return Math.max(0, chainTimeMs - wallMs);
}

/**
 * Whether people are to be told that chain time is ahead of this host's clock: clocks were set back, this one is wrong, or
 * genesis is dated ahead. Blocks go on meanwhile (SPEC section 6), so nobody would notice.
 */
export class ChainTimeWatch {
  #toldMs: number | undefined;

  /**
   * @param nowMs monotonic
   * @returns true where it is to be told now
   */
  note(aheadMs: number, nowMs: number): boolean {
    if (aheadMs <= NOTABLE_LEAD_MS) return false;
    if (this.#toldMs !== undefined && nowMs - this.#toldMs < TOLD_EVERY_MS) return false;
    this.#toldMs = nowMs;
    return true;
  }
}
