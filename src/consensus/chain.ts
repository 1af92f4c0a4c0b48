import type { Block } from '../types/block.js';
import type { BlockCertificate, FinalityCertificate, ViewChangeCertificate } from '../types/certificates.js';
import type { Epoch, Hash, Slot } from '../types/ids.js';
import { toSlot } from '../types/ids.js';
import type { QuorumParameters } from './quorum.js';
import type { FinalTip } from './records.js';
import type { Proposal } from './slot-record.js';
import { SlotRecord } from './slot-record.js';

/** Slots kept above the current one (SPEC section 8). */
export const SLOT_WINDOW = 64;
/**
 * Bodies are kept for fewer slots above the current one than votes and certificates are: up to 64 slots of bodies that
 * nothing justifies yet would be hundreds of megabytes. Those further up are fetched when their slot comes near.
 */
export const PROPOSAL_WINDOW = 16;
/**
 * Slots held before those below a slot proven final are given up: a platform that is far behind gets their blocks by
 * sync, and must not pile up what it hears in the meantime.
 */
const MAX_SLOTS_BELOW_PROVEN_FINAL = 4 * SLOT_WINDOW;
/** VIEW-CHANGE certificates carried in one justification (SPEC section 2). */
export const MAX_CARRIED_SKIPS = 64;
/**
 * How far a block's timestamp may be ahead of the own clock before it has to wait, unless it is only the parent's plus
 * one (SPEC section 6).
 */
export const MAX_CLOCK_LEAD_MS = 500;

/** A platform found proof of two final chains, so more than f platforms are Byzantine: it must stop. */
export class ConflictingFinalityError extends Error {
  readonly certificate: FinalityCertificate;
  readonly tip: FinalTip;
  constructor(certificate: FinalityCertificate, tip: FinalTip) {
    super(
      `conflicting finality: block ${certificate.blockHash} in slot ${certificate.slot} is certified as final but does not descend from `
      + `the final block ${tip.hash} in slot ${tip.slot}; more than f platforms signed for both. Keep this database: it is the evidence.`,
    );
    this.name = 'ConflictingFinalityError';
    this.certificate = certificate;
    this.tip = tip;
  }
}

/** A block that may be built on, as far as building on it needs to know. */
export interface ParentBlock {
  readonly hash: Hash;
  readonly slot: Slot;
  readonly sequence: number;
  readonly view: number;
  readonly timestampMs: number;
}

/** What rule J says of a proposal now. `early` is valid once the own clock has advanced by `aheadMs`. */
export type Standing =
  | { readonly type: 'votable' }
  | { readonly type: 'waiting' }
  | { readonly type: 'early'; readonly aheadMs: number }
  | { readonly type: 'invalid' };

/** The final block and every slot above it: what rule J, R1 and R6 look at. */
export class Chain {
  readonly #parameters: QuorumParameters;
  readonly epoch: Epoch;
  readonly #membersHash: Hash;
  readonly #records = new Map<Slot, SlotRecord>();
  #tip: FinalTip;

  constructor(parameters: QuorumParameters, epoch: Epoch, membersHash: Hash, tip: FinalTip) {
    this.#parameters = parameters;
    this.epoch = epoch;
    this.#membersHash = membersHash;
    this.#tip = tip;
  }

  get tip(): FinalTip {
    return this.#tip;
  }

  record(slot: Slot): SlotRecord | undefined {
    return this.#records.get(slot);
  }

