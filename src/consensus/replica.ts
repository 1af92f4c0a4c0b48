import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, MemberIndex, Sequence, Slot } from '../types/ids.js';
import { toSlot } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { ConsensusMessage, Equivocation, PrePrepare } from '../types/messages.js';
import type { CommittedBlock, Status } from '../types/sync.js';
import { Ballot } from './ballot.js';
import { Chain, ConflictingFinalityError, PROPOSAL_WINDOW } from './chain.js';
import { Checkpoints } from './checkpoints.js';
import type { Effect, Input, Instant } from './events.js';
import { resendMessages, slotStateAbove, statusOf } from './exchange.js';
import { Intake } from './intake.js';
import { missingBlocksDueMs, overdueBlocks } from './missing-blocks.js';
import type { PacemakerOptions } from './pacemaker.js';
import { Pacemaker } from './pacemaker.js';
import { Participation } from './participation.js';
import type { OwnProposal } from './proposer.js';
import { Proposer } from './proposer.js';
import type { QuorumParameters } from './quorum.js';
import type { DurableRecord, DurableState, FinalTip } from './records.js';
import { restoreSlots, statementsToRepeat } from './restart.js';
import type { ReplicaSnapshot } from './snapshot.js';
import { snapshotOf } from './snapshot.js';
import type { SlotRecord } from './slot-record.js';
import { nextVote } from './voting.js';

export interface ReplicaOptions extends PacemakerOptions {
  readonly chainId: Hash;
  readonly membership: Membership;
  readonly quorum: QuorumParameters;
  readonly self: MemberIndex;
  /** The vote store is known to be lost or rolled back: start by observing (R10). */
  readonly voteStoreLost: boolean;
}

/** Work known to few is sent again this often while it is pending (SPEC section 4). */
const RESEND_INTERVAL_MS = 1000;
/**
 * While all that was unfinal a second ago has become final, the messages arrive, and sending them again would double a
 * busy society's traffic: then only every so many seconds, for transactions that few know of.
 */
const RESEND_INTERVALS_UNDER_LOAD = 5;

