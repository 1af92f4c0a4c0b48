import type { Ledger } from '../ledger/ledger.js';
import type { Receipt } from '../ledger/receipt.js';
import type { BlockStore } from '../storage/stores.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';

/** Final blocks kept in memory until they are executed; further ones are read from the store again. */
const MAX_BYTES_IN_MEMORY = 16 * 1024 * 1024;
/**
 * Blocks executed as one batch where so many wait. A batch of few large transactions has too little of an effect on
 * memory to be worth a limit of its own.
 */
const MAX_BATCH_BLOCKS = 64;
/** What is made of more transactions lives long enough for the garbage collector to copy it: of 2,000 catching up took a sixth longer. */
const MAX_BATCH_TRANSACTIONS = 1_000;
const MAX_BATCH_BYTES = 1024 * 1024;

export interface ExecutionOptions {
  readonly ledger: Ledger;
  readonly blocks: BlockStore;
  readonly checkpointInterval: number;
  /** Whether consensus has further work: if not, a CHECKPOINT is due (SPEC section 6). */
  readonly workPending: () => boolean;
  /** The newest block after which a quorum certified the state; undefined where none is known. */
  readonly stableSequence: () => Sequence | undefined;
  /** While others are known to be ahead, how far; undefined while they are not. */
  readonly targetSequence: () => number | undefined;
  readonly executed: (block: CommittedBlock, receipts: readonly Receipt[]) => void;
  readonly checkpointDue: (sequence: Sequence, stateRoot: Hash) => void;
  /** Execution cannot go on: a defect or a damaged database. */
  readonly failed: (error: Error) => void;
}

/** The state of an earlier block is needed, and neither here nor to be had by executing the blocks that are. */
export function stateMissing(ledger: Pick<Ledger, 'executedSequence'>, blocks: Pick<BlockStore, 'firstSequence'>): boolean {
  return ledger.executedSequence() + 1 < blocks.firstSequence();
}

/** Executes final blocks in order, behind consensus and at its own pace (SPEC section 6). */
export class Execution {
  readonly #options: ExecutionOptions;
  readonly #inMemory = new Map<Sequence, CommittedBlock>();
  #inMemoryBytes = 0;
  #running: Promise<void> | undefined;
  #stopped = false;
  #paused = false;
  #stateRoot: { readonly sequence: Sequence; readonly hash: Hash } | undefined;

  constructor(options: ExecutionOptions) {
    this.#options = options;
  }

  get executedSequence(): Sequence {
    return this.#options.ledger.executedSequence();
  }

  /** The newest root computed here. */
  get stateRoot(): Hash | undefined {
    return this.#stateRoot?.hash;
  }

  /**
   * So many blocks wait in memory that others should wait elsewhere: those that no longer fit are read from the store
   * again, which takes longer than to wait for them. False where nothing is executed for now, as consensus goes on without.
   */
  get isFull(): boolean {
    return this.#behind && this.#inMemoryBytes > MAX_BYTES_IN_MEMORY / 2;
  }

