import { z } from 'zod';
import type { WireLimits } from '../codec/limits.js';
import { MAX_SNAPSHOT_BLOCKS, MAX_SNAPSHOT_CHUNKS } from '../codec/limits.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../codec/wire/messages.js';
import { bytesToHex, hexToBytes, sha256Hash } from '../crypto/hash.js';
import type { Ledger } from '../ledger/ledger.js';
import { chunksOf } from '../ledger/state-chunks.js';
import type { SnapshotArchive } from '../storage/snapshot-archive.js';
import type { BlockStore } from '../storage/stores.js';
import type { SnapshotSource } from '../sync/server.js';
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
export class SnapshotKeeper implements SnapshotSource {
  readonly #options: SnapshotKeeperOptions;
  #held: Held | undefined;
  /** Made, and not certified yet. */
  #uncertified: SnapshotManifest | undefined;
  /** The newest checkpoint at a sequence of which a snapshot is made, or was. */
  #certified: { readonly sequence: Sequence; readonly stateRoot: Hash; readonly proof: readonly Checkpoint[] } | undefined;
  #making: Promise<void> | undefined;
  #publishing: Promise<void> = Promise.resolve();

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

  chunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined> {
    return this.#options.archive.chunk(sequence, index);
  }

  /** Resolves once nothing is written any more. */
  async stop(): Promise<void> {
    await this.#making;
    await this.#publishing;
  }

  async #make(): Promise<void> {
    const { ledger, archive } = this.#options;
    const { sequence, stateRoot, entries } = await ledger.export();
    await archive.begin(sequence);
    const chunkHashes: Hash[] = [];
    let entryCount = 0;
    let sizeBytes = 0;
    for await (const chunk of chunksOf(entries)) {
      await archive.writeChunk(sequence, chunkHashes.length, chunk.bytes);
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
    this.#publishing = this.#publish({ manifest, checkpoints: certified.proof })
      .catch((error: unknown) => { this.#options.failed(error instanceof Error ? error : new Error(String(error))); });
  }

  async #publish(held: Held): Promise<void> {
    const { archive, blocks, keepBlocks } = this.#options;
    const { manifest } = held;
    await archive.publish(manifest.sequence, textOf(held));
    const before = this.#held;
    this.#held = held;
    // The one before stays for whoever is fetching it now.
    for (const sequence of await archive.list()) if (sequence < (before?.manifest.sequence ?? 0)) await archive.remove(sequence);
    this.#options.made(manifest);
    if (keepBlocks === undefined) return;
    const below = toSequence(Math.max(0, Math.min(manifest.sequence, blocks.finalSequence() + 1 - keepBlocks)));
    while (await blocks.prune(below)) continue;
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
