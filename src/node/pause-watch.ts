/** How long no block was made although there was work: from the start of the slot timer that expired to the next final block. */
export class PauseWatch {
  #sinceMs: number | undefined;

  timerExpired(nowMs: number, timeoutMs: number): void {
    this.#sinceMs ??= nowMs - timeoutMs;
  }

  /** The pause that a final block ends, in whole milliseconds; undefined where there was none. */
  blockFinal(nowMs: number): number | undefined {
    const sinceMs = this.#sinceMs;
    this.#sinceMs = undefined;
    return sinceMs === undefined ? undefined : Math.round(nowMs - sinceMs);
  }
}
