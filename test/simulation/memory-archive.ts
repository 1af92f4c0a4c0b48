import type { Draft, SnapshotArchive } from '../../src/storage/snapshot-archive.js';
import type { Sequence } from '../../src/types/ids.js';
import { toSequence } from '../../src/types/ids.js';

interface Held {
  readonly chunks: Map<number, Uint8Array>;
  manifest: string | undefined;
}

/** Snapshots in memory, as files would hold them. */
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
