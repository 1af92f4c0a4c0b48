import { z } from 'zod';
import type { WireLimits } from '../codec/limits.js';
import { MAX_SNAPSHOT_BLOCKS, MAX_SNAPSHOT_CHUNKS } from '../codec/limits.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../codec/wire/messages.js';
import { bytesToHex, hexToBytes, sha256Hash } from '../crypto/hash.js';
import type { Ledger } from '../ledger/ledger.js';
import { chunksOf } from '../ledger/state-chunks.js';
import type { Draft, SnapshotArchive } from '../storage/snapshot-archive.js';
import { StorageError } from '../storage/storage-error.js';
import type { BlockStore } from '../storage/stores.js';
import type { SnapshotSource } from '../sync/server.js';
import type { SnapshotDraft } from '../sync/snapshot-fetcher.js';
import type { Hash, Sequence } from '../types/ids.js';
import { toHash, toSequence } from '../types/ids.js';
import type { Checkpoint } from '../types/messages.js';
import type { SnapshotManifest, SnapshotOffer } from '../types/snapshot.js';

export interface SnapshotKeeperOptions {
  readonly archive: SnapshotArchive;
  readonly ledger: Pick<Ledger, 'export'>;
  readonly blocks: BlockStore;
  readonly limits: WireLimits;
  /** A snapshot is made after every block whose sequence is a multiple of this; 0 for none. A multiple of checkpointInterval. */
  readonly intervalBlocks: number;
  /** Final blocks kept at least, once a snapshot is in place of older ones; undefined keeps all. */
  readonly keepBlocks: number | undefined;
  readonly made: (manifest: SnapshotManifest) => void;
  /** Snapshots can be made again: a failure is told, and nothing else depends on it. */
  readonly failed: (error: Error) => void;
}

/** Older snapshots kept for whoever fetches them, beside the newest and the one before. */
const MAX_OLDER_KEPT = 2;

interface Held {
  readonly manifest: SnapshotManifest;
  readonly checkpoints: readonly Checkpoint[];
}

const savedSchema = z.object({
  sequence: z.int().min(0), stateRoot: z.string().transform(toHash), entryCount: z.int().min(0), sizeBytes: z.int().min(0),
  chunkHashes: z.array(z.string().transform(toHash)).min(1).max(MAX_SNAPSHOT_CHUNKS),
  checkpoints: z.array(z.string()),
});

/**
 * Makes snapshots of the ledger's state, serves the newest that a quorum's CHECKPOINTs certify, and prunes the blocks
 * that it replaces (SPEC section 7, "Snapshots").
 */
export class SnapshotKeeper implements SnapshotSource, SnapshotDraft {
  readonly #options: SnapshotKeeperOptions;
  #held: Held | undefined;
  /** Made, and not certified yet. */
  #uncertified: SnapshotManifest | undefined;
  /** The newest checkpoint at a sequence of which a snapshot is made, or was. */
  #certified: { readonly sequence: Sequence; readonly stateRoot: Hash; readonly proof: readonly Checkpoint[] } | undefined;
  /** Snapshots that somebody fetched from since the newest was published. */
  readonly #asked = new Set<Sequence>();
  #making: Promise<void> | undefined;
  #publishing: Promise<void> = Promise.resolve();
  #stopped = false;

  private constructor(options: SnapshotKeeperOptions, held: Held | undefined) {
    this.#options = options;
    this.#held = held;
  }

  /** Finds the newest snapshot of an earlier run; one that cannot be read counts as none. @throws StorageError */
  static async open(options: SnapshotKeeperOptions): Promise<SnapshotKeeper> {
    const newest = (await options.archive.list()).at(-1);
    const text = newest === undefined ? undefined : await options.archive.manifest(newest);
    return new SnapshotKeeper(options, text === undefined ? undefined : savedSnapshot(text, options.limits));
  }

  /** Sequence of the snapshot that is served; undefined where there is none. */
  get sequence(): Sequence | undefined {
    return this.#held?.manifest.sequence;
  }

