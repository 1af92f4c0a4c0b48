import { sha256Hash } from '../crypto/hash.js';
import type { PublicKeyHex, Sequence } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { SnapshotManifest, SnapshotOffer } from '../types/snapshot.js';
import type { CommittedBlock, SyncRequest, SyncResponse } from '../types/sync.js';
import { IntakeError } from './intake.js';

/** A peer's offer with its blocks proven final and its root certified. */
export interface ProvenOffer extends SnapshotOffer {
  readonly blocks: readonly Verified<CommittedBlock>[];
}

/** What the chunks of a manifest make is not what its root certifies: whoever gave the manifest lied. */
export class WrongSnapshotError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WrongSnapshotError';
  }
}

/** Where chunks are put until all are there. They outlive a restart, so that nothing is fetched twice. */
export interface SnapshotDraft {
  /** Begins this snapshot, or goes on with it; another that was begun is forgotten. */
  beginFetched(sequence: Sequence): Promise<void>;
  /** As it was kept, or as a crash left it. */
  fetchedChunk(sequence: Sequence, index: number): Promise<Uint8Array | undefined>;
  keepFetched(sequence: Sequence, index: number, bytes: Uint8Array): Promise<void>;
  /** What was kept is of no use. */
  forgetFetched(): Promise<void>;
  /** What may still be written, in bytes; absent, or undefined, where nobody can tell. */
  freeBytes?(): Promise<number | undefined>;
}

export interface SnapshotFetcherPorts {
  /** @throws IntakeError, `refused` where the peer has no time, or whatever the network throws */
  request(peer: PublicKeyHex, request: SyncRequest): Promise<SyncResponse>;
  /** @throws IntakeError where the offer proves nothing */
  prove(offer: SnapshotOffer): ProvenOffer;
  readonly draft: SnapshotDraft;
  /**
   * Replaces the ledger's state by that of the chunks in the draft.
   * @throws WrongSnapshotError where they have not the root that the manifest says
   */
  restore(offer: ProvenOffer): Promise<void>;
  penalize(peer: PublicKeyHex, reason: string): void;
  progress(manifest: SnapshotManifest, chunksDone: number): void;
  /** Monotonic. */
  nowMs(): number;
  /** Resolves after so many milliseconds, or once everything ends. */
  pause(durationMs: number): Promise<void>;
}

/** Peers that offer the same manifest, so many that one of them at least is honest, are believed before others. */
export interface FetchOptions {
  /** A snapshot below is of no use. */
  readonly minSequence: number;
  /** f+1. */
  readonly vouchers: number;
}

/** Chunks asked for at once. */
const CHUNKS_AT_ONCE = 4;
/** A peer that takes longer for one chunk is not asked again while there are others. */
const SLOW_CHUNK_MS = 5_000;
/** A peer that had no time is asked again after this; one that had none so often for one chunk, no more. */
const BUSY_PAUSE_MS = 500;
const MAX_REFUSALS = 20;

/**
 * A manifest is certified by nobody: one that fewer than f+1 peers offer may promise anything, and cost the disk that much
 * before it shows. So its size may be only this share of what is free; the database takes in several times as much again.
 */
const UNVOUCHED_SHARE = 1 / 8;
/** The same, where nobody can tell what is free. */
const MAX_UNVOUCHED_BYTES = 1024 * 1024 * 1024;

/** What the chunks to come may have together. */
interface Budget {
  leftBytes: number;
}

interface Candidate {
  readonly offer: ProvenOffer;
  readonly peers: PublicKeyHex[];
}

function gigabytes(sizeBytes: number): string {
  return `${(sizeBytes / 1e9).toPrecision(2)} GB`;
}

/**
 * Fetches the newest snapshot that peers offer (SPEC section 7, "Snapshots"), its chunks from all of those that offer
 * the same. Nothing of it is believed: the root is certified by a quorum's CHECKPOINTs, each chunk must match its hash
 * in the manifest, all together its size, and the whole must have the root. The platform's own state is not touched
 * before all chunks are here.
 */
