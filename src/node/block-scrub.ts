import type { BlockStore } from '../storage/stores.js';
import { StorageError } from '../storage/storage-error.js';
import { toSequence } from '../types/ids.js';

/** What one read may cost, and the pause after it: a million blocks take most of a day, and nothing is felt of it. */
const READ_BLOCKS = 16;
const READ_BYTES = 256 * 1024;
const READ_PAUSE_MS = 1_000;
/** From the end of one pass to the next. */
const PASS_PAUSE_MS = 24 * 60 * 60 * 1000;

/** How far the present pass is, in numbers of blocks. */
export interface ScrubState {
  readonly checked: number;
  /** Damaged, and no member gave them again. */
  readonly unreadable: number;
  /** Passes ended since the process started. */
  readonly passes: number;
}

export interface BlockScrubInit {
  /** Repairs what it finds damaged, and tells of it. */
  readonly blocks: Pick<BlockStore, 'firstSequence' | 'finalSequence' | 'range'>;
  readonly passEnded: (state: ScrubState) => void;
  /** @returns what cancels it */
  readonly after?: (delayMs: number, run: () => void) => () => void;
}

/**
 * Reads all final blocks slowly, over and over. Damage shows when a block is read, and an old block may not be for years:
 * read now, it is repaired while other members still have it, and while one damaged block is all there is.
 */
export class BlockScrub {
  readonly #init: BlockScrubInit;
  #next = 0;
  /** Below this blocks are read one by one: one of them cannot be. */
  #singlyBelow = 0;
  #checked = 0;
  #unreadable = 0;
  #passes = 0;
  #cancel: () => void = () => undefined;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(init: BlockScrubInit) {
    this.#init = init;
  }

  get state(): ScrubState {
    return { checked: this.#checked, unreadable: this.#unreadable, passes: this.#passes };
  }

  start(): void {
    this.#goOnAfter(READ_PAUSE_MS);
  }

  /** Resolves once nothing is read any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#reading;
  }

  #goOnAfter(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancel = (this.#init.after ?? hostTimer)(delayMs, () => {
      this.#reading = this.#read().then((pauseMs) => { this.#goOnAfter(pauseMs); });
    });
  }

  /** @returns how long to wait before the next read */
  async #read(): Promise<number> {
    const { blocks } = this.#init;
    const from = Math.max(this.#next, blocks.firstSequence());
    if (from > blocks.finalSequence()) return this.#endPass();
    const count = from < this.#singlyBelow ? 1 : READ_BLOCKS;
    try {
      const { length } = await blocks.range(toSequence(from), count, READ_BYTES);
      this.#checked += length;
      this.#next = from + Math.max(1, length);
    } catch (error) {
      if (!(error instanceof StorageError) || this.#stopped) return READ_PAUSE_MS;
      if (count > 1) this.#singlyBelow = from + count;
      else {
        this.#unreadable += 1;
        this.#next = from + 1;
      }
    }
    return READ_PAUSE_MS;
  }

  #endPass(): number {
    this.#passes += 1;
    this.#init.passEnded(this.state);
    this.#next = this.#singlyBelow = this.#checked = this.#unreadable = 0;
    return PASS_PAUSE_MS;
  }
}

function hostTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs).unref();
  return () => { clearTimeout(timer); };
}
