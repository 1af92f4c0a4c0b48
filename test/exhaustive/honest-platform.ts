import { markOwn } from '../../src/consensus/ballot.js';
import { Chain, ConflictingFinalityError } from '../../src/consensus/chain.js';
import { Checkpoints } from '../../src/consensus/checkpoints.js';
import type { Effect, Instant } from '../../src/consensus/events.js';
import { slotStateAbove } from '../../src/consensus/exchange.js';
import { Pacemaker } from '../../src/consensus/pacemaker.js';
import { Participation } from '../../src/consensus/participation.js';
import { Proposer } from '../../src/consensus/proposer.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { FinalTip } from '../../src/consensus/records.js';
import { restoreSlots } from '../../src/consensus/restart.js';
import type { SlotRecord } from '../../src/consensus/slot-record.js';
import type { VoteDecision } from '../../src/consensus/voting.js';
import { nextVote } from '../../src/consensus/voting.js';
import type { Block } from '../../src/types/block.js';
import type { Certificate, FinalityCertificate } from '../../src/types/certificates.js';
import type { Hash, MemberIndex, Slot } from '../../src/types/ids.js';
import { toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Membership } from '../../src/types/membership.js';
import type { ConsensusMessage, Equivocation, PrePrepare, Vote } from '../../src/types/messages.js';
import { CHAIN_ID, EPOCH, GENESIS, MEMBERS_HASH, SIGNATURE } from '../unit/consensus/fixtures.js';
import type { Said } from './said.js';

/** Time stands still: what expires is up to the run. */
const NOW: Instant = { monotonicMs: 0, wallMs: 0 };
const TIMERS = { slotTimeoutMs: 1000, maxSlotTimeoutMs: 1000 };
const HEIGHT = { view: toView(0), sequence: toSequence(0) };

/** Rules and sizes to play by. */
export interface PlayedRules {
  readonly parameters: QuorumParameters;
  /** Rule J asks for a VIEW-CHANGE certificate of every slot between a block and its parent. */
  readonly skipCertificates: boolean;
}

/** A platform whose rule J lets a block leave out slots without certificates. */
class ChainWithoutSkipCertificates extends Chain {
  override skipsBetween(): [] {
    return [];
  }
}

/**
 * An honest platform made of the production modules of the core: what it holds (`Chain`, `SlotRecord`), what it may vote
 * (`nextVote`), propose (`Proposer`) and build on (rule J in `Chain.standing`). Messages are not signed and not timed.
 */
export class HonestPlatform {
  readonly self: MemberIndex;
  readonly #rules: PlayedRules;
  readonly #membership: Membership;
  readonly #said: Said;
  readonly #nameBlock: () => Hash;
  /** Its own votes, durable. */
  readonly #votes: Vote[] = [];
  /** Its final blocks, durable. */
  readonly #final: Block[] = [];
  /** It gives none in these runs. */
  readonly #checkpoints: Checkpoints;
  #chain: Chain;
  #pacemaker: Pacemaker;
  #proposer: Proposer;
  #equivocators = new Map<MemberIndex, Equivocation>();

