import type { CommittedBlock } from '../types/sync.js';

const MAX_BLOCKS = 32;
const MAX_BYTES = 8 << 20;

/** The newest executed blocks, so that streams that are up to date need not read them from the disk. */
export class RecentBlocks {
  readonly #blocks = new Map<number, CommittedBlock>();
  #sizeBytes = 0;

  get(sequence: number): CommittedBlock | undefined {
    return this.#blocks.get(sequence);
  }

  add(committed: CommittedBlock): void {
    const { header, sizeBytes } = committed.block;
    this.#blocks.set(header.sequence, committed);
    this.#sizeBytes += sizeBytes;
    for (const [sequence, { block }] of this.#blocks) {
      if (this.#blocks.size === 1 || (this.#blocks.size <= MAX_BLOCKS && this.#sizeBytes <= MAX_BYTES)) return;
      this.#blocks.delete(sequence);
      this.#sizeBytes -= block.sizeBytes;
    }
  }

  clear(): void {
    this.#blocks.clear();
    this.#sizeBytes = 0;
  }
}
