import type { Certificate } from '../types/certificates.js';
import type { Hash, MemberIndex, Sequence, Slot } from '../types/ids.js';
import type { CertificateNotice, ConsensusMessage, Equivocation, PrePrepare, SignedMessage, Vote } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import { isRemembered } from './ballot.js';
import type { Chain } from './chain.js';
import { PROPOSAL_WINDOW, SLOT_WINDOW } from './chain.js';
import type { CheckpointOutcome, Checkpoints } from './checkpoints.js';
import type { Effect, Instant } from './events.js';
import { prePrepareOf } from './exchange.js';
import { LateEvidence } from './late-evidence.js';
import type { Pacemaker } from './pacemaker.js';
import type { Participation } from './participation.js';
import type { QuorumParameters } from './quorum.js';
import { leaderOf } from './quorum.js';
import type { SlotRecord } from './slot-record.js';

/**
 * Takes messages into what the replica holds, within the bounds of SPEC section 8, and emits what must be kept or
 * passed on because of them. What follows by the voting rules is the replica's.
 */
export class Intake {
  readonly #self: MemberIndex;
  readonly #parameters: QuorumParameters;
  readonly #chain: Chain;
  readonly #pacemaker: Pacemaker;
  readonly #participation: Participation;
  readonly #checkpoints: Checkpoints;
  readonly #do: (effect: Effect) => void;
  readonly #equivocators = new Map<MemberIndex, Equivocation>();
  readonly #late = new LateEvidence();

  constructor(
    self: MemberIndex, parameters: QuorumParameters, chain: Chain, pacemaker: Pacemaker, participation: Participation, checkpoints: Checkpoints,
    emit: (effect: Effect) => void,
  ) {
    this.#self = self;
    this.#parameters = parameters;
    this.#chain = chain;
    this.#pacemaker = pacemaker;
    this.#participation = participation;
    this.#checkpoints = checkpoints;
    this.#do = emit;
  }

  /** One proof per leader that signed two headers for a slot (R9). */
  get equivocators(): ReadonlyMap<MemberIndex, Equivocation> {
    return this.#equivocators;
  }

