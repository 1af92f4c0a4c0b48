import { TokenBucket } from '../network/rate-limit.js';

/** In a unit of work that the owner chooses. */
export interface WorkLimits {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Work that each source may cause here, whatever its messages and bytes. What a source used up outlasts its connections.
 * Sources are members, so there are few. Time is given, never read.
 */
export class WorkBudget<Source> {
  readonly #limits: WorkLimits;
  readonly #nowMs: () => number;
  readonly #buckets = new Map<Source, TokenBucket>();

  /** @param nowMs monotonic */
  constructor(limits: WorkLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** False, and nothing taken, where the source has used up its share. */
  take(source: Source, work: number): boolean {
    const nowMs = this.#nowMs();
    return this.#bucketOf(source, nowMs).take(work, nowMs);
  }

  /** False while the source owes something: where work is charged once it is known, on credit. */
  allows(source: Source): boolean {
    const nowMs = this.#nowMs();
    return this.#bucketOf(source, nowMs).charge(0, nowMs) === 0;
  }

  charge(source: Source, work: number): void {
    const nowMs = this.#nowMs();
    this.#bucketOf(source, nowMs).charge(work, nowMs);
  }

  #bucketOf(source: Source, nowMs: number): TokenBucket {
    let bucket = this.#buckets.get(source);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#limits.perSecond, this.#limits.burst, nowMs);
      this.#buckets.set(source, bucket);
    }
    return bucket;
  }
}
