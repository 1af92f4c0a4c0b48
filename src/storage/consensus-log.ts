import { encodeBlock } from '../codec/block.js';
import type { WireLimits } from '../codec/limits.js';
import { encodeCertificate } from '../codec/wire/certificates.js';
import { encodeEquivocation } from '../codec/wire/evidence.js';
import { encodeVote } from '../codec/wire/votes.js';
import type { DurableRecord, DurableState, FinalTip } from '../consensus/records.js';
import type { Certificate } from '../types/certificates.js';
import type { Epoch, Hash, Slot } from '../types/ids.js';
import { ZERO_HASH, toSequence, toSlot } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { ByteChange } from './byte-store.js';
import { FIRST_KEY, encodeSequence } from './final-chain.js';
import type { FinalChain } from './final-chain.js';
import { EvidenceKeep } from './evidence-keep.js';
import { finalRecords } from './final-records.js';
import { basisKey, blockKey, certificateKey, evidenceKey, finalityKey, hashKey, proposalKey, proposedKey, sequenceKey, voteKey } from './key-spaces.js';
import type { NewestDamage } from './newest-block.js';
import { newestWholeBlock } from './newest-block.js';
import type { FinalEntry } from './record-codec.js';
import { encodeFinalEntry } from './record-codec.js';
import { TIP_KEY, newestEntry, recoverSlots } from './recovery.js';
import type { SealedStore } from './sealed-store.js';
import { SlotGarbage } from './slot-garbage.js';
import type { SlotPosition } from './slot-order.js';
import { compareSlots } from './slot-order.js';
import { StorageError, unlessDamaged } from './storage-error.js';
import type { ConsensusStore } from './stores.js';
import { VOTE_KINDS, VoteGuard, voteKindOf } from './vote-guard.js';

/** Own votes stay this many slots below final: a late COMMIT there is still compared with what was said before. */
export const VOTE_RETENTION_SLOTS = 128;
/** Deletions added to one batch at most (whole slots, so a few more may go). */
const MAX_DELETIONS_PER_BATCH = 64;
const CERTIFICATE_KINDS: Readonly<Record<Certificate['kind'], number>> = { PREPARE: 1, 'VIEW-CHANGE': 2, FAST: 3, SLOW: 4 };

type RecordOf<Type extends DurableRecord['type']> = Extract<DurableRecord, { readonly type: Type }>;

/**
 * The vote store and the chain's head. Writes each batch of records atomically and synced, and refuses what contradicts
 * an earlier record (SPEC section 5; vote-guard.ts).
 *
 * A block's body is stored once, when it is first seen as a proposal or as final; becoming final adds an index entry.
 * Bodies of blocks that lost their slot, certificates and proposals at or below the final slot, and own votes far below
 * it are deleted with later batches.
 */
export class ConsensusLog implements ConsensusStore {
  readonly #store: SealedStore;
  readonly #chain: FinalChain;
  readonly #genesis: FinalTip;
  readonly #limits: WireLimits;
  #guard = new VoteGuard();
  /** Records that go as soon as their slot is final: certificates, proposals, bodies of blocks that lost. */
  #slotGarbage = new SlotGarbage();
  #voteGarbage = new SlotGarbage();
  /** Hashes of stored blocks above final, by key text; and whether the leader's signature is stored with them. */
  #proposals = new Map<string, { readonly position: SlotPosition; readonly hash: Hash; signed: boolean }>();
  #certificates = new Map<string, SlotPosition>();
  #tip: FinalEntry | undefined;
  /** The newest final block that is stored whole: the tip, unless that was damaged and has not come from members again. */
  #whole: Pick<FinalTip, 'sequence' | 'hash'>;
  #damage: NewestDamage | undefined;
  #evidence: EvidenceKeep;
  /** Slots whose proofs are deleted with the next one that is written. */
  #surplusEvidence: SlotPosition[] = [];
  readonly #onRestored: (damage: NewestDamage) => void;
  /** Votes at or below this were deleted and can no longer be compared. */
  #forgotten: SlotPosition | undefined;

  /** @param onRestored told once newest final blocks that were damaged are durable again */
  constructor(store: SealedStore, chain: FinalChain, genesis: FinalTip, limits: WireLimits, onRestored: (damage: NewestDamage) => void = () => undefined) {
    this.#limits = limits;
    this.#evidence = new EvidenceKeep(limits.maxMembers);
    this.#whole = genesis;
    this.#onRestored = onRestored;
    this.#store = store;
    this.#chain = chain;
    this.#genesis = genesis;
  }

