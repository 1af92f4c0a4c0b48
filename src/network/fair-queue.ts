/** Waiting work of one source. */
interface Lane<Item> {
  readonly items: { readonly item: Item; readonly sizeBytes: number }[];
  sizeBytes: number;
}

export interface FairQueueOptions<Source, Item> {
  /** What one source may have waiting; more is refused. */
  readonly maxBytesPerSource: number;
  /** Work done before other work of this process gets its turn, in the unit of what `handle` returns. */
  readonly workPerTurn: number;
  /** @returns the work that it was */
  readonly handle: (item: Item, source: Source) => number;
  /** Called after each turn. */
  readonly turnDone: () => void;
  /** Runs it once other work had its turn, and returns what takes it back. */
  readonly soon: (run: () => void) => () => void;
}

/**
 * Work that must not hold up consensus: handled a little at a time between other events, an item of each source in turn,
 * so that whoever sends much waits longest for itself. Bounded per source.
 */
export class FairQueue<Source, Item> {
  readonly #options: FairQueueOptions<Source, Item>;
  /** In the order of serving; a served source moves to the end. */
  readonly #lanes = new Map<Source, Lane<Item>>();
  #cancelTurn: (() => void) | undefined;

  constructor(options: FairQueueOptions<Source, Item>) {
    this.#options = options;
  }

  /** False where the source has too much waiting already. */
  add(source: Source, item: Item, sizeBytes: number): boolean {
    const lane = this.#lanes.get(source) ?? { items: [], sizeBytes: 0 };
    if (lane.sizeBytes + sizeBytes > this.#options.maxBytesPerSource) return false;
    lane.items.push({ item, sizeBytes });
    lane.sizeBytes += sizeBytes;
    this.#lanes.set(source, lane);
    this.#cancelTurn ??= this.#options.soon(() => { this.#run(); });
    return true;
  }

  /** Whether something of this source waits: what comes now is to wait behind it. */
  isWaiting(source: Source): boolean {
    return this.#lanes.has(source);
  }

  stop(): void {
    this.#cancelTurn?.();
    this.#lanes.clear();
  }

  #run(): void {
    this.#cancelTurn = undefined;
    for (let work = 0; work < this.#options.workPerTurn;) {
      const next = this.#lanes.entries().next();
      if (next.done === true) break;
      const [source, lane] = next.value;
      const waiting = lane.items.shift();
      this.#lanes.delete(source);
      if (waiting === undefined) continue;
      lane.sizeBytes -= waiting.sizeBytes;
      if (lane.items.length > 0) this.#lanes.set(source, lane);
      work += this.#options.handle(waiting.item, source);
    }
    if (this.#lanes.size > 0) this.#cancelTurn ??= this.#options.soon(() => { this.#run(); });
    this.#options.turnDone();
  }
}