  /**
   * False where the message would change nothing even if it is valid: what is known, and what is outside the bounds of
   * section 8. So it can be dropped before its signature is checked.
   *
   * @param reached a slot that certificates which are about to be taken in lead to; the current one, if that is higher
   */
  wants(message: ConsensusMessage, reached: Slot): boolean {
    const current = reached > this.#pacemaker.current ? reached : this.#pacemaker.current;
    switch (message.type) {
      case 'CERTIFICATE': return this.#wantsCertificate(message.certificate, current);
      case 'EQUIVOCATION': return this.#isNewEvidence(message.slot, current);
      case 'CHECKPOINT': return message.signer !== this.#self && this.#checkpoints.wants(message);
      default:
    }
    if (message.signer === this.#self) return message.slot > this.#chain.tip.slot && !isRemembered(this.#chain.record(message.slot), message, this.#self);
    if (message.type === 'PRE-PREPARE') return this.#wantsProposal(message, current);
    return this.#isKept(message.slot, current) && this.#chain.record(message.slot)?.wantsVote(message) !== false;
  }

  /**
   * Whether the block of a proposal that is wanted would be kept. Where not, its body need not be checked: its certificates
   * or what its leader signed may matter all the same.
   *
   * @param reached as for `wants`
   */
  wantsBlock({ block, slot, signer }: PrePrepare, reached: Slot): boolean {
    // An own one is only compared with what is remembered (R10).
    if (signer === this.#self) return true;
    if (slot <= this.#chain.tip.slot || slot > Math.max(reached, this.#pacemaker.current) + PROPOSAL_WINDOW) return false;
    return this.#chain.record(slot)?.wantsProposal(block.hash) !== false;
  }

  /** R9: the proof that a proposal's header contradicts another one of its leader; undefined where it does not. */
  contradiction({ block, slot, epoch, signature }: PrePrepare): Equivocation | undefined {
    const header = { header: block.header, blockHash: block.hash, signature };
    const record = this.#chain.record(slot);
    if (record !== undefined) return record.contradiction(header);
    const held = this.#late.contradicted(epoch, slot, header);
    return held === undefined ? undefined : { type: 'EQUIVOCATION', epoch, slot, headers: [held, header] };
  }

  #wantsCertificate(certificate: Certificate, current: Slot): boolean {
    const { slot } = certificate;
    if (slot <= this.#chain.tip.slot) return false;
    const record = this.#chain.record(slot);
    if (!isRemembered(record, { type: 'CERTIFICATE', certificate }, this.#self)) return true;
    return (this.#isKept(slot, current) || isFinality(certificate)) && record?.wantsCertificate(certificate) !== false;
  }

  #wantsProposal({ block, slot, signature, epoch, justification: { parent, skips } }: PrePrepare, current: Slot): boolean {
    const certificates = parent === undefined ? skips : [...skips, parent];
    if (certificates.some((certificate) => this.#wantsCertificate(certificate, current))) return true;
    const header = { header: block.header, blockHash: block.hash, signature };
    if (!this.#isKept(slot, current)) return this.#late.contradicted(epoch, slot, header) !== undefined;
    const record = this.#chain.record(slot);
    if (record?.contradiction(header) !== undefined) return true;
    return slot <= current + PROPOSAL_WINDOW && record?.wantsProposal(block.hash) !== false;
  }

  /** False where the message changes nothing. */
  message(message: ConsensusMessage, now: Instant): boolean {
    switch (message.type) {
      case 'CERTIFICATE': return this.#onCertificate(message.certificate, now);
      case 'EQUIVOCATION': return this.#onEquivocation(message);
      default:
    }
    if (message.signer === this.#self) {
      return message.type !== 'CHECKPOINT' && this.checkRemembered(message.slot, message);
    }
    // R8: peers pass on what a dead member once said, so only what is new is a sign of its life.
    const isNews = this.#takeIn(message, now);
    if (isNews) this.#pacemaker.heard(message.signer);
    return isNews;
  }

  /** False where the message tells nothing new. */
  #takeIn(message: SignedMessage, now: Instant): boolean {
    switch (message.type) {
      case 'CHECKPOINT': {
        const isNews = this.#checkpoints.isNews(message);
        this.#onCheckpoint(this.#checkpoints.add(message));
        return isNews;
      }
      case 'PRE-PREPARE': return this.#onProposal(message, now);
      default: return this.#onVote(message, now);
    }
  }

  /** R10: what a peer shows of this platform, and it does not remember, proves that its vote store was lost or rolled back. */
  checkRemembered(slot: Slot, shown: SignedMessage | CertificateNotice): boolean {
    if (isRemembered(this.#chain.record(slot), shown, this.#self) || !this.#participation.forgot(slot, this.#chain.tip.slot)) return false;
    this.#do({ type: 'vote-store-lost', message: shown });
    const cause = `a peer showed an own vote or proposal in slot ${slot} (${shown.type}) that the vote store does not have`;
    this.#do({ type: 'notice', notice: this.#participation.observingNotice(cause) });
    return true;
  }

  /** An own statement, signed: counted and sent. */
  signed(message: SignedMessage, now: Instant): void {
    if (message.type === 'PRE-PREPARE') this.#onProposal(message, now, true);
    else this.#takeIn(message, now);
    this.#do({ type: 'broadcast', message });
  }

  /** A slot in (final, current+64]: what is outside is dropped without harm (section 8). */
  #isKept(slot: Slot, current: Slot): boolean {
    return slot > this.#chain.tip.slot && slot <= current + SLOT_WINDOW;
  }

  #keptRecord(slot: Slot): SlotRecord | undefined {
    return this.#isKept(slot, this.#pacemaker.current) ? this.#chain.recordFor(slot) : undefined;
  }

  #onProposal(message: PrePrepare, now: Instant, durable = false): boolean {
    const { block, slot, signer, signature, epoch, justification } = message;
    let isNews = false;
    const { parent, skips } = justification;
    for (const certificate of parent === undefined ? skips : [...skips, parent]) isNews = this.#onCertificate(certificate, now) || isNews;
    const header = { header: block.header, blockHash: block.hash, signature };
    const record = this.#keptRecord(slot);
    const evidence = record === undefined ? this.#late.contradiction(epoch, slot, header) : record.contradiction(header);
    if (evidence !== undefined) isNews = this.#onEquivocation(evidence) || isNews;
    if (record === undefined) return isNews;
    const isNear = durable || slot <= this.#pacemaker.current + PROPOSAL_WINDOW;
    if (!isNear || !record.wantsProposal(block.hash)) return isNews;
    record.addProposal({ block, epoch, slot, signer, signature }, durable);
    return true;
  }

  /**
   * To be called before the slots up to a final block are forgotten. Whoever holds another block of a final block's slot
   * shows it to the others, who may hold the final one's signed header: together that is the proof (R9).
   */
  leaveSlots(blocks: readonly CommittedBlock[], upTo: Slot): void {
    const finalIn = new Map(blocks.map(({ block }) => [block.header.slot, block.hash]));
    for (const record of this.#chain.ascending()) {
      if (record.slot > upTo) continue;
      this.#late.remember(record);
      const final = finalIn.get(record.slot);
      if (final === undefined || record.equivocation !== undefined || record.proposals.has(final)) continue;
      for (const proposal of record.proposals.values()) this.#do({ type: 'broadcast', message: prePrepareOf(this.#chain, proposal) });
    }
  }

  #onVote(vote: Vote, now: Instant): boolean {
    const record = this.#keptRecord(vote.slot);
    if (record?.addVote(vote) !== true) return false;
    for (const certificate of record.formCertificates()) this.#afterCertificate(record, certificate, now);
    return true;
  }

  #onCertificate(certificate: Certificate, now: Instant): boolean {
    const isForgotten = this.checkRemembered(certificate.slot, { type: 'CERTIFICATE', certificate });
    const record = this.#keptRecord(certificate.slot) ?? this.#finalityAhead(certificate);
    if (record?.addCertificate(certificate) !== true) return isForgotten;
    this.#afterCertificate(record, certificate, now);
    return true;
  }

  /** Proof of finality far above the window is kept all the same: it says that this platform is behind. */
  #finalityAhead(certificate: Certificate): SlotRecord | undefined {
    return isFinality(certificate) && certificate.slot > this.#chain.tip.slot ? this.#chain.recordFor(certificate.slot) : undefined;
  }

  /** A certificate formed or received for the first time: durable, and passed on as R7 says. */
  #afterCertificate(record: SlotRecord, certificate: Certificate, now: Instant): void {
    this.#do({ type: 'persist', record: { type: 'certificate', certificate } });
    if (certificate.kind !== 'VIEW-CHANGE') record.certifiedSinceMs ??= now.monotonicMs;
    if (certificate.kind === 'VIEW-CHANGE' || (certificate.kind === 'PREPARE' && record.timerExpired)) {
      this.#do({ type: 'broadcast', message: { type: 'CERTIFICATE', certificate } });
    }
  }

  #onEquivocation(evidence: Equivocation): boolean {
    if (!this.#isNewEvidence(evidence.slot, this.#pacemaker.current)) return false;
    this.noteEquivocation(evidence);
    this.#do({ type: 'persist', record: { type: 'equivocation', evidence } });
    this.#do({ type: 'broadcast', message: evidence });
    this.#do({ type: 'equivocation', evidence });
    return true;
  }

  #isNewEvidence(slot: Slot, current: Slot): boolean {
    if (this.#isKept(slot, current)) return this.#chain.record(slot)?.equivocation === undefined;
    return !this.#equivocators.has(this.#leaderOf(slot));
  }

  /** Known from now on; not told to anybody. */
  noteEquivocation(evidence: Equivocation): void {
    // The slot says who leads it. The header's `proposer` is what the offender wrote, and may name someone else.
    const leader = this.#leaderOf(evidence.slot);
    if (!this.#equivocators.has(leader)) this.#equivocators.set(leader, evidence);
    const record = this.#keptRecord(evidence.slot);
    if (record !== undefined) record.equivocation ??= evidence;
  }

  #leaderOf(slot: Slot): MemberIndex {
    return leaderOf(slot, this.#parameters.memberCount);
  }

  /** The own state after a block, to be compared with what others say of theirs. */
  ownRoot(sequence: Sequence, stateRoot: Hash): void {
    this.#onCheckpoint(this.#checkpoints.addOwnRoot(sequence, stateRoot));
  }

  #onCheckpoint(outcomes: readonly CheckpointOutcome[]): void {
    for (const outcome of outcomes) this.#do(outcome.type === 'stable' ? { ...outcome, type: 'checkpoint-stable' } : outcome);
  }
}

function isFinality({ kind }: Certificate): boolean {
  return kind === 'FAST' || kind === 'SLOW';
}