  /** The newest final blocks are damaged, and have not come from members yet. */
  get newestDamage(): NewestDamage | undefined {
    return this.#damage;
  }

  /**
   * One atomic, synced batch. The final tip shown to readers moves only after it is durable.
   * @throws StorageError `conflict` (nothing is written), `write-failed`, or `stopped` after either
   */
  async commit(records: readonly DurableRecord[]): Promise<void> {
    if (records.length === 0) return;
    let whole = this.#whole;
    await this.#store.write('consensus', { sync: true }, async () => {
      const changes: ByteChange[] = [];
      for (const record of records) await this.#plan(record, changes);
      whole = this.#whole;
      if (this.#tip !== undefined) this.#collectGarbage(this.#tip, changes);
      return changes;
    });
    if (whole.sequence > this.#chain.finalSequence()) this.#chain.moveTo(whole.sequence);
    const damage = this.#damage;
    if (damage === undefined || whole.sequence < damage.sequence) return;
    this.#damage = undefined;
    this.#onRestored(damage);
  }

  /**
   * Reads everything above the final block, checking each record; also what makes the log ready to write. Where the newest
   * final blocks are damaged, the one before takes their place until they have come from members again, and their slots
   * stay those in which nothing new is signed (SPEC section 5).
   * @throws StorageError `corrupt` naming the key space
   */
  async load(): Promise<DurableState> {
    const tip = await newestEntry(this.#store);
    await this.#chain.loadFirst();
    const { tip: finalTip, damage } = await this.#newestWhole(tip);
    const recovered = await recoverSlots(this.#store, this.#chain, this.#limits, tip, tip === undefined ? undefined : { epoch: tip.epoch, slot: finalTip.slot });
    this.#guard = recovered.guard;
    this.#slotGarbage = new SlotGarbage();
    this.#voteGarbage = new SlotGarbage();
    this.#proposals = new Map();
    this.#certificates = new Map();
    this.#tip = tip;
    this.#whole = finalTip;
    this.#damage = damage;
    this.#forgotten = tip === undefined ? undefined : voteLimitOf(tip);
    for (const { epoch, slot, key } of recovered.slotKeys) this.#slotGarbage.add(epoch, slot, key);
    for (const { epoch, slot, key } of recovered.voteKeys) this.#voteGarbage.add(epoch, slot, key);
    for (const proposal of recovered.proposals) {
      const { epoch, slot } = proposal;
      this.#proposals.set(proposalText(epoch, slot, proposal.block.hash), { position: { epoch, slot }, hash: proposal.block.hash, signed: proposal.signature !== undefined });
    }
    for (const certificate of recovered.certificates) this.#certificates.set(certificateText(certificate), certificate);
    this.#evidence = new EvidenceKeep(this.#limits.maxMembers);
    this.#surplusEvidence = [];
    // Only a database of an earlier version holds more than are kept: they go with the next proof.
    for (const { epoch, slot } of recovered.equivocations) this.#dropEvidence(this.#evidence.add(epoch, slot));
    const { proposals, certificates, votes, proposed, equivocations } = recovered;
    return { finalTip, ...(tip === undefined ? {} : { floorSlot: tip.slot }), blocks: proposals, proposed, votes, certificates, equivocations };
  }

  async #newestWhole(newest: FinalEntry | undefined): ReturnType<typeof newestWholeBlock> {
    if (newest === undefined) return { tip: this.#genesis, damage: undefined };
    this.#chain.moveTo(newest.sequence);
    const found = await newestWholeBlock(this.#chain, newest, this.#genesis);
    this.#chain.moveTo(found.tip.sequence);
    return found;
  }

  async #plan(record: DurableRecord, changes: ByteChange[]): Promise<void> {
    switch (record.type) {
      case 'block': this.#planBlock(record, changes); return;
      case 'proposed': this.#planProposed(record, changes); return;
      case 'vote': this.#planVote(record, changes); return;
      case 'basis':
        changes.push({ key: basisKey(record.epoch, record.slot, record.basisHash), value: record.bytes });
        return;
      case 'certificate': this.#planCertificate(record, changes); return;
      case 'final': await this.#planFinal(record, changes); return;
      case 'adopted': await this.#planAdopted(record, changes); return;
      case 'equivocation': this.#planEvidence(record.evidence, changes);
    }
  }

  #planEvidence(evidence: Equivocation, changes: ByteChange[]): void {
    changes.push({ key: evidenceKey(evidence.epoch, evidence.slot), value: encodeEquivocation(evidence) });
    this.#dropEvidence(this.#evidence.add(evidence.epoch, evidence.slot));
    for (const { epoch, slot } of this.#surplusEvidence.splice(0, MAX_DELETIONS_PER_BATCH)) changes.push({ key: evidenceKey(epoch, slot), value: undefined });
  }

  #dropEvidence(surplus: SlotPosition | undefined): void {
    if (surplus !== undefined) this.#surplusEvidence.push(surplus);
  }

  #isFinalSlot(position: SlotPosition): boolean {
    return this.#tip !== undefined && compareSlots(position, this.#tip) <= 0;
  }