  /** To be called right after a block was executed, before the next one is. */
  executed(sequence: Sequence): void {
    const { intervalBlocks, blocks } = this.#options;
    if (intervalBlocks === 0 || sequence === 0 || sequence % intervalBlocks !== 0 || this.#making !== undefined) return;
    // While catching up, the checkpoint that would certify it is long past.
    if (blocks.finalSequence() - sequence >= intervalBlocks) return;
    this.#making = this.#make()
      .catch((error: unknown) => { this.#options.failed(error instanceof Error ? error : new Error(String(error))); })
      .finally(() => { this.#making = undefined; });
  }

  checkpointStable(sequence: Sequence, stateRoot: Hash, proof: readonly Checkpoint[]): void {
    const { intervalBlocks } = this.#options;
    if (intervalBlocks === 0 || sequence % intervalBlocks !== 0) return;
    this.#certified = { sequence, stateRoot, proof };
    this.#publishWhenCertified();
  }

  async offer(): Promise<SnapshotOffer | undefined> {
    const held = this.#held;
    if (held === undefined) return undefined;
    const blocks = await this.#options.blocks.range(held.manifest.sequence, MAX_SNAPSHOT_BLOCKS, this.#options.limits.maxBlockBytes);
    const count = blocks.findIndex(({ certificate }) => certificate !== undefined) + 1;
    return count === 0 ? undefined : { ...held, blocks: blocks.slice(0, count) };
  }

  async chunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined> {
    const chunk = await this.#options.archive.chunk(sequence, index);
    if (chunk !== undefined) this.#asked.add(sequence);
    return chunk;
  }

  beginFetched(sequence: Sequence): Promise<void> {
    return this.#options.archive.begin('fetched', sequence);
  }

  fetchedChunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined> {
    return this.#options.archive.chunk(sequence, index, 'fetched');
  }

  keepFetched(sequence: Sequence, index: number, bytes: Uint8Array): Promise<void> {
    return this.#options.archive.writeChunk('fetched', sequence, index, bytes);
  }

  forgetFetched(): Promise<void> {
    return this.#options.archive.discard('fetched');
  }

  async freeBytes(): Promise<number | undefined> {
    return await this.#options.archive.freeBytes?.();
  }

  /** The chunks of a snapshot that was fetched as a whole, in order. @throws StorageError where one is missing */
  async* fetchedChunks({ sequence, chunkHashes }: SnapshotManifest): AsyncGenerator<Uint8Array> {
    for (const index of chunkHashes.keys()) {
      const chunk = await this.fetchedChunk(sequence, index);
      if (chunk === undefined) throw new StorageError('read-failed', `chunk ${index} of snapshot ${sequence}, just fetched, is gone`);
      yield chunk;
    }
  }

  /** What was fetched has the root that its manifest says: from now on it is served to others. */
  async publishFetched({ manifest, checkpoints }: SnapshotOffer): Promise<void> {
    await this.#inPublishing('fetched', { manifest, checkpoints });
  }

  /** Resolves once nothing is written any more; what is being made is given up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#making;
    await this.#publishing;
  }

  async #make(): Promise<void> {
    const { ledger, archive } = this.#options;
    const { sequence, stateRoot, entries } = await ledger.export();
    // There is one draft: what is not certified by now gives way to it, what is being published does not.
    this.#uncertified = undefined;
    await this.#publishing;
    await archive.begin('made', sequence);
    const chunkHashes: Hash[] = [];
    let entryCount = 0;
    let sizeBytes = 0;
    for await (const chunk of chunksOf(entries)) {
      if (this.#stopped) return;
      await archive.writeChunk('made', sequence, chunkHashes.length, chunk.bytes);
      chunkHashes.push(sha256Hash(chunk.bytes));
      entryCount += chunk.entryCount;
      sizeBytes += chunk.bytes.byteLength;
      if (chunkHashes.length > MAX_SNAPSHOT_CHUNKS) throw new Error(`the state is too large for a snapshot: more than ${MAX_SNAPSHOT_CHUNKS} chunks`);
    }
    this.#uncertified = { sequence, stateRoot, entryCount, sizeBytes, chunkHashes };
    this.#publishWhenCertified();
  }

  #publishWhenCertified(): void {
    const manifest = this.#uncertified;
    const certified = this.#certified;
    if (manifest === undefined || certified === undefined || manifest.sequence !== certified.sequence || manifest.stateRoot !== certified.stateRoot) return;
    this.#uncertified = undefined;
    void this.#inPublishing('made', { manifest, checkpoints: certified.proof });
  }

  #inPublishing(draft: Draft, held: Held): Promise<void> {
    this.#publishing = this.#publishing.then(() => this.#publish(draft, held))
      .catch((error: unknown) => { this.#options.failed(error instanceof Error ? error : new Error(String(error))); });
    return this.#publishing;
  }

  async #publish(draft: Draft, held: Held): Promise<void> {
    const { archive } = this.#options;
    const { sequence } = held.manifest;
    const before = this.#held?.manifest.sequence ?? sequence;
    if (before > sequence) return;
    await archive.publish(draft, sequence, textOf(held));
    this.#held = held;
    if (draft === 'made') this.#options.made(held.manifest);
    await this.#removeOlder(before);
    await this.#prune(sequence);
  }

  /**
   * The one before stays, and of older ones those that somebody was still fetching: a large state over a slow link takes
   * longer than the next snapshots take to come, and would else never arrive.
   */
  async #removeOlder(before: Sequence): Promise<void> {
    const { archive } = this.#options;
    const older = (await archive.list()).filter((sequence) => sequence < before);
    const kept = new Set(older.filter((sequence) => this.#asked.has(sequence)).slice(-MAX_OLDER_KEPT));
    this.#asked.clear();
    for (const sequence of older) if (!kept.has(sequence)) await archive.remove(sequence);
  }

  /** What lies below the first block that is held is of no use to anyone; the rest goes where it is not to be kept. */
  async #prune(replaced: Sequence): Promise<void> {
    const { blocks, keepBlocks } = this.#options;
    const unwanted = keepBlocks === undefined ? 0 : Math.min(replaced, blocks.finalSequence() + 1 - keepBlocks);
    const below = toSequence(Math.max(blocks.firstSequence(), unwanted));
    while (!this.#stopped && await blocks.prune(below)) continue;
  }
}

function textOf({ manifest, checkpoints }: Held): string {
  return JSON.stringify({ ...manifest, checkpoints: checkpoints.map((checkpoint) => bytesToHex(encodeConsensusMessage(checkpoint))) });
}

function savedSnapshot(text: string, limits: WireLimits): Held | undefined {
  try {
    const { checkpoints, sequence, ...rest } = savedSchema.parse(JSON.parse(text));
    return {
      manifest: { ...rest, sequence: toSequence(sequence) },
      checkpoints: checkpoints.map((hex) => decodeConsensusMessage(hexToBytes(hex), limits)).filter((message) => message.type === 'CHECKPOINT'),
    };
  } catch {
    return undefined;
  }
}
