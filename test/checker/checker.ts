import type { Certificate } from '../../src/types/certificates.js';
import type { ConsensusMessage, Equivocation, OwnVote, SignedMessage } from '../../src/types/messages.js';
import type { DurableRecord } from '../../src/consensus/records.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import { checkBuffers } from './buffers.js';
import { faultOf, votesOf } from './certificates.js';
import { basisFault, convictOf } from './convictions.js';
import { Durability } from './durability.js';
import type { FinalBlock } from './final-chain.js';
import { FinalChain } from './final-chain.js';
import { Heights } from './height.js';
import type { SignedStatement } from './layouts.js';
import { statementLayout, ZERO } from './layouts.js';
import type { Observation } from './observation.js';
import { Progress } from './progress.js';
import { SlotExclusivity } from './slot-exclusivity.js';
import type { Society, Thresholds } from './society.js';
import { thresholdsOf } from './society.js';
import type { Invariant, Report, Violation } from './violation.js';

/** Enough to see what is wrong; one broken invariant makes many more. */
const MAX_VIOLATIONS_KEPT = 100;

/**
 * Holds everything that is observed of a federation against the invariants of SPEC section 13. It shares no code with
 * the platforms that it watches: thresholds, byte layouts and rules are written down here a second time.
 */
export class Checker {
  readonly #society: Society;
  readonly #thresholds: Thresholds;
  readonly #violations: Violation[] = [];
  readonly #told = new Set<string>();
  readonly #chain: FinalChain;
  readonly #heights: Heights;
  readonly #slots: SlotExclusivity;
  readonly #durability: Durability;
  readonly #progress: Progress;
  readonly #rootBySequence = new Map<number, string>();
  /** Certificates and messages that were looked at already. */
  readonly #known = new WeakSet<object>();
  readonly #knownCertificates = new Set<string>();

  constructor(society: Society) {
    this.#society = society;
    this.#thresholds = thresholdsOf(society);
    const report: Report = (invariant, text) => { this.#report(invariant, text); };
    this.#chain = new FinalChain(society, report);
    this.#heights = new Heights(report);
    this.#slots = new SlotExclusivity(society, this.#thresholds, report);
    this.#durability = new Durability(report);
    this.#progress = new Progress(society, this.#thresholds, report);
  }

  /** What was found so far, in order, each once. */
  get violations(): readonly Violation[] {
    return this.#violations;
  }

  /** The one chain, as far as any honest platform called it final. */
  finalBlocks(): readonly FinalBlock[] {
    return this.#chain.blocks();
  }

  observe(observation: Observation): void {
    if ('platform' in observation && this.#society.byzantine.has(observation.platform)) {
      // It may do as it likes, but what it sends can hold the statements of others.
      if (observation.type === 'sent') this.#takeStatements(observation.message, false);
      return;
    }
    switch (observation.type) {
      case 'sent':
        // What it passes on of others is theirs.
        if ('signer' in observation.message && observation.message.signer !== observation.platform) {
          this.#takeStatements(observation.message, false);
          break;
        }
        this.#durability.sent(observation.platform, observation.message);
        this.#takeStatements(observation.message, true);
        break;
      case 'seen': this.#takeStatements(observation.message, false); break;
      case 'signed': this.#takeStatement(observation.platform, observation.statement); break;
      case 'durable': for (const record of observation.records) this.#takeRecord(observation.platform, record); break;
      case 'store-replaced':
        this.#durability.replace(observation.platform);
        this.#heights.replace(observation.platform);
        for (const record of observation.records) this.#takeRecord(observation.platform, record);
        break;
      case 'final':
        this.#takeFinal(observation.platform, observation.blocks);
        this.#heights.announced(observation.platform, observation.blocks);
        this.#durability.announced(observation.platform, observation.blocks);
        break;
      case 'served':
        this.#takeFinal(observation.platform, observation.blocks);
        this.#heights.served(observation.platform, observation.fromSequence, observation.firstSequence, observation.finalSequence, observation.blocks);
        break;
      case 'offered':
        this.#takeFinal(observation.platform, observation.blocks);
        this.#heights.shown(`platform ${observation.platform} offers a snapshot of sequence ${observation.sequence}`, observation.sequence, observation.blocks);
        this.#takeRoot(observation.platform, observation.sequence, observation.stateRoot);
        break;
      case 'holds':
        this.#takeFinal(observation.platform, observation.blocks);
        this.#heights.holds(observation.platform, observation.firstSequence, observation.finalSequence, observation.blocks);
        break;
      case 'executed': this.#takeRoot(observation.platform, observation.sequence, observation.stateRoot); break;
      case 'evidence': this.#takeEvidence(observation.evidence); break;
      case 'buffers': checkBuffers(this.#society, observation.platform, observation.sizes, (invariant, text) => { this.#report(invariant, text); }); break;
      case 'calm-begins': this.#progress.calmBegins(observation.slot); break;
      case 'calm-ends': this.#progress.calmEnds(observation.slot); break;
    }
  }

  /** To be called when nothing more is to be observed. @returns every violation */
  conclude(): readonly Violation[] {
    this.#slots.conclude();
    this.#progress.conclude(this.#chain.blocks());
    return this.#violations;
  }

  #report(invariant: Invariant, text: string): void {
    const key = `${invariant} ${text}`;
    if (this.#told.has(key) || this.#violations.length >= MAX_VIOLATIONS_KEPT) return;
    this.#told.add(key);
    this.#violations.push({ invariant, text });
  }

  #takeRecord(platform: number, record: DurableRecord): void {
    this.#durability.add(platform, record);
    switch (record.type) {
      case 'certificate': this.#takeCertificate(record.certificate, true); break;
      case 'adopted':
      case 'final':
        this.#takeFinal(platform, [record]);
        this.#heights.durable(platform, record.sequence, record.type === 'adopted');
        break;
      case 'vote':
        this.#slots.addStatement(platform, signedPartOf(record.vote));
        this.#takeBasis(platform, record.vote);
        break;
      case 'equivocation': this.#takeEvidence(record.evidence); break;
      case 'block':
      case 'proposed':
      case 'basis': break;
    }
  }

  #takeFinal(platform: number, blocks: readonly CommittedBlock[]): void {
    for (const committed of blocks) {
      this.#chain.add(platform, committed);
      if (committed.certificate !== undefined) this.#takeCertificate(committed.certificate, true);
    }
  }

