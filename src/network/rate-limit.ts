/** Token bucket: `perSecond` on average, bursts up to `burst`. Time is given, never read. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes `amount` where that much is there; false, and nothing taken, otherwise. */
  take(amount: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (amount > this.#tokens) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Takes `amount`, on credit where not all of it is there; false, and nothing taken, where nothing is there. */
  borrow(amount: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens <= 0) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Takes `amount` in any case, on credit where it is not there. @returns milliseconds until the debt is paid */
  charge(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    this.#tokens -= amount;
    return Math.max(0, (-this.#tokens * 1000) / this.#perSecond);
  }

  #refill(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1000);
    this.#atMs = nowMs;
  }
}