  /** Newly final blocks; they are durable. */
  add(blocks: readonly CommittedBlock[]): void {
    for (const committed of blocks) {
      const { header: { sequence }, sizeBytes } = committed.block;
      if (this.#inMemoryBytes + sizeBytes > MAX_BYTES_IN_MEMORY) break;
      // A snapshot may have brought the state further than consensus has come.
      if (sequence <= this.executedSequence) continue;
      this.#inMemory.set(sequence, committed);
      this.#inMemoryBytes += sizeBytes;
    }
    this.resume();
  }

  /** Goes on with what is final and not executed; to be called at start, too. */
  resume(): void {
    if (this.#stopped || this.#paused || this.#running !== undefined) return;
    this.#running = this.#run()
      .catch((error: unknown) => {
        this.#stopped = true;
        this.#options.failed(error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => {
        this.#running = undefined;
        if (this.#behind) this.resume();
      });
  }

  /** Work may have ceased to be pending: the last executed block may be worth a CHECKPOINT now. */
  idle(): void {
    if (!this.#behind && this.#checkpointWanted()) this.resume();
  }

  /** Runs `act` while nothing is executed. What it throws comes through. */
  async whilePaused(act: () => Promise<void>): Promise<void> {
    this.#paused = true;
    try {
      await this.#running;
      await act();
    } finally {
      this.#inMemory.clear();
      this.#inMemoryBytes = 0;
      this.#paused = false;
      this.resume();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  get #behind(): boolean {
    return !this.#stopped && !this.#paused && !stateMissing(this.#options.ledger, this.#options.blocks) && this.executedSequence < this.#options.blocks.finalSequence();
  }

  #checkpointWanted(): boolean {
    const sequence = this.executedSequence;
    if (sequence < 0 || this.#stateRoot?.sequence === sequence) return false;
    // A snapshot brought the state further than the final block that is durable here.
    if (sequence > this.#options.blocks.finalSequence()) return false;
    const { checkpointInterval, stableSequence, targetSequence } = this.#options;
    // Below a stable one, or where the others have passed the next, it is of no use to anybody: the own state is compared at a later one.
    if (sequence % checkpointInterval === 0) return (stableSequence() ?? sequence) <= sequence && sequence + checkpointInterval > (targetSequence() ?? sequence);
    return !this.#behind && !this.#options.workPending();
  }

  async #run(): Promise<void> {
    const { ledger, blocks, executed } = this.#options;
    await this.#checkpoint();
    while (this.#behind) {
      const batch = await this.#nextBatch();
      const isLast = (batch.at(-1)?.block.header.sequence ?? -1) >= blocks.finalSequence();
      const receipts = await ledger.executeAll(batch.map(({ block }) => block), !isLast);
      for (const [index, committed] of batch.entries()) executed(committed, receipts[index] ?? []);
      await this.#checkpoint();
    }
  }

  /** The blocks to be executed next, at least one; none beyond the first after which a CHECKPOINT or a snapshot may be due. */
  async #nextBatch(): Promise<readonly CommittedBlock[]> {
    const { blocks, checkpointInterval } = this.#options;
    const first = this.executedSequence + 1;
    const last = Math.min(blocks.finalSequence(), first + MAX_BATCH_BLOCKS - 1, Math.ceil(first / checkpointInterval) * checkpointInterval);
    const batch: CommittedBlock[] = [];
    let transactionCount = 0;
    let sizeBytes = 0;
    for (let sequence = first; sequence <= last; sequence += 1) {
      const held = this.#inMemory.get(toSequence(sequence));
      if (held === undefined) break;
      transactionCount += held.block.header.transactionCount;
      sizeBytes += held.block.sizeBytes;
      if (batch.length > 0 && (transactionCount > MAX_BATCH_TRANSACTIONS || sizeBytes > MAX_BATCH_BYTES)) break;
      batch.push(held);
    }
    for (const { block } of batch) this.#forget(block.header.sequence);
    if (batch.length > 0) return batch;
    const stored = await blocks.range(toSequence(first), last - first + 1, MAX_BATCH_BYTES);
    if (stored.length === 0) throw new Error(`final block ${first} is not in the database, so execution cannot go on`);
    // Some of these may have been in memory, behind one that was not.
    for (const { block } of stored) this.#forget(block.header.sequence);
    return stored;
  }

  #forget(sequence: Sequence): void {
    this.#inMemoryBytes -= this.#inMemory.get(sequence)?.block.sizeBytes ?? 0;
    this.#inMemory.delete(sequence);
  }

  async #checkpoint(): Promise<void> {
    if (this.#stopped || this.#paused || !this.#checkpointWanted()) return;
    const sequence = this.executedSequence;
    const hash = await this.#options.ledger.stateRoot();
    this.#stateRoot = { sequence, hash };
    this.#options.checkpointDue(sequence, hash);
  }
}