/**
 * One platform's consensus: a pure, synchronous state machine. `step` takes what happened and the time, and returns
 * what the driver must do, in order. It reads no clock, does no I/O and draws no random numbers, so that the same
 * inputs always give the same effects. Input must be verified; the core never checks a signature.
 *
 * Rules are those of SPEC.md beside this file.
 */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #chain: Chain;
  readonly #pacemaker: Pacemaker;
  readonly #participation: Participation;
  readonly #proposer: Proposer;
  readonly #ballot: Ballot;
  readonly #checkpoints: Checkpoints;
  readonly #intake: Intake;
  readonly #durable: DurableState;
  #transactionsPending = false;
  #resendAtMs: number | undefined;
  /** The current slot when re-sending was last due. */
  #slotAtResend = toSlot(0);
  #resendsSpared = 0;
  /** When the earliest proposal that is ahead of the own clock becomes valid. */
  #earlyUntilMs: number | undefined;
  /** The finality certificate last reported as `behind`, so that it is reported once. */
  #behindSlot: Slot | undefined;
  /** The last root computed here that no CHECKPOINT was signed for. */
  #unsaidRoot: { readonly sequence: Sequence; readonly stateRoot: Hash } | undefined;
  #effects: Effect[] = [];

  constructor(options: ReplicaOptions, durable: DurableState, now: Instant) {
    const { chainId, membership, quorum, self } = options;
    this.#options = options;
    this.#durable = durable;
    this.#chain = new Chain(quorum, membership.epoch, membership.membersHash, durable.finalTip);
    this.#pacemaker = new Pacemaker(options, quorum, self, toSlot(durable.finalTip.slot + 1));
    this.#participation = new Participation(quorum, options.voteStoreLost, durable.floorSlot ?? durable.finalTip.slot, now.monotonicMs + options.slotTimeoutMs);
    this.#proposer = new Proposer(chainId, membership, self, this.#chain, this.#pacemaker, this.#participation);
    this.#ballot = new Ballot(chainId, self, this.#chain);
    this.#checkpoints = new Checkpoints(quorum);
    this.#intake = new Intake(self, quorum, this.#chain, this.#pacemaker, this.#participation, this.#checkpoints, (effect) => { this.#do(effect); });
    restoreSlots(this.#chain, durable, self, now.monotonicMs);
    for (const evidence of durable.equivocations) this.#intake.noteEquivocation(evidence);
  }

  /** Effects of starting: what was said before the restart is signed and sent again (SPEC section 5). */
  start(now: Instant): Effect[] {
    for (const statement of statementsToRepeat(this.#chain, this.#durable, this.#options.self)) this.#do({ type: 'sign', statement });
    if (this.#options.voteStoreLost) this.#do({ type: 'notice', notice: this.#participation.observingNotice('the vote store is not the one that this key voted with') });
    this.#evaluate(now);
    return this.#takeEffects();
  }

  /** @throws ConflictingFinalityError where two conflicting blocks are proven final: the platform must stop */
  step(input: Input, now: Instant): Effect[] {
    switch (input.type) {
      case 'message':
        // Most of what is sent again is known here: nothing follows from it, and what time makes due has its own tick.
        if (!this.#intake.message(input.message, now)) return this.#takeEffects();
        break;
      case 'signed': this.#intake.signed(input.message, now); break;
      case 'built': this.#onBuilt(this.#proposer.built(input.slot, input.parentHash, input.block)); break;
      case 'transactions':
        this.#transactionsPending = input.pending;
        this.#proposer.transactionsChanged();
        break;
      case 'heard':
        this.#pacemaker.heard(input.member);
        return this.#takeEffects();
      case 'synced': this.#onSynced(input.blocks); break;
      case 'adopted': this.#onAdopted(input.blocks); break;
      case 'executed': this.#onExecuted(input.sequence, input.stateRoot); break;
      case 'peer-status':
        this.#pacemaker.heard(input.member);
        if (!input.observing) this.#participation.answer(input.member, input.highestSlot);
        break;
      case 'compared': this.#participation.compared(); break;
      case 'tick': break;
    }
    this.#evaluate(now);
    return this.#takeEffects();
  }

  /** See Intake.wants: whether the signature of a message is worth checking. */
  wants(message: ConsensusMessage, reached: Slot): boolean {
    return this.#intake.wants(message, reached);
  }

  /** See Intake.wantsBlock: whether the body of a proposal is worth checking. */
  wantsBlock(proposal: PrePrepare, reached: Slot): boolean {
    return this.#intake.wantsBlock(proposal, reached);
  }

  /** See Intake.contradiction. */
  contradiction(proposal: PrePrepare): Equivocation | undefined {
    return this.#intake.contradiction(proposal);
  }

  /** When `tick` is due, in monotonic milliseconds; undefined where nothing waits for time. */
  get deadlineMs(): number | undefined {
    const expired = this.#chain.record(this.#pacemaker.current)?.timerExpired === true;
    const due = [
      expired ? undefined : this.#pacemaker.deadlineMs, this.#participation.deadlineMs, this.#resendAtMs, this.#earlyUntilMs,
      this.#proposer.deadlineMs(), missingBlocksDueMs(this.#chain, this.#pacemaker.networkDelayMs),
    ].filter((ms) => ms !== undefined);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  get finalTip(): FinalTip {
    return this.#chain.tip;
  }

  /** SPEC section 4: whether timers run and a CHECKPOINT has to wait. */
  get workPending(): boolean {
    if (this.#transactionsPending) return true;
    for (const record of this.#chain.records()) {
      if (record.certified) return true;
      if (record.slot < this.#pacemaker.current) continue;
      for (const _ of record.votable()) return true;
    }
    return false;
  }

  status(): Status {
    // Who once held certificates that it cannot show now is no witness of how far others may have voted (R10).
    const isWitness = this.#participation.mode !== 'observing' && this.#chain.tip.slot >= (this.#durable.floorSlot ?? this.#durable.finalTip.slot);
    return statusOf(this.#chain, this.#options.membership.epoch, this.#pacemaker.current, !isWitness);
  }

  slotStateAbove(slot: Slot): ConsensusMessage[] {
    return slotStateAbove(this.#chain, this.#checkpoints, slot);
  }

  resendMessages(): ConsensusMessage[] {
    return resendMessages(this.#chain, this.#checkpoints, this.#options.self);
  }

  /** For people: where the replica stands. */
  snapshot(): ReplicaSnapshot {
    return snapshotOf(this.#chain, this.#pacemaker, this.#participation.mode, this.#checkpoints.stable, this.#intake.equivocators);
  }

  #do(effect: Effect): void {
    this.#effects.push(effect);
  }

  #persist(record: DurableRecord): void {
    this.#do({ type: 'persist', record });
  }

  #takeEffects(): Effect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  // --- proposals, final blocks and checkpoints from the driver -------------------------------------------------

  #onBuilt(proposal: OwnProposal | undefined): void {
    if (proposal === undefined) return;
    const { slot } = proposal;
    const { epoch } = this.#chain;
    this.#chain.recordFor(slot).ownProposal = proposal.block.hash;
    this.#persist({ type: 'block', slot, epoch, block: proposal.block, signature: undefined });
    this.#persist({ type: 'proposed', epoch, slot, blockHash: proposal.block.hash });
    this.#do({ type: 'sign', statement: { type: 'PRE-PREPARE', epoch, signer: this.#options.self, ...proposal } });
  }

  #onSynced(blocks: readonly CommittedBlock[]): void {
    const { tip } = this.#chain;
    const last = blocks.at(-1);
    if (last?.certificate === undefined) return;
    for (const { block } of blocks) {
      if (block.header.sequence === tip.sequence && block.hash !== tip.hash) throw new ConflictingFinalityError(last.certificate, tip);
    }
    const fresh = blocks.filter(({ block }) => block.header.sequence > tip.sequence);
    if (fresh[0]?.block.header.parentHash !== tip.hash) return;
    for (const { certificate } of fresh) if (certificate !== undefined) this.#intake.checkRemembered(certificate.slot, { type: 'CERTIFICATE', certificate });
    this.#finalize(fresh, last.certificate);
  }

  /** SPEC section 7, "Snapshots": a finality certificate proves the last block, and hash links the others. */
  #onAdopted(blocks: readonly CommittedBlock[]): void {
    const [first] = blocks;
    const last = blocks.at(-1);
    const { tip } = this.#chain;
    if (first === undefined || last?.certificate === undefined || first.block.header.sequence <= tip.sequence) {
      this.#onSynced(blocks);
      return;
    }
    const { header } = first.block;
    const isNext = header.sequence === tip.sequence + 1;
    if (header.slot <= tip.slot || (isNext && header.parentHash !== tip.hash)) throw new ConflictingFinalityError(last.certificate, tip);
    for (const { certificate } of blocks) if (certificate !== undefined) this.#intake.checkRemembered(certificate.slot, { type: 'CERTIFICATE', certificate });
    this.#finalize(blocks, last.certificate, 'adopted');
  }

  #onExecuted(sequence: Sequence, stateRoot: Hash): void {
    this.#intake.ownRoot(sequence, stateRoot);
    this.#unsaidRoot = { sequence, stateRoot };
  }

  /** Where a block was executed while nothing could be signed, its CHECKPOINT follows when it can. */
  #signCheckpoint(): void {
    if (this.#unsaidRoot === undefined || this.#participation.mode !== 'voting') return;
    this.#do({ type: 'sign', statement: { type: 'CHECKPOINT', epoch: this.#chain.epoch, signer: this.#options.self, ...this.#unsaidRoot } });
    this.#unsaidRoot = undefined;
  }

  // --- what follows --------------------------------------------------------------------------------------------

  /** Applies the rules until nothing more follows from what is held at this time. */
  #evaluate(now: Instant): void {
    if (this.#participation.deadlineMs !== undefined && this.#participation.deadlineMs <= now.monotonicMs) this.#participation.compared();
    for (let progress = true; progress;) {
      progress = false;
      this.#earlyUntilMs = undefined;
      for (const record of this.#chain.ascending()) {
        const aheadMs = this.#chain.judge(record, now.wallMs);
        if (aheadMs !== undefined) this.#awaitEarly(record, aheadMs, now);
        if (this.#castVotes(record, now)) progress = true;
      }
      if (this.#finalizeCertified()) progress = true;
      if (this.#advance()) progress = true;
      if (this.#runTimer(now)) progress = true;
    }
    if (this.#participation.resume(this.#chain.tip.slot)) {
      this.#do({ type: 'notice', notice: { type: 'voting', fromSlot: toSlot(this.#chain.tip.slot + 1) } });
    }
    this.#signCheckpoint();
    const build = this.#proposer.normal(now);
    if (build !== undefined) this.#do(build);
    this.#resendWhilePending(now);
    for (const effect of overdueBlocks(this.#chain, this.#pacemaker.current + PROPOSAL_WINDOW, this.#pacemaker.networkDelayMs, now.monotonicMs)) this.#do(effect);
  }

  #awaitEarly(record: SlotRecord, aheadMs: number, now: Instant): void {
    this.#earlyUntilMs = Math.min(this.#earlyUntilMs ?? Infinity, now.monotonicMs + aheadMs);
    if (!record.earlyTold) this.#do({ type: 'notice', notice: { type: 'proposal-early', slot: record.slot, aheadMs } });
    record.earlyTold = true;
  }

  #castVotes(record: SlotRecord, now: Instant): boolean {
    if (!this.#participation.maySignIn(record.slot)) return false;
    let cast = false;
    for (;;) {
      const decision = nextVote(this.#options.quorum, record, record.slot === this.#pacemaker.current);
      if (decision === undefined) return cast;
      cast = true;
      for (const effect of this.#ballot.cast(record, decision)) this.#do(effect);
      const voted = decision.rule === 'R2' ? record.proposals.get(decision.blockHash)?.block : undefined;
      const build = voted === undefined ? undefined : this.#proposer.optimistic(voted, this.#intake.equivocators, now);
      if (build !== undefined) this.#do(build);
    }
  }

  /** R6: a final block makes its ancestors final. */
  #finalizeCertified(): boolean {
    for (const certificate of this.#chain.pendingFinality()) {
      const branch = this.#chain.branch(certificate.slot, certificate.blockHash, certificate);
      if (branch !== undefined) {
        const blocks = branch.reverse().map((block): CommittedBlock => (
          { block, certificate: this.#chain.record(block.header.slot)?.finalityCertificates.get(block.hash) }
        ));
        this.#finalize(blocks, certificate);
        return true;
      }
      if (this.#behindSlot === undefined || certificate.slot > this.#behindSlot) {
        this.#behindSlot = certificate.slot;
        this.#do({ type: 'behind', certificate });
      }
    }
    return false;
  }

  /** @param firstAs how the first block goes to the store: `adopted` where it does not follow the final block there */
  #finalize(blocks: readonly CommittedBlock[], certificate: FinalityCertificate, firstAs: 'final' | 'adopted' = 'final'): void {
    for (const [index, committed] of blocks.entries()) {
      const { block, certificate: own } = committed;
      const { epoch, slot, sequence } = block.header;
      this.#persist({ type: index === 0 ? firstAs : 'final', epoch, slot, sequence, block, certificate: own });
    }
    const last = blocks.at(-1);
    if (last === undefined) return;
    this.#intake.leaveSlots(blocks, last.block.header.slot);
    this.#chain.advanceTip(last.block, certificate);
    this.#pacemaker.calm();
    this.#do({ type: 'finalized', blocks });
  }

  /** R7: step by step over certified slots; at once past a slot known to be final. */
  #advance(): boolean {
    const before = this.#pacemaker.current;
    const highestFinal = this.#chain.pendingFinality()[0]?.slot ?? this.#chain.tip.slot;
    if (highestFinal >= before) this.#enter(toSlot(highestFinal + 1));
    if (highestFinal > this.#chain.tip.slot && this.#chain.forgetBelow(highestFinal)) this.#participation.raiseFloor(highestFinal);
    while (this.#chain.record(this.#pacemaker.current)?.leavable === true) {
      const { current, leader } = this.#pacemaker;
      if (this.#chain.record(current)?.certified !== true) this.#do({ type: 'notice', notice: { type: 'slot-skipped', slot: current, leader } });
      this.#enter(this.#pacemaker.next());
    }
    return this.#pacemaker.current !== before;
  }

  #enter(slot: Slot): void {
    this.#pacemaker.enter(slot);
    this.#do({ type: 'notice', notice: { type: 'slot-entered', slot, leader: this.#pacemaker.leader } });
  }

  /** Section 4 and R8. True where the current slot's timer counts as expired from now on. */
  #runTimer(now: Instant): boolean {
    const { current, leader } = this.#pacemaker;
    const pending = this.workPending;
    this.#pacemaker.setWorkPending(pending, now.monotonicMs);
    if (!pending || this.#chain.record(current)?.timerExpired === true) return false;
    const { deadlineMs, timeoutMs } = this.#pacemaker;
    if (this.#pacemaker.isPresumedDead(leader)) {
      this.#do({ type: 'notice', notice: { type: 'presumed-dead', slot: current, leader } });
    } else if (deadlineMs !== undefined && deadlineMs <= now.monotonicMs) {
      this.#pacemaker.backOff();
      this.#do({ type: 'notice', notice: { type: 'timer-expired', slot: current, leader, timeoutMs } });
      this.#do({ type: 'resend' });
    } else {
      return false;
    }
    this.#chain.recordFor(current).timerExpired = true;
    return true;
  }

  #resendWhilePending(now: Instant): void {
    if (!this.workPending) {
      this.#resendAtMs = undefined;
      return;
    }
    if (this.#resendAtMs !== undefined && this.#resendAtMs > now.monotonicMs) return;
    const isDue = this.#resendAtMs !== undefined;
    const isFlowing = this.#chain.tip.slot >= this.#slotAtResend && this.#resendsSpared < RESEND_INTERVALS_UNDER_LOAD - 1;
    this.#resendAtMs = now.monotonicMs + RESEND_INTERVAL_MS;
    this.#slotAtResend = this.#pacemaker.current;
    this.#resendsSpared = isDue && isFlowing ? this.#resendsSpared + 1 : 0;
    if (isDue && !isFlowing) this.#do({ type: 'resend' });
  }
}
