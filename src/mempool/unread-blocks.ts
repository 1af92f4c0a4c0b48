import type { Block } from '../types/block.js';
import type { Hash, Sequence } from '../types/ids.js';

/** What such blocks may take in memory. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * Final blocks whose transactions nobody has asked for yet. To take blocks apart is most of what finality costs where
 * a platform catches up, and as long as nothing else wants to know which transactions are final, execution does it anyway.
 */
export class UnreadBlocks {
  readonly #maxTransactions: number;
  #blocks: Block[] = [];
  #transactionCount = 0;
  #sizeBytes = 0;

  /** @param maxTransactions of the newest blocks at least so many transactions are told, as long as memory allows */
  constructor(maxTransactions: number) {
    this.#maxTransactions = maxTransactions;
  }

  /** The next final block. @returns ids of transactions for which there is no room */
  add(block: Block): readonly Hash[] {
    this.#blocks.push(block);
    this.#count(block, 1);
    const [oldest] = this.#blocks;
    if (oldest !== undefined && this.#transactionCount - oldest.header.transactionCount >= this.#maxTransactions) this.#shift();
    const crowdedOut: Hash[] = [];
    while (this.#sizeBytes > MAX_UNREAD_BYTES) crowdedOut.push(...idsOf(this.#shift()));
    return crowdedOut;
  }

  /** Whether these alone are as many as are to be told: what became final before them need not be remembered. */
  get areEnough(): boolean {
    return this.#transactionCount >= this.#maxTransactions;
  }

  /** Blocks up to this one were executed, and so read. */
  executed(sequence: Sequence): void {
    for (let [oldest] = this.#blocks; oldest !== undefined && oldest.header.sequence <= sequence; [oldest] = this.#blocks) this.#shift();
  }

  /** Reads them all. @returns the ids of their transactions */
  take(): readonly Hash[] {
    if (this.#blocks.length === 0) return [];
    const ids = this.#blocks.flatMap(idsOf);
    this.#blocks = [];
    this.#transactionCount = 0;
    this.#sizeBytes = 0;
    return ids;
  }

  #shift(): Block | undefined {
    const block = this.#blocks.shift();
    if (block !== undefined) this.#count(block, -1);
    return block;
  }

  #count({ header, sizeBytes }: Block, sign: 1 | -1): void {
    this.#transactionCount += sign * header.transactionCount;
    this.#sizeBytes += sign * sizeBytes;
  }
}

function idsOf(block: Block | undefined): readonly Hash[] {
  return block?.transactions.map(({ id }) => id) ?? [];
}
