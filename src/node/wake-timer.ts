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
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#wake();
    }, Math.max(0, Math.ceil(monotonicMs - performance.now())));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#atMs = undefined;
  }
}
