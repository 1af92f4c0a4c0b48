/** The longest a Node timer can wait: beyond it, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** One timer for a state machine that says when it wants to be woken. */
export class WakeTimer {
  readonly #wake: () => void;
  #timer: NodeJS.Timeout | undefined;
  #atMs: number | undefined;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  /** Replaces the earlier wish. Never early, so that what was due is due when it fires. */
  at(monotonicMs: number | undefined): void {
    if (monotonicMs === this.#atMs && this.#timer !== undefined) return;
    this.clear();
    if (monotonicMs === undefined) return;
    this.#atMs = monotonicMs;
    const delayMs = Math.max(0, Math.ceil(monotonicMs - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (delayMs > MAX_TIMER_MS) this.at(monotonicMs);
      else this.#wake();
    }, Math.min(delayMs, MAX_TIMER_MS));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#atMs = undefined;
  }
}