  constructor(self: MemberIndex, rules: PlayedRules, membership: Membership, said: Said, nameBlock: () => Hash) {
    this.self = self;
    this.#rules = rules;
    this.#membership = membership;
    this.#said = said;
    this.#nameBlock = nameBlock;
    this.#checkpoints = new Checkpoints(rules.parameters);
    [this.#chain, this.#pacemaker, this.#proposer] = this.#start(GENESIS);
  }

  get tip(): FinalTip {
    return this.#chain.tip;
  }

  get current(): Slot {
    return this.#pacemaker.current;
  }

  #start(tip: FinalTip): [Chain, Pacemaker, Proposer] {
    const { parameters, skipCertificates } = this.#rules;
    const chain = new (skipCertificates ? Chain : ChainWithoutSkipCertificates)(parameters, EPOCH, MEMBERS_HASH, tip);
    const pacemaker = new Pacemaker(TIMERS, parameters, this.self, toSlot(tip.slot + 1));
    const participation = new Participation(parameters, false, tip.slot, NOW.monotonicMs);
    participation.compared();
    return [chain, pacemaker, new Proposer(CHAIN_ID, this.#membership, this.self, chain, pacemaker, participation)];
  }

  /** Forgets all that is not durable (SPEC section 5): votes of others, and blocks it did not vote for. */
  restart(): void {
    const records = [...this.#chain.records()];
    const durable = {
      finalTip: this.#chain.tip,
      blocks: records.flatMap(({ proposals }) => [...proposals.values()].filter((proposal) => proposal.durable)),
      proposed: records.flatMap(({ slot, ownProposal }) => (ownProposal === undefined ? [] : [{ slot, blockHash: ownProposal }])),
      votes: this.#votes,
      certificates: records.flatMap((record) => record.certificates()),
      equivocations: [...this.#equivocators.values()],
    };
    [this.#chain, this.#pacemaker, this.#proposer] = this.#start(durable.finalTip);
    restoreSlots(this.#chain, durable, this.self, NOW.monotonicMs);
    for (const evidence of durable.equivocations) this.#takeEvidence(evidence);
    for (const vote of this.#votes) this.takeVote(vote);
  }

  /** Everything it holds above the other's final block, and the final blocks that the other lacks. */
  tell(other: HonestPlatform): void {
    if (this.tip.slot > other.tip.slot) other.#catchUp(this.#final, this.tip.certificate);
    for (const message of slotStateAbove(this.#chain, this.#checkpoints, other.tip.slot)) other.#take(message);
  }

  #take(message: ConsensusMessage): void {
    switch (message.type) {
      case 'PRE-PREPARE': this.takeProposal(message); return;
      case 'CERTIFICATE': this.takeCertificate(message.certificate); return;
      case 'EQUIVOCATION': this.#takeEvidence(message); return;
      case 'CHECKPOINT': return;
      default: this.takeVote(message);
    }
  }

  #takeEvidence(evidence: Equivocation): void {
    this.#equivocators.set(leaderOf(evidence.slot, this.#rules.parameters.memberCount), evidence);
    if (evidence.slot > this.tip.slot) this.#chain.recordFor(evidence.slot).equivocation ??= evidence;
  }

  takeVote(vote: Vote): void {
    if (vote.slot <= this.tip.slot) return;
    const record = this.#chain.recordFor(vote.slot);
    if (record.addVote(vote)) record.formCertificates();
  }

  takeCertificate(certificate: Certificate): void {
    if (certificate.slot > this.tip.slot) this.#chain.recordFor(certificate.slot).addCertificate(certificate);
  }

  takeProposal({ block, epoch, slot, signer, signature, justification }: PrePrepare, durable = false): void {
    for (const certificate of justification.skips) this.takeCertificate(certificate);
    if (justification.parent !== undefined) this.takeCertificate(justification.parent);
    if (slot <= this.tip.slot) return;
    const record = this.#chain.recordFor(slot);
    const evidence = record.contradiction({ header: block.header, blockHash: block.hash, signature });
    if (evidence !== undefined) this.#takeEvidence(evidence);
    if (record.wantsProposal(block.hash)) record.addProposal({ block, epoch, slot, signer, signature }, durable);
  }

  expireTimer(): void {
    this.#chain.recordFor(this.current).timerExpired = true;
  }

  /** All that the rules allow now. @throws ConflictingFinalityError on proof of two final branches */
  act(): void {
    do this.#vote();
    while (this.#build(this.#proposer.normal(NOW)));
  }

  #vote(): void {
    for (let progress = true; progress;) {
      progress = false;
      for (const record of this.#chain.ascending()) {
        this.#chain.judge(record, NOW.wallMs);
        if (this.#castVotes(record)) progress = true;
      }
      if (this.#finalize()) progress = true;
      if (this.#advance()) progress = true;
    }
  }


  #castVotes(record: SlotRecord): boolean {
    let cast = false;
    for (;;) {
      const decision = nextVote(this.#rules.parameters, record, record.slot === this.current);
      if (decision === undefined) return cast;
      cast = true;
      const vote = this.#voteOf(record.slot, decision);
      const voted = vote.type === 'VIEW-CHANGE' ? undefined : record.proposals.get(vote.blockHash);
      if (voted !== undefined) voted.durable = true;
      markOwn(record, vote);
      this.#votes.push(vote);
      this.takeVote(vote);
      this.#said.vote(vote);
      if (decision.rule === 'R2' && voted !== undefined) this.#build(this.#proposer.optimistic(voted.block, this.#equivocators, NOW));
    }
  }

  #voteOf(slot: Slot, decision: VoteDecision): Vote {
    const place = { epoch: EPOCH, slot, signer: this.self, signature: SIGNATURE };
    switch (decision.type) {
      case 'PREPARE': return { type: 'PREPARE', ...place, ...HEIGHT, blockHash: decision.blockHash, first: decision.rule === 'R2', basisHash: ZERO_HASH };
      case 'COMMIT': return { type: 'COMMIT', ...place, ...HEIGHT, blockHash: decision.blockHash };
      case 'VIEW-CHANGE': {
        const blockHash = decision.rule === 'R4c' ? decision.blockHash : ZERO_HASH;
        return { type: 'VIEW-CHANGE', ...place, first: decision.rule === 'R3', blockHash, basisHash: ZERO_HASH, newView: 0, lastSequence: HEIGHT.sequence };
      }
    }
  }

  /** R1. False where nothing was proposed. */
  #build(effect: Effect | undefined): boolean {
    if (effect?.type !== 'build') return false;
    const { template } = effect;
    const block: Block = { hash: this.#nameBlock(), header: { ...template, transactionCount: 0, merkleRoot: ZERO_HASH }, transactions: [], sizeBytes: 0 };
    const own = this.#proposer.built(template.slot, template.parentHash, block);
    if (own === undefined) return false;
    this.#chain.recordFor(own.slot).ownProposal = block.hash;
    const proposal: PrePrepare = { type: 'PRE-PREPARE', epoch: EPOCH, signer: this.self, signature: SIGNATURE, ...own };
    this.takeProposal(proposal, true);
    this.#said.propose(proposal);
    return true;
  }

  /** R6, with all ancestors. */
  #finalize(): boolean {
    for (const certificate of this.#chain.pendingFinality()) {
      const branch = this.#chain.branch(certificate.slot, certificate.blockHash, certificate);
      const last = branch?.[0];
      if (branch === undefined || last === undefined) continue;
      this.#final.push(...branch.reverse());
      this.#chain.advanceTip(last, certificate);
      return true;
    }
    return false;
  }

  /** Final blocks of another, the last with its certificate (SPEC section 7). */
  #catchUp(blocks: readonly Block[], certificate: FinalityCertificate | undefined): void {
    const fresh = blocks.slice(this.#final.length);
    const last = fresh.at(-1);
    if (last === undefined || certificate === undefined) return;
    if (fresh[0]?.header.parentHash !== this.tip.hash) throw new ConflictingFinalityError(certificate, this.tip);
    this.#final.push(...fresh);
    this.#chain.advanceTip(last, certificate);
  }

  /** R7. */
  #advance(): boolean {
    const before = this.current;
    const highestFinal = this.#chain.pendingFinality()[0]?.slot ?? this.tip.slot;
    if (highestFinal >= before) this.#pacemaker.enter(toSlot(highestFinal + 1));
    while (this.#chain.record(this.current)?.leavable === true) this.#pacemaker.enter(this.#pacemaker.next());
    return this.current !== before;
  }
}
