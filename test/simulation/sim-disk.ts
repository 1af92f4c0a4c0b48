import type { DurableRecord } from '../../src/consensus/records.js';
import type { TornBatch } from '../../src/storage/memory-disk.js';
import { MemoryDisk } from '../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../src/storage/platform-store.js';
import type { SnapshotArchive } from '../../src/storage/snapshot-archive.js';
import { archiveFor, MemorySnapshotArchive } from './memory-archive.js';
import type { VirtualClock } from './virtual-clock.js';

/** The disk failed as the simulation told it to: a platform that stops because of it does what it should. */
export class DiskFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DiskFault';
  }
}

/** Whether an error, or what caused it, is a fault that the simulation made. */
export function isDiskFault(error: unknown): boolean {
  return error instanceof DiskFault || (error instanceof Error && error.cause !== undefined && isDiskFault(error.cause));
}

/** A copy of a disk, taken at one moment. */
export interface DiskSnapshot {
  readonly memory: MemoryDisk;
  readonly records: readonly DurableRecord[];
  readonly archive: MemorySnapshotArchive;
}

/**
 * A platform's disk: bytes on a production `MemoryDisk`, and, from outside the platform, what of its records are
 * durable. Its faults are those that disks have.
 */
export class SimDisk {
  /** How long a sync takes, in virtual milliseconds. */
  syncMs: number;
  #records: DurableRecord[] = [];
  #memory: MemoryDisk;
  #archive = new MemorySnapshotArchive();
  readonly #clock: VirtualClock;
  /** Records of commits under way, in order. */
  readonly #underWay = new Set<readonly DurableRecord[]>();
  #onDurable: (records: readonly DurableRecord[]) => void;

  /** @param onDurable told of records as they become durable, before anything that waited for them */
  constructor(clock: VirtualClock, syncMs: number, onDurable: (records: readonly DurableRecord[]) => void) {
    this.#clock = clock;
    this.syncMs = syncMs;
    this.#onDurable = onDurable;
    this.#memory = this.#blank();
  }

  /** To be opened by `openMemoryStore`. */
  get memory(): MemoryDisk {
    return this.#memory;
  }

  /** All records that ever became durable, in order; some may have been deleted since. */
  get records(): readonly DurableRecord[] {
    return this.#records;
  }

  /** Snapshots of the ledger's state, for one run of the platform. */
  archiveFor(isUp: () => boolean): SnapshotArchive {
    return archiveFor(this.#archive, { isUp, beforeWrite: () => this.#spin() });
  }

  #blank(): MemoryDisk {
    return new MemoryDisk({ beforeSync: () => this.#spin() });
  }

  #spin(): Promise<void> | undefined {
    const { syncMs } = this;
    return syncMs === 0 ? undefined : new Promise((resolve) => { this.#clock.after(syncMs, resolve); });
  }

  /** The store, watched from outside: what it was given, and when that was durable. */
  watched(store: PlatformStore): PlatformStore {
    const { consensus } = store;
    return {
      ...store,
      get voteStore() { return store.voteStore; },
      consensus: {
        load: () => consensus.load(),
        commit: async (records) => {
          this.#underWay.add(records);
          await consensus.commit(records);
          // A crash has settled already what became of it.
          if (this.#underWay.delete(records)) this.#durable(records);
        },
      },
    };
  }

  #durable(records: readonly DurableRecord[]): void {
    this.#records.push(...records);
    this.#onDurable(records);
  }

  /** Power loss. */
  crash(torn: TornBatch): void {
    this.#memory.crash(torn);
    const underWay = [...this.#underWay];
    this.#underWay.clear();
    // What is damaged is no longer there to be relied upon; the platform must notice.
    if (torn === 'kept') for (const records of underWay) this.#durable(records);
  }

  /** From now on every write fails, or with false no longer. */
  fill(full = true): void {
    const failure = full ? new DiskFault('no space left on device') : undefined;
    this.#memory.failWrites(failure);
    this.#archive.failure = failure;
  }

  snapshot(): DiskSnapshot {
    return { memory: this.#memory.snapshot(), records: [...this.#records], archive: this.#archive.copy() };
  }

  /** The machine is put back to what it was, marker and all. To be called while the platform is down. */
  restore({ memory, records, archive }: DiskSnapshot): void {
    this.#memory = memory.snapshot();
    this.#records = [...records];
    this.#archive = archive.copy();
    this.#underWay.clear();
  }

  /** The database is lost; the marker beside the key stays, and so do snapshots of the state. To be called while the platform is down. */
  loseStore(): void {
    this.#memory.wipe();
    this.#records = [];
    this.#underWay.clear();
  }

  /** Everything is lost, marker and all, so that the platform cannot know. To be called while it is down. */
  replace(): void {
    this.#memory = this.#blank();
    this.#records = [];
    this.#archive = new MemorySnapshotArchive();
    this.#underWay.clear();
  }
}
