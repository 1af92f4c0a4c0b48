import type { Ledger } from '../ledger/ledger.js';
import type { Receipt } from '../ledger/receipt.js';
import type { BlockStore } from '../storage/stores.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';

/** Final blocks kept in memory until they are executed; further ones are read from the store again. */
const MAX_BLOCKS_IN_MEMORY = 64;

export interface ExecutionOptions {
  readonly ledger: Ledger;
  readonly blocks: BlockStore;
  readonly checkpointInterval: number;
  /** Whether consensus has further work: if not, a CHECKPOINT is due (SPEC section 6). */
  readonly workPending: () => boolean;
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

  /** Newly final blocks; they are durable. */
  add(blocks: readonly CommittedBlock[]): void {
    for (const committed of blocks) {
      if (this.#inMemory.size >= MAX_BLOCKS_IN_MEMORY) break;
      // A snapshot may have brought the state further than consensus has come.
      if (committed.block.header.sequence <= this.executedSequence) continue;
      this.#inMemory.set(committed.block.header.sequence, committed);
    }
    this.resume();
  }

  /** Goes on with what is final and not executed; to be called at start, too. */
  resume(): void {
    if (this.#stopped || this.#paused || this.#running !== undefined) return;
    this.#running = this.#run()
      .catch((error: unknown) => { this.#options.failed(error instanceof Error ? error : new Error(String(error))); })
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
    return sequence % this.#options.checkpointInterval === 0 || (!this.#behind && !this.#options.workPending());
  }

  async #run(): Promise<void> {
    const { ledger, executed } = this.#options;
    await this.#checkpoint();
    while (this.#behind) {
      const committed = await this.#next(toSequence(this.executedSequence + 1));
      const receipts = await ledger.execute(committed.block);
      executed(committed, receipts);
      await this.#checkpoint();
    }
  }

  async #next(sequence: Sequence): Promise<CommittedBlock> {
    const held = this.#inMemory.get(sequence);
    this.#inMemory.delete(sequence);
    const committed = held ?? await this.#options.blocks.bySequence(sequence);
    if (committed === undefined) throw new Error(`final block ${sequence} is not in the database, so execution cannot go on`);
    return committed;
  }

  async #checkpoint(): Promise<void> {
    if (this.#stopped || this.#paused || !this.#checkpointWanted()) return;
    const sequence = this.executedSequence;
    const hash = await this.#options.ledger.stateRoot();
    this.#stateRoot = { sequence, hash };
    this.#options.checkpointDue(sequence, hash);
  }
}
