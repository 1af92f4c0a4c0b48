import { sha256Hash } from '../crypto/hash.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { SnapshotManifest, SnapshotOffer } from '../types/snapshot.js';
import type { CommittedBlock, SyncRequest, SyncResponse } from '../types/sync.js';
import { IntakeError } from './intake.js';

/** A peer's offer with its blocks proven final and its root certified. */
export interface ProvenOffer {
  readonly manifest: SnapshotManifest;
  readonly blocks: readonly Verified<CommittedBlock>[];
}

/** Why the state could not be taken over from chunks that are those of the manifest: whoever gave the manifest lied. */
export class WrongSnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongSnapshotError';
  }
}

export interface SnapshotFetcherPorts {
  /** @throws IntakeError, or whatever the network throws */
  request(peer: PublicKeyHex, request: SyncRequest): Promise<SyncResponse>;
  /** @throws IntakeError where the offer proves nothing */
  prove(offer: SnapshotOffer): ProvenOffer;
  /**
   * Replaces the ledger's state by what the chunks hold, in order. Whatever `chunks` throws comes through.
   * @throws WrongSnapshotError where it has not the root that the manifest says; the state is empty then
   */
  restore(manifest: SnapshotManifest, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  penalize(peer: PublicKeyHex, reason: string): void;
  progress(manifest: SnapshotManifest, chunksDone: number): void;
}

/** Chunks asked for ahead of the one that is taken in. */
const CHUNKS_AHEAD = 4;

interface Candidate {
  readonly offer: ProvenOffer;
  readonly peers: PublicKeyHex[];
}

/**
 * Fetches the newest snapshot that peers offer (SPEC section 7, "Snapshots"), its chunks from all of those that offer
 * the same. Nothing of it is believed: the root is certified by a quorum's CHECKPOINTs, each chunk must match its hash
 * in the manifest, and the whole must have the root.
 */
export class SnapshotFetcher {
  readonly #ports: SnapshotFetcherPorts;

  constructor(ports: SnapshotFetcherPorts) {
    this.#ports = ports;
  }

  /**
   * @param minSequence a snapshot below is of no use
   * @returns the blocks to adopt, once the state is that of the first of them; undefined where nobody offers a useful snapshot
   * @throws WrongSnapshotError, IntakeError `unreachable` where it could not be had; trying again later may help
   */
  async fetch(peers: readonly PublicKeyHex[], minSequence: number): Promise<readonly Verified<CommittedBlock>[] | undefined> {
    const candidate = await this.#best(peers, minSequence);
    if (candidate === undefined) return undefined;
    const { manifest, blocks } = candidate.offer;
    try {
      await this.#ports.restore(manifest, this.#chunks(manifest, [...candidate.peers]));
    } catch (error) {
      if (error instanceof WrongSnapshotError) for (const peer of candidate.peers) this.#ports.penalize(peer, error.message);
      throw error;
    }
    return blocks;
  }

  /** The highest snapshot; of several of one height, the one that most offer. */
  async #best(peers: readonly PublicKeyHex[], minSequence: number): Promise<Candidate | undefined> {
    const candidates = new Map<string, Candidate>();
    await Promise.all(peers.map(async (peer) => {
      const offer = await this.#offerOf(peer);
      if (offer === undefined || offer.manifest.sequence < minSequence) return;
      const text = JSON.stringify(offer.manifest);
      const known = candidates.get(text);
      if (known === undefined) candidates.set(text, { offer, peers: [peer] });
      else known.peers.push(peer);
    }));
    return [...candidates.values()].sort((a, b) => (
      b.offer.manifest.sequence - a.offer.manifest.sequence || b.peers.length - a.peers.length))[0];
  }

  async #offerOf(peer: PublicKeyHex): Promise<ProvenOffer | undefined> {
    try {
      const response = await this.#ports.request(peer, { type: 'SNAPSHOT-REQUEST' });
      if (response.type !== 'SNAPSHOT-RESPONSE') throw new IntakeError('invalid', `SNAPSHOT-REQUEST was answered with ${response.type}`);
      return response.offer === undefined ? undefined : this.#ports.prove(response.offer);
    } catch (error) {
      if (error instanceof IntakeError && error.reason === 'invalid') this.#ports.penalize(peer, error.message);
      return undefined;
    }
  }

  async *#chunks(manifest: SnapshotManifest, peers: PublicKeyHex[]): AsyncGenerator<Uint8Array> {
    const { chunkHashes } = manifest;
    const underWay = new Map<number, Promise<Uint8Array>>();
    for (let index = 0, next = 0; index < chunkHashes.length; index += 1) {
      for (; next < chunkHashes.length && next < index + CHUNKS_AHEAD; next += 1) {
        const chunk = this.#chunk(manifest, next, peers);
        // It may fail before its turn to be awaited comes, or after nobody wants it any more.
        chunk.catch(() => undefined);
        underWay.set(next, chunk);
      }
      const chunk = await underWay.get(index);
      underWay.delete(index);
      if (chunk === undefined) return;
      yield chunk;
      this.#ports.progress(manifest, index + 1);
    }
  }

  /** From any peer that has it; one that fails is asked no more. @param peers those still trusted, shared by all chunks */
  async #chunk({ sequence, chunkHashes }: SnapshotManifest, index: number, peers: PublicKeyHex[]): Promise<Uint8Array> {
    for (;;) {
      const peer = peers[index % Math.max(1, peers.length)];
      if (peer === undefined) throw new IntakeError('unreachable', `snapshot ${sequence}: no peer serves chunk ${index} any more`);
      try {
        const response = await this.#ports.request(peer, { type: 'CHUNK-REQUEST', sequence, index });
        if (response.type !== 'CHUNK-RESPONSE') throw new IntakeError('invalid', `CHUNK-REQUEST was answered with ${response.type}`);
        const { chunk } = response;
        if (chunk !== undefined && sha256Hash(chunk) === chunkHashes[index]) return chunk;
        if (chunk !== undefined) throw new IntakeError('invalid', `chunk ${index} of snapshot ${sequence} is not the one its manifest names`);
      } catch (error) {
        if (error instanceof IntakeError && error.reason === 'invalid') this.#ports.penalize(peer, error.message);
      }
      const at = peers.indexOf(peer);
      if (at >= 0) peers.splice(at, 1);
    }
  }
}
