import { openBlock } from '../codec/block.js';
import type { WireLimits } from '../codec/limits.js';
import { decodeCertificate } from '../codec/wire/certificates.js';
import { decodeEquivocation } from '../codec/wire/evidence.js';
import type { Block } from '../types/block.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, Sequence } from '../types/ids.js';
import { GENESIS_SEQUENCE, toSequence } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import { blockKey, finalityKey, hashKey, metaKey, sequenceKey, spaceRange, u64At } from './key-spaces.js';
import type { FinalEntry } from './record-codec.js';
import { decodeFinalEntry } from './record-codec.js';
import type { SealedStore } from './sealed-store.js';
import { corruption } from './storage-error.js';
import type { BlockStore } from './stores.js';

const MAX_RANGE_BLOCKS = 1_024;
/** Blocks deleted in one batch. */
const MAX_PRUNED_BLOCKS = 256;
/** Key of the lowest final block that is held; absent where that is 0. */
export const FIRST_KEY = metaKey('first-sequence');

/** Final blocks as readers see them: only what is durable. The consensus log moves the tip on. */
export class FinalChain implements BlockStore {
  readonly #store: SealedStore;
  readonly #limits: WireLimits;
  #finalSequence: Sequence = GENESIS_SEQUENCE;
  #firstSequence: Sequence = toSequence(0);
  /** Everything below was deleted already. */
  #prunedBelow: Sequence = toSequence(0);

  constructor(store: SealedStore, limits: WireLimits) {
    this.#store = store;
    this.#limits = limits;
  }

  /** To be called once the block is durable. */
  moveTo(sequence: Sequence): void {
    this.#finalSequence = sequence;
  }

  finalSequence(): Sequence {
    return this.#finalSequence;
  }

  firstSequence(): Sequence {
    return this.#firstSequence;
  }

  /** The chain is about to begin anew at this block: those below are not served any more. */
  beginAt(sequence: Sequence): void {
    this.#firstSequence = sequence;
  }

  /** @throws StorageError */
  async loadFirst(): Promise<void> {
    const value = await this.#store.get(FIRST_KEY);
    if (value !== undefined) this.#firstSequence = decoded('META', () => toSequence(u64At(value, 0)));
  }

