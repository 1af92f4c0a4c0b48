import type { Draft, SnapshotArchive } from '../../src/storage/snapshot-archive.js';
import type { Sequence } from '../../src/types/ids.js';
import { toSequence } from '../../src/types/ids.js';

interface Held {
  readonly chunks: Map<number, Uint8Array>;
  manifest: string | undefined;
}

/** Snapshots in memory, as files would hold them. What is being written is not durable before it is there as a whole. */
export class MemorySnapshotArchive implements SnapshotArchive {
  readonly #whole = new Map<Sequence, Held>();
  readonly #drafts = new Map<Draft, { readonly sequence: Sequence; readonly held: Held }>();
  /** Every write fails with this. */
  failure: Error | undefined;

  list(): Promise<readonly Sequence[]> {
    return Promise.resolve([...this.#whole.keys()].sort((a, b) => a - b).map(toSequence));
  }

  begin(draft: Draft, sequence: Sequence): Promise<void> {
    return this.#writing(() => {
      if (draft === 'fetched' && this.#drafts.get(draft)?.sequence === sequence) return;
      this.#drafts.set(draft, { sequence, held: { chunks: new Map(), manifest: undefined } });
    });
  }

  discard(draft: Draft): Promise<void> {
    return this.#writing(() => { this.#drafts.delete(draft); });
  }

  writeChunk(draft: Draft, sequence: Sequence, index: number, bytes: Uint8Array): Promise<void> {
    return this.#writing(() => { this.#draft(draft, sequence)?.chunks.set(index, bytes); });
  }

  publish(draft: Draft, sequence: Sequence, manifest: string): Promise<void> {
    return this.#writing(() => {
      const held = this.#draft(draft, sequence);
      if (held === undefined) throw new Error(`no snapshot ${sequence} was ${draft}`);
      this.#whole.set(sequence, { ...held, manifest });
      this.#drafts.delete(draft);
    });
  }

  manifest(sequence: Sequence): Promise<string | undefined> {
    return Promise.resolve(this.#whole.get(sequence)?.manifest);
  }

  chunk(sequence: Sequence, index: number, draft?: Draft): Promise<Uint8Array | undefined> {
    const held = draft === undefined ? this.#whole.get(sequence) : this.#draft(draft, sequence);
    return Promise.resolve(held?.chunks.get(index));
  }

  remove(sequence: Sequence): Promise<void> {
    return this.#writing(() => { this.#whole.delete(sequence); });
  }

  /** A copy of what is there at this moment. */
  copy(): MemorySnapshotArchive {
    const copy = new MemorySnapshotArchive();
    for (const [sequence, held] of this.#whole) copy.#whole.set(sequence, copyOf(held));
    for (const [draft, { sequence, held }] of this.#drafts) copy.#drafts.set(draft, { sequence, held: copyOf(held) });
    return copy;
  }

  #draft(draft: Draft, sequence: Sequence): Held | undefined {
    const begun = this.#drafts.get(draft);
    return begun?.sequence === sequence ? begun.held : undefined;
  }

  #writing(write: () => void): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    write();
    return Promise.resolve();
  }
}

function copyOf({ chunks, manifest }: Held): Held {
  return { chunks: new Map(chunks), manifest };
}

/** How one run of a platform gets at its archive. */
export interface ArchiveAccess {
  /** False once that run has crashed: nothing that it still does gets through. */
  readonly isUp: () => boolean;
  /** What a write waits for before it is durable. */
  readonly beforeWrite: () => Promise<void> | undefined;
}

/** The archive for one run of a platform. A crash in the middle of a chunk's writing leaves half of it. */
export function archiveFor(archive: MemorySnapshotArchive, { isUp, beforeWrite }: ArchiveAccess): SnapshotArchive {
  const requireUp = (): void => { if (!isUp()) throw new Error('the platform has crashed'); };
  const waiting = async (): Promise<void> => {
    requireUp();
    await beforeWrite();
    requireUp();
  };
  const reading = async <T>(read: () => Promise<T>): Promise<T> => {
    requireUp();
    const found = await read();
    requireUp();
    return found;
  };
  return {
    list: () => reading(() => archive.list()),
    manifest: (sequence) => reading(() => archive.manifest(sequence)),
    chunk: (sequence, index, draft) => reading(() => archive.chunk(sequence, index, draft)),
    begin: async (draft, sequence) => {
      await waiting();
      await archive.begin(draft, sequence);
    },
    discard: async (draft) => {
      await waiting();
      await archive.discard(draft);
    },
    writeChunk: async (draft, sequence, index, bytes) => {
      requireUp();
      await archive.writeChunk(draft, sequence, index, bytes.slice(0, bytes.byteLength / 2));
      await waiting();
      await archive.writeChunk(draft, sequence, index, bytes);
    },
    publish: async (draft, sequence, manifest) => {
      await waiting();
      await archive.publish(draft, sequence, manifest);
    },
    remove: async (sequence) => {
      await waiting();
      await archive.remove(sequence);
    },
  };
}