  #planBlock(record: RecordOf<'block'>, changes: ByteChange[]): void {
    const { epoch, slot, block, signature } = record;
    if (this.#isFinalSlot(record)) return;
    const text = proposalText(epoch, slot, block.hash);
    const known = this.#proposals.get(text);
    if (known !== undefined && (known.signed || signature === undefined)) return;
    const key = proposalKey(epoch, slot, block.hash);
    changes.push({ key, value: signature ?? new Uint8Array(0) });
    if (known !== undefined) {
      known.signed = true;
      return;
    }
    changes.push({ key: blockKey(epoch, slot, block.hash), value: encodeBlock(block) });
    this.#slotGarbage.add(epoch, slot, key);
    this.#proposals.set(text, { position: { epoch, slot }, hash: block.hash, signed: signature !== undefined });
  }

  #planProposed(record: RecordOf<'proposed'>, changes: ByteChange[]): void {
    this.#requireRemembered(record);
    if (!this.#guard.admitProposal(record.epoch, record.slot, record.blockHash)) return;
    const key = proposedKey(record.epoch, record.slot);
    changes.push({ key, value: Uint8Array.from(Buffer.from(record.blockHash, 'hex')) });
    this.#voteGarbage.add(record.epoch, record.slot, key);
  }

  #planVote({ vote }: RecordOf<'vote'>, changes: ByteChange[]): void {
    this.#requireRemembered(vote);
    if (!this.#guard.admitVote(vote)) return;
    const kind = voteKindOf(vote);
    const key = voteKey(vote.epoch, vote.slot, kind, kind === VOTE_KINDS.FALLBACK ? vote.blockHash : undefined);
    changes.push({ key, value: encodeVote(vote) });
    this.#voteGarbage.add(vote.epoch, vote.slot, key);
  }

  #requireRemembered(position: SlotPosition): void {
    if (this.#forgotten === undefined || compareSlots(position, this.#forgotten) > 0) return;
    throw new StorageError(
      'conflict',
      `epoch ${position.epoch} slot ${position.slot}: is so far below the final block that earlier votes in it were deleted, so none may be added`,
    );
  }

  #planCertificate({ certificate }: RecordOf<'certificate'>, changes: ByteChange[]): void {
    const { epoch, slot, kind } = certificate;
    const text = certificateText(certificate);
    if (this.#isFinalSlot(certificate) || this.#certificates.has(text)) return;
    const key = certificateKey(epoch, slot, CERTIFICATE_KINDS[kind], blockHashOf(certificate));
    changes.push({ key, value: encodeCertificate(certificate) });
    this.#certificates.set(text, { epoch, slot });
    this.#slotGarbage.add(epoch, slot, key);
  }