  /** The slot's record, made where there is none. The caller keeps to the window of SPEC section 8. */
  recordFor(slot: Slot): SlotRecord {
    let record = this.#records.get(slot);
    if (record === undefined) {
      record = new SlotRecord(this.epoch, slot, this.#parameters);
      this.#records.set(slot, record);
    }
    return record;
  }

  /** Records above the final block in order of slot. */
  ascending(): SlotRecord[] {
    return [...this.#records.values()].sort((a, b) => a.slot - b.slot);
  }

  records(): Iterable<SlotRecord> {
    return this.#records.values();
  }

  /** The parent as rule J needs it: final, or certified with its body held. */
  certifiedParent(slot: Slot, hash: Hash): ParentBlock | undefined {
    if (slot === this.#tip.slot && hash === this.#tip.hash) return this.#tip;
    const record = this.#records.get(slot);
    if (record?.blockCertificate(hash) === undefined) return undefined;
    const proposal = record.proposals.get(hash);
    return proposal === undefined ? undefined : asParent(proposal.block);
  }

  /** VIEW-CHANGE certificates of every slot strictly between, or undefined where one is not held. */
  skipsBetween(parentSlot: Slot, slot: Slot): ViewChangeCertificate[] | undefined {
    const skips: ViewChangeCertificate[] = [];
    for (let between = parentSlot + 1; between < slot; between += 1) {
      const certificate = this.#records.get(toSlot(between))?.viewChangeCertificate;
      if (certificate === undefined) return undefined;
      skips.push(certificate);
    }
    return skips;
  }

  /** Rule J, with the clock of SPEC section 6. */
  standing({ block: { header } }: Proposal, wallMs: number): Standing {
    if (header.parentSlot < this.#tip.slot || header.nextMembersHash !== this.#membersHash) return { type: 'invalid' };
    const parent = this.certifiedParent(header.parentSlot, header.parentHash);
    if (parent === undefined) return { type: 'waiting' };
    const skipped = header.slot - header.parentSlot - 1;
    const fits = header.sequence === parent.sequence + 1 && header.view === parent.view + skipped
      && header.view + header.sequence === header.slot && header.timestampMs > parent.timestampMs;
    if (!fits) return { type: 'invalid' };
    if (this.skipsBetween(header.parentSlot, header.slot) === undefined) return { type: 'waiting' };
    // Clocks may have been set back since the parent, or genesis be dated ahead: what comes right after it never waits.
    if (header.timestampMs === parent.timestampMs + 1) return { type: 'votable' };
    const aheadMs = header.timestampMs - wallMs - MAX_CLOCK_LEAD_MS;
    return aheadMs > 0 ? { type: 'early', aheadMs } : { type: 'votable' };
  }

  /** Judges what is undecided in a slot. Returns how far the earliest proposal that must wait is ahead of the clock. */
  judge(record: SlotRecord, wallMs: number): number | undefined {
    let earliestMs: number | undefined;
    for (const proposal of record.proposals.values()) {
      if (proposal.votable || proposal.invalid) continue;
      const standing = this.standing(proposal, wallMs);
      switch (standing.type) {
        case 'votable': proposal.votable = true; break;
        case 'invalid': proposal.invalid = true; break;
        case 'early': earliestMs = Math.min(earliestMs ?? standing.aheadMs, standing.aheadMs); break;
        case 'waiting': break;
      }
    }
    return earliestMs;
  }

  /**
   * R1, normal proposal in `slot`: the certified (or final) block of the highest slot whose later slots all have
   * VIEW-CHANGE certificates. Undefined while a slot between is open or the body of the block is not held.
   */
  parentFor(slot: Slot): ParentBlock | undefined {
    for (let below = slot - 1; below > this.#tip.slot; below -= 1) {
      const record = this.#records.get(toSlot(below));
      if (record === undefined) return undefined;
      if (record.certified) {
        for (const hash of [...record.finalityCertificates.keys(), ...record.prepareCertificates.keys()]) {
          const proposal = record.proposals.get(hash);
          if (proposal !== undefined) return asParent(proposal.block);
        }
        return undefined;
      }
      if (record.viewChangeCertificate === undefined) return undefined;
    }
    return this.#tip;
  }

  /** The certificate that a proposal on this parent carries; undefined for genesis and for what is not certified yet. */
  certificateOf(slot: Slot, hash: Hash): BlockCertificate | undefined {
    // A leader may name the final block's hash with another slot; what is passed on must not pair the two.
    if (slot === this.#tip.slot && hash === this.#tip.hash) return this.#tip.certificate;
    return this.#records.get(slot)?.blockCertificate(hash);
  }

  /** VIEW-CHANGE certificates to carry: the latest 64; what else a receiver lacks it pulls. */
  carriedSkips(parentSlot: Slot, slot: Slot): ViewChangeCertificate[] {
    const skips: ViewChangeCertificate[] = [];
    // Nothing is held at or below the final block, though a header may name a parent far below it.
    const lowest = Math.max(parentSlot, this.#tip.slot) + 1;
    for (let between = slot - 1; between >= lowest && skips.length < MAX_CARRIED_SKIPS; between -= 1) {
      const certificate = this.#records.get(toSlot(between))?.viewChangeCertificate;
      if (certificate !== undefined) skips.push(certificate);
    }
    return skips.reverse();
  }

  /**
   * Unfinal blocks from this one down to the final block, the given one first; undefined where one is not held.
   *
   * @throws ConflictingFinalityError where the branch misses the final block and `finality` proves it final
   */
  branch(slot: Slot, hash: Hash, finality?: FinalityCertificate): Block[] | undefined {
    const blocks: Block[] = [];
    let at: { slot: Slot; hash: Hash } = { slot, hash };
    while (at.slot > this.#tip.slot) {
      const block = this.#records.get(at.slot)?.proposals.get(at.hash)?.block;
      if (block === undefined) return undefined;
      blocks.push(block);
      at = { slot: block.header.parentSlot, hash: block.header.parentHash };
    }
    if (at.hash === this.#tip.hash) return blocks;
    if (finality !== undefined) throw new ConflictingFinalityError(finality, this.#tip);
    return undefined;
  }

  /** Certificates of finality above the final block, highest slot first. */
  pendingFinality(): FinalityCertificate[] {
    const pending: FinalityCertificate[] = [];
    for (const record of this.#records.values()) pending.push(...record.finalityCertificates.values());
    return pending.sort((a, b) => b.slot - a.slot);
  }

  /** Moves the final block up and forgets every slot at or below it. */
  advanceTip(block: Block, certificate: FinalityCertificate): void {
    this.#tip = { ...asParent(block), sequence: block.header.sequence, certificate };
    for (const slot of this.#records.keys()) if (slot <= this.#tip.slot) this.#records.delete(slot);
  }

  /** Bounds memory while behind; true where slots below the one proven final were given up. */
  forgetBelow(provenFinalSlot: Slot): boolean {
    if (this.#records.size <= MAX_SLOTS_BELOW_PROVEN_FINAL) return false;
    for (const slot of this.#records.keys()) if (slot < provenFinalSlot) this.#records.delete(slot);
    return true;
  }

  /** The highest certified sequence in a slot below this one, for people (VIEW-CHANGE's lastSequence). */
  lastCertifiedSequence(slot: Slot): FinalTip['sequence'] {
    let best: { slot: Slot; sequence: FinalTip['sequence'] } = this.#tip;
    for (const record of this.#records.values()) {
      if (record.slot >= slot || record.slot < best.slot) continue;
      for (const { block } of record.proposals.values()) {
        if (record.blockCertificate(block.hash) !== undefined) best = { slot: record.slot, sequence: block.header.sequence };
      }
    }
    return best.sequence;
  }
}

function asParent({ hash, header }: Block): ParentBlock {
  return { hash, slot: header.slot, sequence: header.sequence, view: header.view, timestampMs: header.timestampMs };
}
