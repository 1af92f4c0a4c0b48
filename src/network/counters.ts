/** Counts what happened, by reason; the reasons are the project's own strings, so the map stays small. */
export class Counters {
  readonly #counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    this.#counts.set(reason, this.get(reason) + count);
  }

  get(reason: string): number {
    return this.#counts.get(reason) ?? 0;
  }

  snapshot(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
