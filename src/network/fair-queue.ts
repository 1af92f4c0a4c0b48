/** Waiting work of one source. */
interface Lane<Item> {
  readonly items: { readonly item: Item; readonly sizeBytes: number }[];
  sizeBytes: number;
}

export interface FairQueueOptions<Source, Item> {
  /** What one source may have waiting; more is refused. */
  readonly maxBytesPerSource: number;
  /** Items handled before other work of this process gets its turn. */
  readonly itemsPerTurn: number;
  readonly handle: (item: Item, source: Source) => void;
  /** Called after each turn. */
  readonly turnDone: () => void;
  /** Runs it once other work had its turn, and returns what takes it back. */
  readonly soon: (run: () => void) => () => void;
}

/**
 * Work that must not hold up consensus: handled a few items at a time between other events, in turn from each source,
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

  stop(): void {
    this.#cancelTurn?.();
    this.#lanes.clear();
  }

  #run(): void {
    this.#cancelTurn = undefined;
    for (let handled = 0; handled < this.#options.itemsPerTurn; handled += 1) {
      const next = this.#lanes.entries().next();
      if (next.done === true) break;
      const [source, lane] = next.value;
      const work = lane.items.shift();
      this.#lanes.delete(source);
      if (work === undefined) continue;
      lane.sizeBytes -= work.sizeBytes;
      if (lane.items.length > 0) this.#lanes.set(source, lane);
      this.#options.handle(work.item, source);
    }
    if (this.#lanes.size > 0) this.#cancelTurn ??= this.#options.soon(() => { this.#run(); });
    this.#options.turnDone();
  }
}
