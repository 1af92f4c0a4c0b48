import type { Hash, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { FinalChain } from './final-chain.js';
import { finalRecords } from './final-records.js';
import type { NewestDamage } from './newest-block.js';
import { newestEntry } from './recovery.js';
import type { SealedStore } from './sealed-store.js';
import type { StorageError } from './storage-error.js';
import { isDamage, unlessDamaged } from './storage-error.js';
import type { BlockStore } from './stores.js';

/**
 * Gets a final block from elsewhere, checked: the body is that of `hash`, and a certificate that comes with it is valid.
 * Undefined where nobody has it.
 */
export type BlockSource = (sequence: Sequence, hash: Hash) => Promise<CommittedBlock | undefined>;

/** A final block could not be read, and how that ended. */
export interface BlockDamage {
  readonly sequence: Sequence;
  readonly repaired: boolean;
  readonly detail: string;
}

export interface RepairSettings {
  readonly source: BlockSource;
  readonly onDamage: (damage: BlockDamage) => void;
}

/**
 * The final chain for its readers. A block of which a record is damaged or missing is fetched again and rewritten
 * before it is handed out: what was final is the same everywhere, and the hash that the copy must have is known here,
 * from the block's own index entry or from its child. Nothing else in a database may be repaired so: votes are nobody
 * else's to give.
 */
export class RepairingChain implements BlockStore {
  readonly #chain: FinalChain;
  readonly #store: SealedStore;
  readonly #underWay = new Map<Sequence, Promise<void>>();
  #settings: RepairSettings | undefined;

  constructor(chain: FinalChain, store: SealedStore) {
    this.#chain = chain;
    this.#store = store;
  }

  /** From now on; before, damage is only reported. */
  repairWith(settings: RepairSettings): void {
    this.#settings = settings;
  }

  /** The newest final blocks, which were damaged when the platform started, came from members again. */
  newestRestored({ sequence, detail }: NewestDamage): void {
    this.#settings?.onDamage({ sequence, repaired: true, detail });
  }

  finalSequence(): Sequence {
    return this.#chain.finalSequence();
  }

  firstSequence(): Sequence {
    return this.#chain.firstSequence();
  }

  prune(sequence: Sequence): Promise<boolean> {
    return this.#chain.prune(sequence);
  }

  async bySequence(sequence: Sequence): Promise<CommittedBlock | undefined> {
    const [found] = await this.range(sequence, 1, Number.POSITIVE_INFINITY);
    return found;
  }

  byHash(hash: Hash): Promise<CommittedBlock | undefined> {
    return this.#chain.byHash(hash);
  }

  equivocations(): Promise<readonly Equivocation[]> {
    return this.#chain.equivocations();
  }

  async range(fromSequence: Sequence, maxCount: number, maxBytes: number): Promise<readonly CommittedBlock[]> {
    try {
      return await this.#chain.range(fromSequence, maxCount, maxBytes);
    } catch (error) {
      const settings = this.#settings;
      if (settings === undefined || !isDamage(error)) throw error;
      return await this.#repairedRange(fromSequence, maxCount, maxBytes, settings);
    }
  }

  /** One by one, since any of them may be damaged. */
  async #repairedRange(fromSequence: Sequence, maxCount: number, maxBytes: number, settings: RepairSettings): Promise<readonly CommittedBlock[]> {
    const blocks: CommittedBlock[] = [];
    let sizeBytes = 0;
    const end = Math.min(fromSequence + maxCount, this.finalSequence() + 1);
    for (let next = fromSequence; next < end; next = toSequence(next + 1)) {
      const committed = await this.#readOrRepair(next, settings);
      if (committed === undefined) break;
      sizeBytes += committed.block.sizeBytes;
      if (blocks.length > 0 && sizeBytes > maxBytes) break;
      blocks.push(committed);
    }
    return blocks;
  }

  async #readOrRepair(sequence: Sequence, settings: RepairSettings): Promise<CommittedBlock | undefined> {
    try {
      return await this.#read(sequence);
    } catch (error) {
      if (!isDamage(error)) throw error;
      let repair = this.#underWay.get(sequence);
      if (repair === undefined) {
        repair = this.#repair(sequence, error, settings).finally(() => this.#underWay.delete(sequence));
        this.#underWay.set(sequence, repair);
      }
      await repair;
      return await this.#read(sequence);
    }
  }

  /** Undefined where it was pruned meanwhile. */
  #read(sequence: Sequence): Promise<CommittedBlock | undefined> {
    return this.#chain.bySequence(sequence);
  }

  async #repair(sequence: Sequence, damage: StorageError, { source, onDamage }: RepairSettings): Promise<void> {
    const hash = await this.#hashOf(sequence);
    const copy = hash === undefined ? undefined : await source(sequence, hash);
    if (copy === undefined || copy.block.hash !== hash) {
      onDamage({ sequence, repaired: false, detail: damage.what });
      throw damage;
    }
    await this.#store.write('consensus', { sync: true }, () => (sequence < this.firstSequence() ? [] : finalRecords(copy)));
    onDamage({ sequence, repaired: true, detail: damage.what });
  }

  /** As its index entry says, META of the newest, or the child that names it as its parent; undefined where all are damaged. */
  async #hashOf(sequence: Sequence): Promise<Hash | undefined> {
    const entry = await unlessDamaged(this.#chain.entry(sequence));
    if (entry !== undefined) return entry.hash;
    const newest = await unlessDamaged(newestEntry(this.#store));
    if (newest?.sequence === sequence) return newest.hash;
    const child = await unlessDamaged(this.#chain.range(toSequence(sequence + 1), 1, Number.POSITIVE_INFINITY));
    return child?.[0]?.block.header.parentHash;
  }
}
