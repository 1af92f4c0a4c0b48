import type { SyncNotice, SyncProgress } from '../sync/events.js';
import { SpeedMeter } from '../sync/speed.js';

/** How far a platform that is behind has come. Blocks are counted: `to` of them make up the whole. */
export interface CatchUpState {
  /** Executed when catching up began. */
  readonly from: number;
  /** Executed by now. */
  readonly at: number;
  /** Fetched and proven final by now; at least `at`, but for what a snapshot brought. */
  readonly fetched: number;
  /** Known to exist. */
  readonly to: number;
  readonly remaining: number;
  /** Executed, over the last ten seconds. */
  readonly blocksPerSecond: number;
  /** At that speed; undefined while there is none. */
  readonly remainingSeconds: number | undefined;
  /** Of the blocks fetched. */
  readonly fetchedBytes: number;
}

/** What catching up came to. */
export interface CatchUpSummary {
  readonly blocks: number;
  readonly seconds: number;
  readonly fetchedBytes: number;
}

type CatchUpNotice = Extract<SyncNotice, { readonly progress: SyncProgress }>;

/**
 * Tells whether a platform is in sync, which takes more than holding all final blocks: it must have executed what it
 * fetched, or what an earlier run had left. Blocks that are made while it takes part do not count, though each is
 * executed a moment after it is final.
 */
export class CatchUpWatch {
  readonly #speed = new SpeedMeter();
  #phase: 'in-sync' | 'fetching' | 'executing';
  #executed: number;
  /** Blocks to be executed before this platform is in sync, as far as they are here. */
  #until: number;
  #from: number;
  #startMs: number;
  #fetchedBytes = 0;

  /** @param finalSequence of the final block that an earlier run left */
  constructor(executedSequence: number, finalSequence: number, nowMs: number) {
    this.#executed = executedSequence + 1;
    this.#until = finalSequence + 1;
    this.#from = this.#executed;
    this.#startMs = nowMs;
    this.#phase = this.#executed < this.#until ? 'executing' : 'in-sync';
  }

  /** @returns what was done, where the platform is in sync with this */
  synced({ type, progress }: CatchUpNotice, nowMs: number): CatchUpSummary | undefined {
    if (this.#phase === 'in-sync') {
      this.#from = this.#executed;
      this.#startMs = nowMs;
      this.#fetchedBytes = 0;
    }
    this.#phase = type === 'catch-up-finished' ? 'executing' : 'fetching';
    this.#until = Math.max(this.#until, progress.finalSequence + 1);
    this.#fetchedBytes = progress.fetchedBytes;
    this.#speed.note(this.#executed, nowMs);
    return this.#ended(nowMs);
  }

  /** @returns as `synced` */
  executed(sequence: number, nowMs: number): CatchUpSummary | undefined {
    this.#executed = Math.max(this.#executed, sequence + 1);
    this.#speed.note(this.#executed, nowMs);
    return this.#ended(nowMs);
  }

  /** Undefined where the platform is in sync, as far as is known. */
  state(sync: SyncProgress, nowMs: number): CatchUpState | undefined {
    if (this.#phase === 'in-sync' && !sync.catchingUp) return undefined;
    const to = Math.max(sync.toSequence + 1, this.#until);
    const remaining = Math.max(0, to - this.#executed);
    const blocksPerSecond = this.#speed.perSecond(this.#executed, nowMs);
    return {
      from: this.#phase === 'in-sync' ? this.#executed : this.#from,
      at: this.#executed, fetched: sync.finalSequence + 1, to, remaining, blocksPerSecond,
      remainingSeconds: blocksPerSecond > 0 ? remaining / blocksPerSecond : undefined,
      fetchedBytes: this.#phase === 'executing' ? this.#fetchedBytes : sync.fetchedBytes,
    };
  }

  #ended(nowMs: number): CatchUpSummary | undefined {
    if (this.#phase !== 'executing' || this.#executed < this.#until) return undefined;
    this.#phase = 'in-sync';
    return { blocks: this.#executed - this.#from, seconds: (nowMs - this.#startMs) / 1000, fetchedBytes: this.#fetchedBytes };
  }
}
