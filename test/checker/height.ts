import type { CommittedBlock } from '../../src/types/sync.js';
import type { Report } from './violation.js';

/** How far one platform is, as it told. */
interface Reached {
  /** The next block that it may call final; after its store was replaced, any up to this one. */
  next: number;
  isExact: boolean;
  /** Sequences at which its chain began anew, by a snapshot. */
  readonly begun: Set<number>;
}

/**
 * Invariant 1, for what each platform has: it calls blocks final one after another and serves them without a gap. Only a
 * snapshot (SPEC section 7) may stand in place of blocks, and whoever took one has its first block durably.
 */
export class Heights {
  readonly #report: Report;
  readonly #reached = new Map<number, Reached>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** The platform begins again with a store; its records follow, and then whatever it called final before is open. */
  replace(platform: number): void {
    this.#reached.set(platform, { next: 0, isExact: false, begun: new Set() });
  }

  /** A record of a final block is durable. */
  durable(platform: number, sequence: number, isBeginning: boolean): void {
    const reached = this.#of(platform);
    if (isBeginning) reached.begun.add(sequence);
    if (!reached.isExact) reached.next = Math.max(reached.next, sequence + 1);
  }

  announced(platform: number, blocks: readonly CommittedBlock[]): void {
    const reached = this.#of(platform);
    for (const { block: { header: { sequence } } } of blocks) {
      const isNext = reached.isExact ? sequence === reached.next : sequence <= reached.next;
      const isBeginning = reached.begun.has(sequence) && sequence >= reached.next;
      if (!isNext && !isBeginning) this.#report(1, `platform ${platform} called the block of sequence ${sequence} final, where that of ${reached.next} was due and no snapshot took its place`);
      reached.next = sequence + 1;
      reached.isExact = true;
    }
  }

  /** @param where who shows the blocks, and to whom */
  shown(where: string, fromSequence: number, blocks: readonly CommittedBlock[]): void {
    for (const [index, { block }] of blocks.entries()) {
      if (block.header.sequence !== fromSequence + index) {
        this.#report(1, `${where}: the block of sequence ${block.header.sequence} where that of ${fromSequence + index} was due`);
        return;
      }
    }
  }

  /** An answer to one who asks for blocks from a sequence on. */
  served(platform: number, fromSequence: number, firstSequence: number, finalSequence: number, blocks: readonly CommittedBlock[]): void {
    const where = `platform ${platform} serves blocks from sequence ${fromSequence} on`;
    if (blocks.length === 0 && fromSequence >= firstSequence && fromSequence <= finalSequence) {
      this.#report(1, `${where}: none, although it says that it has those from ${firstSequence} to ${finalSequence}`);
    }
    this.shown(where, fromSequence, blocks);
  }

  /** All that it has; it ends with a block that a certificate of its own proves. */
  holds(platform: number, firstSequence: number, finalSequence: number, blocks: readonly CommittedBlock[]): void {
    const where = `platform ${platform} has blocks from sequence ${firstSequence} to ${finalSequence}`;
    if (blocks.length !== finalSequence - firstSequence + 1) this.#report(1, `${where}: only ${blocks.length} of them can be read`);
    this.shown(where, firstSequence, blocks);
    const top = blocks.at(-1);
    if (top !== undefined && top.certificate === undefined) this.#report(1, `${where}: the last one has no finality certificate`);
  }

  #of(platform: number): Reached {
    let reached = this.#reached.get(platform);
    if (reached === undefined) this.#reached.set(platform, reached = { next: 0, isExact: true, begun: new Set() });
    return reached;
  }
}