  /** @param trusted whether an honest platform vouches for the certificates in it, so that a bad one is its fault */
  #takeStatements(message: ConsensusMessage, trusted: boolean): void {
    if (this.#known.has(message) || (!trusted && this.#society.verify === undefined)) return;
    this.#known.add(message);
    switch (message.type) {
      case 'CERTIFICATE': this.#takeCertificate(message.certificate, trusted); return;
      case 'EQUIVOCATION':
        if (trusted) this.#takeEvidence(message);
        return;
      case 'PRE-PREPARE':
        if (message.justification.parent !== undefined) this.#takeCertificate(message.justification.parent, trusted);
        for (const skip of message.justification.skips) this.#takeCertificate(skip, trusted);
        break;
      case 'PREPARE':
      case 'COMMIT':
      case 'VIEW-CHANGE':
      case 'CHECKPOINT': break;
    }
    this.#takeSigned(message);
  }

  #takeSigned(message: SignedMessage): void {
    const statement = signedPartOf(message);
    const { signer, signature } = message;
    const { chainId, memberCount, byzantine, verify } = this.#society;
    // A liar's words bind nobody, and nobody answers for what was forged in its name.
    if (signer >= memberCount || byzantine.has(signer) || verify?.(signer, statementLayout(chainId, statement), signature) === false) return;
    this.#takeStatement(signer, statement);
  }

  #takeStatement(signer: number, statement: SignedStatement): void {
    if (statement.type === 'CHECKPOINT') this.#takeRoot(signer, statement.sequence, statement.stateRoot);
    else this.#slots.addStatement(signer, statement);
  }

  #takeCertificate(certificate: Certificate, trusted: boolean): void {
    if (this.#known.has(certificate)) return;
    this.#known.add(certificate);
    const text = certificateText(certificate);
    if (this.#knownCertificates.has(text)) return;
    const fault = faultOf(this.#society, this.#thresholds, certificate);
    if (fault !== undefined) {
      if (trusted) this.#report(5, fault);
      return;
    }
    this.#knownCertificates.add(text);
    this.#slots.addCertificate(certificate);
    for (const { signer, vote } of votesOf(certificate)) this.#slots.addStatement(signer, vote);
  }

  #takeBasis(platform: number, vote: OwnVote): void {
    if (vote.type === 'COMMIT' || vote.basisHash === ZERO) return;
    const bytes = this.#durability.basisOf(platform, vote.basisHash);
    if (bytes === undefined) return;
    const fault = basisFault(this.#society, this.#thresholds, vote, bytes);
    if (fault !== undefined) this.#report(7, `platform ${platform} slot ${vote.slot}: the basis of its ${vote.type} ${fault}`);
  }

  #takeRoot(platform: number, sequence: number, stateRoot: string): void {
    const known = this.#rootBySequence.get(sequence);
    if (known === undefined) this.#rootBySequence.set(sequence, stateRoot);
    else if (known !== stateRoot) this.#report(6, `platform ${platform} has state ${stateRoot} after sequence ${sequence}, another ${known}`);
  }

  #takeEvidence(evidence: Equivocation): void {
    const found = convictOf(this.#society, evidence);
    if ('fault' in found) this.#report(7, `slot ${evidence.slot}: a proof against its leader is kept that proves nothing: ${found.fault}`);
    else if (!this.#society.byzantine.has(found.convict)) this.#report(7, `slot ${evidence.slot}: evidence convicts honest platform ${found.convict}`);
  }
}

function signedPartOf(vote: OwnVote): Exclude<SignedStatement, { readonly type: 'PRE-PREPARE' | 'CHECKPOINT' }>;
function signedPartOf(message: SignedMessage): SignedStatement;
function signedPartOf(message: SignedMessage | OwnVote): SignedStatement {
  return message.type === 'PRE-PREPARE'
    ? { type: message.type, epoch: message.epoch, slot: message.slot, headerHash: message.block.hash } : message;
}

/** The same text for certificates with the same content. */
function certificateText(certificate: Certificate): string {
  const { kind, epoch, slot, signatures } = certificate;
  const block = certificate.kind === 'VIEW-CHANGE' ? '' : certificate.blockHash;
  const votes = signatures.map((one) => `${one.signer}${'first' in one ? `${Number(one.first)}${one.basisHash}` : ''}${Buffer.from(one.signature).toString('latin1')}`);
  return `${kind} ${epoch} ${slot} ${block} ${votes.join(' ')}`;
}