  async prune(sequence: Sequence): Promise<boolean> {
    const below = toSequence(Math.min(sequence, this.#finalSequence));
    if (below <= this.#prunedBelow) return false;
    const found: FinalEntry[] = [];
    const range = { gte: sequenceKey(this.#prunedBelow), lt: sequenceKey(below), limit: MAX_PRUNED_BLOCKS };
    for await (const [, value] of this.#store.iterate(range)) found.push(decoded('SEQUENCE', () => decodeFinalEntry(value)));
    const isMore = found.length === MAX_PRUNED_BLOCKS;
    const upTo = isMore ? toSequence((found.at(-1)?.sequence ?? below) + 1) : below;
    const gone = found.flatMap(({ epoch, slot, hash, sequence: each }) => [blockKey(epoch, slot, hash), sequenceKey(each), hashKey(hash), finalityKey(each)]);
    await this.#store.write('consensus', { sync: false }, () => {
      // Readers must not look for what is about to go.
      this.#firstSequence = toSequence(Math.max(upTo, this.#firstSequence));
      return [...gone.map((key) => ({ key, value: undefined })), { key: FIRST_KEY, value: encodeSequence(this.#firstSequence) }];
    });
    this.#prunedBelow = upTo;
    return isMore;
  }

  async bySequence(sequence: Sequence): Promise<CommittedBlock | undefined> {
    const [found] = await this.range(sequence, 1, Number.POSITIVE_INFINITY);
    return found;
  }

  async byHash(hash: Hash): Promise<CommittedBlock | undefined> {
    const found = await this.#store.get(hashKey(hash));
    return found === undefined ? undefined : this.bySequence(toSequence(u64At(found, 0)));
  }

  async range(fromSequence: Sequence, maxCount: number, maxBytes: number): Promise<readonly CommittedBlock[]> {
    const count = Math.min(maxCount, MAX_RANGE_BLOCKS, this.#finalSequence - fromSequence + 1);
    if (fromSequence < this.#firstSequence || count < 1) return [];
    try {
      return await this.#read(fromSequence, count, maxBytes);
    } catch (error) {
      // Pruned while they were read.
      if (fromSequence < this.#firstSequence) return [];
      throw error;
    }
  }

  async #read(fromSequence: Sequence, count: number, maxBytes: number): Promise<readonly CommittedBlock[]> {
    const sequences = Array.from({ length: count }, (_, index) => toSequence(fromSequence + index));
    const entries = await this.#entries(sequences);
    let sizeBytes = 0;
    const fitting = entries.filter((entry, index) => {
      sizeBytes += entry.sizeBytes;
      return index === 0 || sizeBytes <= maxBytes;
    });
    return this.#load(fitting);
  }

  async equivocations(): Promise<readonly Equivocation[]> {
    const found: Equivocation[] = [];
    for await (const [, value] of this.#store.iterate({ ...spaceRange('EVIDENCE'), limit: -1 })) {
      found.push(decoded('EVIDENCE', () => decodeEquivocation(value, this.#limits)));
    }
    return found;
  }

  /** @throws StorageError `corrupt` where the body is missing, damaged or another block's */
  async block(entry: Pick<FinalEntry, 'epoch' | 'slot' | 'hash'>): Promise<Block> {
    return this.#decodeBlock(entry.hash, await this.#store.get(blockKey(entry.epoch, entry.slot, entry.hash)));
  }

  async certificate(sequence: Sequence): Promise<FinalityCertificate | undefined> {
    return this.#decodeFinality(sequence, await this.#store.get(finalityKey(sequence)));
  }

  /** The index entry of a sequence; undefined where none is stored. */
  async entry(sequence: Sequence): Promise<FinalEntry | undefined> {
    const value = await this.#store.get(sequenceKey(sequence));
    return value === undefined ? undefined : decoded('SEQUENCE', () => decodeFinalEntry(value));
  }

  async #entries(sequences: readonly Sequence[]): Promise<readonly FinalEntry[]> {
    const values = await this.#store.getMany(sequences.map(sequenceKey));
    return sequences.map((sequence, index) => {
      const value = values[index];
      if (value === undefined) throw corruption(`key space SEQUENCE lacks final block ${sequence}`);
      return decoded('SEQUENCE', () => decodeFinalEntry(value));
    });
  }

  async #load(entries: readonly FinalEntry[]): Promise<readonly CommittedBlock[]> {
    const [bodies, certificates] = await Promise.all([
      this.#store.getMany(entries.map((entry) => blockKey(entry.epoch, entry.slot, entry.hash))),
      this.#store.getMany(entries.map((entry) => finalityKey(entry.sequence))),
    ]);
    return entries.map((entry, index) => ({
      block: this.#decodeBlock(entry.hash, bodies[index]),
      certificate: this.#decodeFinality(entry.sequence, certificates[index]),
    }));
  }

  #decodeBlock(hash: Hash, value: Uint8Array | undefined): Block {
    if (value === undefined) throw corruption(`key space BLOCK lacks block ${hash}`);
    const block = decoded('BLOCK', () => openBlock(value, this.#limits));
    if (block.hash !== hash) throw corruption(`key space BLOCK holds block ${block.hash} in the place of ${hash}`);
    return block;
  }

  #decodeFinality(sequence: Sequence, value: Uint8Array | undefined): FinalityCertificate | undefined {
    if (value === undefined) return undefined;
    const certificate = decoded('FINALITY', () => decodeCertificate(value, this.#limits));
    if (certificate.kind === 'FAST' || certificate.kind === 'SLOW') return certificate;
    throw corruption(`key space FINALITY holds a ${certificate.kind} certificate for block ${sequence}`);
  }
}

export function encodeSequence(sequence: Sequence): Uint8Array {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(BigInt(sequence));
  return new Uint8Array(value);
}

/** @throws StorageError `corrupt` naming the key space where `decode` fails */
export function decoded<T>(space: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw corruption(`an entry of key space ${space} cannot be decoded`, error);
  }
}