export class SnapshotFetcher {
  readonly #ports: SnapshotFetcherPorts;
  /** Gave a manifest of something else than the state that it names. At most the other members. */
  readonly #liars = new Set<PublicKeyHex>();

  constructor(ports: SnapshotFetcherPorts) {
    this.#ports = ports;
  }

  /**
   * @returns the offer whose state is the ledger's now; undefined where nobody offers a useful snapshot
   * @throws WrongSnapshotError, IntakeError `unreachable` where none could be had; trying again later may help
   */
  async fetch(peers: readonly PublicKeyHex[], options: FetchOptions): Promise<ProvenOffer | undefined> {
    let failure: Error | undefined;
    for (const candidate of await this.#candidates(peers.filter((peer) => !this.#liars.has(peer)), options)) {
      try {
        if (candidate.peers.length < options.vouchers) await this.#requireModest(candidate, options);
        await this.#take(candidate);
        return candidate.offer;
      } catch (error) {
        if (!(error instanceof WrongSnapshotError || error instanceof IntakeError)) throw error;
        failure = error;
      }
    }
    if (failure !== undefined) throw failure;
    return undefined;
  }

  /** @throws IntakeError `refused` where a false manifest of this size could fill the disk */
  async #requireModest({ offer: { manifest }, peers }: Candidate, { vouchers }: FetchOptions): Promise<void> {
    const freeBytes = await this.#ports.draft.freeBytes?.();
    const maxBytes = freeBytes === undefined ? MAX_UNVOUCHED_BYTES : Math.floor(freeBytes * UNVOUCHED_SHARE);
    if (manifest.sizeBytes <= maxBytes) return;
    throw new IntakeError('refused', `snapshot ${manifest.sequence} is said to have ${gigabytes(manifest.sizeBytes)} by ${peers.length} peer(s) only: it is fetched once ${vouchers} offer it alike, `
      + `or there is room on the disk for ${1 / UNVOUCHED_SHARE} times as much`);
  }

  async #take({ offer, peers }: Candidate): Promise<void> {
    try {
      await this.#fetchChunks(offer.manifest, [...peers]);
      await this.#ports.restore(offer);
    } catch (error) {
      if (error instanceof WrongSnapshotError) {
        for (const peer of peers) {
          this.#liars.add(peer);
          this.#ports.penalize(peer, error.message);
        }
        await this.#ports.draft.forgetFetched();
      }
      throw error;
    }
  }

  /** Those that enough peers vouch for first, then the highest, then the one that most offer. */
  async #candidates(peers: readonly PublicKeyHex[], { minSequence, vouchers }: FetchOptions): Promise<readonly Candidate[]> {
    const candidates = new Map<string, Candidate>();
    await Promise.all(peers.map(async (peer) => {
      const offer = await this.#offerOf(peer);
      if (offer === undefined || offer.manifest.sequence < minSequence) return;
      const text = JSON.stringify(offer.manifest);
      const known = candidates.get(text);
      if (known === undefined) candidates.set(text, { offer, peers: [peer] });
      else known.peers.push(peer);
    }));
    const isVouchedFor = (candidate: Candidate): number => (candidate.peers.length >= vouchers ? 1 : 0);
    return [...candidates.values()].sort((a, b) => (
      isVouchedFor(b) - isVouchedFor(a) || b.offer.manifest.sequence - a.offer.manifest.sequence || b.peers.length - a.peers.length));
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

  /** @param peers those still trusted with it, shared by all that fetch */
  async #fetchChunks(manifest: SnapshotManifest, peers: PublicKeyHex[]): Promise<void> {
    const { sequence, sizeBytes, chunkHashes } = manifest;
    await this.#ports.draft.beginFetched(sequence);
    let next = 0;
    let done = 0;
    this.#ports.progress(manifest, done);
    const budget: Budget = { leftBytes: sizeBytes };
    const fetchSome = async (): Promise<void> => {
      try {
        while (next < chunkHashes.length) {
          const index = next;
          next += 1;
          await this.#haveChunk(manifest, index, peers, budget);
          done += 1;
          this.#ports.progress(manifest, done);
        }
      } catch (error) {
        // The others end with what they are at.
        next = chunkHashes.length;
        throw error;
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: CHUNKS_AT_ONCE }, fetchSome));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    if (budget.leftBytes > 0) throw new WrongSnapshotError(`snapshot ${sequence}: its chunks have ${budget.leftBytes} bytes less than its manifest says`);
  }

  /** Resolves once the draft holds it. */
  async #haveChunk(manifest: SnapshotManifest, index: number, peers: PublicKeyHex[], budget: Budget): Promise<void> {
    const { sequence, sizeBytes, chunkHashes } = manifest;
    const held = await this.#ports.draft.fetchedChunk(sequence, index);
    const isHeld = held !== undefined && sha256Hash(held) === chunkHashes[index];
    const chunk = isHeld ? held : await this.#askForChunk(manifest, index, peers);
    budget.leftBytes -= chunk.byteLength;
    if (budget.leftBytes < 0) throw new WrongSnapshotError(`snapshot ${sequence}: its chunks are larger than the ${sizeBytes} bytes that its manifest says`);
    if (!isHeld) await this.#ports.draft.keepFetched(sequence, index, chunk);
  }

  /** From any peer that has it; one that fails is asked no more, one that has no time after a pause, others first. */
  async #askForChunk({ sequence, chunkHashes }: SnapshotManifest, index: number, peers: PublicKeyHex[]): Promise<Uint8Array> {
    const refusals = new Map<PublicKeyHex, number>();
    for (let turn = index; ;) {
      const peer = peers[turn % Math.max(1, peers.length)];
      if (peer === undefined) throw new IntakeError('unreachable', `snapshot ${sequence}: no peer serves chunk ${index} any more`);
      const askedMs = this.#ports.nowMs();
      const chunk = await this.#chunkOf(peer, sequence, index, chunkHashes[index]);
      if (chunk === 'busy') {
        const count = (refusals.get(peer) ?? 0) + 1;
        refusals.set(peer, count);
        if (count >= MAX_REFUSALS) withdraw(peers, peer);
        // Only once all that are left were asked.
        if (peers.every((other) => (refusals.get(other) ?? 0) >= count)) await this.#ports.pause(BUSY_PAUSE_MS);
        turn += 1;
        continue;
      }
      const isSlow = peers.length > 1 && this.#ports.nowMs() - askedMs > SLOW_CHUNK_MS;
      if (chunk === undefined || isSlow) withdraw(peers, peer);
      if (chunk !== undefined) return chunk;
    }
  }

  /** Undefined where the peer does not serve it; a wrong one costs it its standing. */
  async #chunkOf(peer: PublicKeyHex, sequence: Sequence, index: number, hash: string | undefined): Promise<Uint8Array | 'busy' | undefined> {
    try {
      const response = await this.#ports.request(peer, { type: 'CHUNK-REQUEST', sequence, index });
      if (response.type !== 'CHUNK-RESPONSE') throw new IntakeError('invalid', `CHUNK-REQUEST was answered with ${response.type}`);
      const { chunk } = response;
      if (chunk !== undefined && sha256Hash(chunk) !== hash) throw new IntakeError('invalid', `chunk ${index} of snapshot ${sequence} is not the one its manifest names`);
      return chunk;
    } catch (error) {
      if (!(error instanceof IntakeError)) return undefined;
      if (error.reason === 'invalid') this.#ports.penalize(peer, error.message);
      return error.reason === 'refused' ? 'busy' : undefined;
    }
  }
}

function withdraw(peers: PublicKeyHex[], peer: PublicKeyHex): void {
  const at = peers.indexOf(peer);
  if (at >= 0) peers.splice(at, 1);
}