  async #planFinal(record: RecordOf<'final'>, changes: ByteChange[]): Promise<void> {
    const { sequence, block } = record;
    const { sequence: tipSequence, hash: tipHash } = this.#whole;
    if (sequence <= tipSequence) {
      await this.#confirmFinal(record, changes);
      return;
    }
    if (sequence !== tipSequence + 1) throw new StorageError('conflict', `final block ${sequence} does not follow final block ${tipSequence}`);
    if (block.header.parentHash !== tipHash) {
      throw new StorageError('conflict', `final block ${sequence} (${block.hash}) has parent ${block.header.parentHash}, but final block ${tipSequence} is ${tipHash}: this would be a fork`);
    }
    await this.#putFinal(record, changes);
  }

  /** The chain begins anew here. What is held below stays until it is pruned, and is not shown any more. */
  async #planAdopted(record: RecordOf<'adopted'>, changes: ByteChange[]): Promise<void> {
    const { sequence: tipSequence } = this.#whole;
    if (record.sequence <= tipSequence) throw new StorageError('conflict', `block ${record.sequence} cannot be adopted: final block ${tipSequence} is not below it`);
    changes.push({ key: FIRST_KEY, value: encodeSequence(record.sequence) });
    this.#chain.beginAt(record.sequence);
    await this.#putFinal(record, changes);
  }

  async #putFinal(record: RecordOf<'final' | 'adopted'>, changes: ByteChange[]): Promise<void> {
    const { epoch, slot, sequence, block, certificate } = record;
    this.#whole = { sequence, hash: block.hash };
    if (this.#tip !== undefined && sequence <= this.#tip.sequence) {
      // Final before it was damaged.
      requireSameFinal(record, this.#tip.sequence === sequence ? this.#tip : await unlessDamaged(this.#chain.entry(sequence)));
      changes.push(...finalRecords(record));
      return;
    }
    const entry: FinalEntry = { epoch, slot, sequence, hash: block.hash, sizeBytes: block.sizeBytes };
    const value = encodeFinalEntry(entry);
    if (!this.#proposals.has(proposalText(epoch, slot, block.hash))) {
      changes.push({ key: blockKey(epoch, slot, block.hash), value: encodeBlock(block) });
    }
    changes.push({ key: sequenceKey(sequence), value }, { key: hashKey(block.hash), value: value.slice(16, 24) }, { key: TIP_KEY, value });
    if (certificate !== undefined) changes.push({ key: finalityKey(sequence), value: encodeCertificate(certificate) });
    this.#tip = entry;
    this.#leaveSlots(entry);
  }

  /** A block recorded as final once more: it must be the same one, and may bring the certificate it lacked. */
  async #confirmFinal(record: RecordOf<'final'>, changes: ByteChange[]): Promise<void> {
    const { sequence, certificate } = record;
    requireSameFinal(record, this.#tip?.sequence === sequence ? this.#tip : await this.#chain.entry(sequence));
    if (certificate !== undefined) changes.push({ key: finalityKey(sequence), value: encodeCertificate(certificate) });
  }

  /** Marks what the slots up to the new tip no longer need; the tip's own body is kept. */
  #leaveSlots(tip: FinalEntry): void {
    for (const [text, { position, hash }] of this.#proposals) {
      if (compareSlots(position, tip) > 0) continue;
      this.#proposals.delete(text);
      if (hash !== tip.hash) this.#slotGarbage.add(position.epoch, position.slot, blockKey(position.epoch, position.slot, hash));
    }
    for (const [text, position] of this.#certificates) if (compareSlots(position, tip) <= 0) this.#certificates.delete(text);
  }

  #collectGarbage(tip: FinalEntry, changes: ByteChange[]): void {
    if (changes.length === 0) return;
    // A record of this very batch is not worth a special case: it is put, then deleted.
    const remove = (keys: readonly Uint8Array[]): void => {
      for (const key of keys) changes.push({ key, value: undefined });
    };
    remove(this.#slotGarbage.take(tip, MAX_DELETIONS_PER_BATCH));
    const limit = voteLimitOf(tip);
    if (limit === undefined) return;
    remove(this.#voteGarbage.take(limit, MAX_DELETIONS_PER_BATCH, (epoch, slot) => {
      this.#guard.forget(epoch, slot);
    }));
    this.#forgotten = limit;
  }
}

function requireSameFinal({ sequence, block }: RecordOf<'final' | 'adopted'>, earlier: FinalEntry | undefined): void {
  if (earlier === undefined || earlier.hash === block.hash) return;
  throw new StorageError('conflict', `final block ${sequence} is ${earlier.hash} and cannot be replaced by ${block.hash}: this would be a fork`);
}

function proposalText(epoch: Epoch, slot: Slot, hash: Hash): string {
  return `${epoch}/${slot}/${hash}`;
}

function blockHashOf(certificate: Certificate): Hash {
  return certificate.kind === 'VIEW-CHANGE' ? ZERO_HASH : certificate.blockHash;
}

function certificateText(certificate: Certificate): string {
  return `${certificate.epoch}/${certificate.slot}/${certificate.kind}/${blockHashOf(certificate)}`;
}

function voteLimitOf(tip: FinalEntry): SlotPosition | undefined {
  const slot = tip.slot - VOTE_RETENTION_SLOTS;
  return slot < 0 ? undefined : { epoch: tip.epoch, slot: toSlot(slot) };
}

/** For the final tip before any block: what a home starts from. */
export function genesisTip(hash: Hash, timestampMs: number): FinalTip {
  return { hash, slot: toSlot(-1), sequence: toSequence(-1), view: 0, timestampMs, certificate: undefined };
}
