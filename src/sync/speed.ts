/** Blocks per second over the last few seconds, from samples of the final sequence. Keeps a bounded number of them. */
export class SpeedMeter {
  readonly #windowMs = 10_000;
  readonly #sampleMs = 500;
  #samples: { readonly atMs: number; readonly sequence: number }[] = [];

  note(sequence: number, nowMs: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && nowMs - last.atMs < this.#sampleMs) return;
    this.#samples.push({ atMs: nowMs, sequence });
    this.#samples = this.#samples.filter((sample) => nowMs - sample.atMs <= this.#windowMs);
  }

  perSecond(sequence: number, nowMs: number): number {
    const first = this.#samples.find((sample) => nowMs - sample.atMs <= this.#windowMs);
    if (first === undefined || nowMs <= first.atMs) return 0;
    return ((sequence - first.sequence) * 1000) / (nowMs - first.atMs);
  }
}
