import type {
  BlockCertificate, Certificate, CommitSignature, FinalityCertificate, PrepareCertificate, PrepareSignature,
  ViewChangeCertificate, ViewChangeSignature,
} from '../types/certificates.js';
import type { Epoch, Hash, MemberIndex, Slot } from '../types/ids.js';
import type { Commit, Equivocation, Prepare, SignedHeader, ViewChange, Vote } from '../types/messages.js';
import type { QuorumParameters } from './quorum.js';
import { leaderOf } from './quorum.js';
import type { ProposedBlock } from './records.js';
import type { OwnVotes, SlotHoldings } from './voting.js';

/** A proposal with what this platform found out about it. */
export interface Proposal extends ProposedBlock {
  /** Justified and valid by rule J: set once, never taken back, because certificates do not go away. */
  votable: boolean;
  /** Contradicts its parent for good (sequence, view or timestamp). */
  invalid: boolean;
  /** Body and header are in the vote store. */
  durable: boolean;
}

/** Signed votes of one block, one per signer in each map. */
interface BlockTally {
  readonly first: Map<MemberIndex, Prepare>;
  readonly fallback: Map<MemberIndex, Prepare>;
  readonly commits: Map<MemberIndex, Commit>;
}

interface SignerVotes {
  /** Distinct PREPAREs kept; bounded by SPEC section 8. */
  prepareCount: number;
  readonly firstVotes: (Prepare | ViewChange)[];
  viewChange: ViewChange | undefined;
  viewChangeFallback: ViewChange | undefined;
  readonly commits: Commit[];
}

const bySigner = (a: { readonly signer: MemberIndex }, b: { readonly signer: MemberIndex }): number => a.signer - b.signer;

/**
 * Everything held of one slot: proposals, votes, certificates, and this platform's own votes. Bounded as
 * SPEC section 8 says: per signer ⌈n/2⌉+2 distinct PREPAREs, one VIEW-CHANGE of each `first`, one COMMIT and one
 * conflicting one; two headers as evidence, and every other one that its votes make matter (`wantsProposal`).
 */
export class SlotRecord implements SlotHoldings {
  readonly slot: Slot;
  readonly epoch: Epoch;
  readonly leader: MemberIndex;
  readonly own: OwnVotes = { first: undefined, fallback: new Set(), viewChangeFallback: false, commit: undefined };
  /** The own proposal's hash: at most one per slot (R1). */
  ownProposal: Hash | undefined;
  timerExpired = false;
  /** A proposal here is ahead of the own clock, and that was told (SPEC section 6). */
  earlyTold = false;
  readonly proposals = new Map<Hash, Proposal>();
  readonly prepareCertificates = new Map<Hash, PrepareCertificate>();
  readonly finalityCertificates = new Map<Hash, FinalityCertificate>();
  viewChangeCertificate: ViewChangeCertificate | undefined;
  equivocation: Equivocation | undefined;
  /** When a vote first named a block that is not held; undefined while there is none. */
  missingSinceMs: number | undefined;

  /** When a certificate of a block in this slot was first held; undefined while there is none. */
  certifiedSinceMs: number | undefined;

  readonly #parameters: QuorumParameters;
  readonly #maxPreparesPerSigner: number;
  readonly #tallies = new Map<Hash, BlockTally>();
  readonly #signers = new Map<MemberIndex, SignerVotes>();

  constructor(epoch: Epoch, slot: Slot, parameters: QuorumParameters) {
    this.epoch = epoch;
    this.slot = slot;
    this.leader = leaderOf(slot, parameters.memberCount);
    this.#parameters = parameters;
    this.#maxPreparesPerSigner = Math.ceil(parameters.memberCount / 2) + 2;
  }

  get headerSeen(): boolean {
    return this.proposals.size > 0 || this.equivocation !== undefined;
  }

  get leaderEquivocated(): boolean {
    return this.equivocation !== undefined;
  }

  get leaderHeaders(): readonly [SignedHeader, SignedHeader] | undefined {
    return this.equivocation?.headers;
  }

  get certified(): boolean {
    return this.prepareCertificates.size > 0 || this.finalityCertificates.size > 0;
  }

  /** Q VIEW-CHANGEs, or a certified block: the slot can be left (R7). */
  get leavable(): boolean {
    return this.viewChangeCertificate !== undefined || this.certified;
  }

  *votable(): Iterable<Hash> {
    for (const proposal of this.proposals.values()) if (proposal.votable) yield proposal.block.hash;
  }

  /** Certified blocks whose body is held, so that it can be made durable before a COMMIT (R5). */
  *committable(): Iterable<Hash> {
    for (const hash of this.prepareCertificates.keys()) if (this.proposals.has(hash)) yield hash;
  }

  blockCertificate(hash: Hash): BlockCertificate | undefined {
    return this.finalityCertificates.get(hash) ?? this.prepareCertificates.get(hash);
  }

  /**
   * Bodies are large, so of the many headers a Byzantine leader may sign only those are kept that matter: the first two
   * (evidence), certified ones, and those with enough PREPAREs for R4a or R4b. With fewer than that on every block the
   * slot can be skipped.
   */
  wantsProposal(hash: Hash): boolean {
    if (this.proposals.has(hash)) return false;
    return this.proposals.size < 2 || this.#isSupported(hash);
  }

  #isSupported(hash: Hash): boolean {
    if (this.blockCertificate(hash) !== undefined) return true;
    const { faultTolerance, equivocationThreshold, fastPath } = this.#parameters;
    const needed = fastPath === 'off' ? faultTolerance + 1 : Math.max(1, Math.min(faultTolerance + 1, equivocationThreshold));
    return this.preparesFromNonLeaders(hash) >= needed;
  }

  addProposal(proposed: ProposedBlock, durable: boolean): Proposal {
    const proposal: Proposal = { ...proposed, votable: false, invalid: false, durable };
    this.proposals.set(proposed.block.hash, proposal);
    return proposal;
  }

  /** What the leader signed here, or the first of it; undefined where no proposal is held. */
  signedHeader(): SignedHeader | undefined {
    for (const { block, signature } of this.proposals.values()) return { header: block.header, blockHash: block.hash, signature };
    return undefined;
  }

  /** R9: the proof that a header contradicts one that is held; undefined where it does not, or where proof is held. */
  contradiction(seen: SignedHeader): Equivocation | undefined {
    if (this.equivocation !== undefined) return undefined;
    for (const { block, signature } of this.proposals.values()) {
      if (block.hash === seen.blockHash) continue;
      const held: SignedHeader = { header: block.header, blockHash: block.hash, signature };
      return { type: 'EQUIVOCATION', epoch: this.epoch, slot: this.slot, headers: [held, seen] };
    }
    return undefined;
  }

  /** Blocks worth asking for: certified or supported, or while none is held, named by any vote. */
  missingBlocks(): Hash[] {
    const missing: Hash[] = [];
    const named = new Set([...this.#tallies.keys(), ...this.prepareCertificates.keys(), ...this.finalityCertificates.keys()]);
    for (const hash of named) {
      if (!this.proposals.has(hash) && (this.proposals.size === 0 || this.#isSupported(hash))) missing.push(hash);
    }
    return missing;
  }

  /** Counts a vote. False where it adds nothing: known already, or beyond the bounds. */
  addVote(vote: Vote): boolean {
    if (!this.wantsVote(vote)) return false;
    switch (vote.type) {
      case 'PREPARE': this.#addPrepare(vote); break;
      case 'COMMIT': this.#addCommit(vote); break;
      case 'VIEW-CHANGE': this.#addViewChange(vote); break;
    }
    return true;
  }

  /** Whether a vote would add anything. */
  wantsVote(vote: Vote): boolean {
    const signer = this.#signers.get(vote.signer);
    if (signer === undefined) return true;
    switch (vote.type) {
      case 'PREPARE': {
        if (signer.prepareCount >= this.#maxPreparesPerSigner) return false;
        const tally = this.#tallies.get(vote.blockHash);
        return (vote.first ? tally?.first : tally?.fallback)?.has(vote.signer) !== true;
      }
      case 'COMMIT': return signer.commits.length < 2 && signer.commits.every((held) => held.blockHash !== vote.blockHash);
      case 'VIEW-CHANGE': return (vote.first ? signer.viewChange : signer.viewChangeFallback) === undefined;
    }
  }

  #addPrepare(vote: Prepare): void {
    const signer = this.#signer(vote.signer);
    signer.prepareCount += 1;
    if (vote.first) signer.firstVotes.push(vote);
    const { first, fallback } = this.#tally(vote.blockHash);
    (vote.first ? first : fallback).set(vote.signer, vote);
  }

  #addCommit(vote: Commit): void {
    this.#signer(vote.signer).commits.push(vote);
    this.#tally(vote.blockHash).commits.set(vote.signer, vote);
  }

  #addViewChange(vote: ViewChange): void {
    const signer = this.#signer(vote.signer);
    if (vote.first) {
      signer.viewChange = vote;
      signer.firstVotes.push(vote);
    } else {
      signer.viewChangeFallback = vote;
    }
  }

  /** Certificates that the votes held now amount to and that were not held before; they are stored. */
  formCertificates(): Certificate[] {
    const formed: Certificate[] = [];
    for (const hash of this.#tallies.keys()) formed.push(...this.#formBlockCertificates(hash));
    if (this.viewChangeCertificate === undefined) {
      const signatures = this.#viewChangeSignatures();
      if (signatures.length >= this.#parameters.quorum) {
        this.viewChangeCertificate = {
          kind: 'VIEW-CHANGE', epoch: this.epoch, slot: this.slot,
          signatures: signatures.slice(0, this.#parameters.quorum),
        };
        formed.push(this.viewChangeCertificate);
      }
    }
    return formed;
  }

  #formBlockCertificates(blockHash: Hash): Certificate[] {
    const { first, fallback, commits } = this.#tally(blockHash);
    const { quorum, fastQuorum } = this.#parameters;
    const place = { epoch: this.epoch, slot: this.slot, blockHash };
    const formed: Certificate[] = [];
    if (!this.prepareCertificates.has(blockHash) && first.size + fallback.size >= quorum) {
      const bySignerOnce = new Map([...fallback, ...first]);
      if (bySignerOnce.size >= quorum) {
        const certificate: PrepareCertificate = { kind: 'PREPARE', ...place, signatures: prepareSignatures(bySignerOnce, quorum) };
        this.prepareCertificates.set(blockHash, certificate);
        formed.push(certificate);
      }
    }
    if (!this.finalityCertificates.has(blockHash)) {
      const certificate: FinalityCertificate | undefined =
        first.size >= fastQuorum ? { kind: 'FAST', ...place, signatures: prepareSignatures(first, fastQuorum) }
        : commits.size >= quorum ? { kind: 'SLOW', ...place, signatures: commitSignatures(commits, quorum) }
        : undefined;
      if (certificate !== undefined) {
        this.finalityCertificates.set(blockHash, certificate);
        formed.push(certificate);
      }
    }
    return formed;
  }

  /** Stores a certificate got from elsewhere. False where one of its kind for its block is held. */
  addCertificate(certificate: Certificate): boolean {
    if (!this.wantsCertificate(certificate)) return false;
    switch (certificate.kind) {
      case 'VIEW-CHANGE': this.viewChangeCertificate = certificate; break;
      case 'PREPARE': this.prepareCertificates.set(certificate.blockHash, certificate); break;
      case 'FAST':
      case 'SLOW': this.finalityCertificates.set(certificate.blockHash, certificate); break;
    }
    return true;
  }

  /** False where one of its kind for its block is held. */
  wantsCertificate(certificate: Certificate): boolean {
    switch (certificate.kind) {
      case 'VIEW-CHANGE': return this.viewChangeCertificate === undefined;
      case 'PREPARE': return !this.prepareCertificates.has(certificate.blockHash);
      case 'FAST':
      case 'SLOW': return !this.finalityCertificates.has(certificate.blockHash);
    }
  }

  certificates(): Certificate[] {
    const held: Certificate[] = [...this.prepareCertificates.values(), ...this.finalityCertificates.values()];
    if (this.viewChangeCertificate !== undefined) held.push(this.viewChangeCertificate);
    return held;
  }

  /** All votes held, in signer order. */
  votes(): Vote[] {
    const held: Vote[] = [];
    for (const { first, fallback, commits } of this.#tallies.values()) held.push(...first.values(), ...fallback.values(), ...commits.values());
    for (const signer of this.#signers.values()) {
      if (signer.viewChange !== undefined) held.push(signer.viewChange);
      if (signer.viewChangeFallback !== undefined) held.push(signer.viewChangeFallback);
    }
    return held.sort(bySigner);
  }

  prepareCount(blockHash: Hash): number {
    const tally = this.#tallies.get(blockHash);
    return tally === undefined ? 0 : new Set([...tally.first.keys(), ...tally.fallback.keys()]).size;
  }

  commitCount(blockHash: Hash): number {
    return this.#tallies.get(blockHash)?.commits.size ?? 0;
  }

  viewChangeCount(): number {
    let count = 0;
    for (const signer of this.#signers.values()) if (signer.viewChange ?? signer.viewChangeFallback) count += 1;
    return count;
  }

  preparesFromNonLeaders(blockHash: Hash): number {
    const tally = this.#tallies.get(blockHash);
    if (tally === undefined) return 0;
    const signers = new Set([...tally.first.keys(), ...tally.fallback.keys()]);
    signers.delete(this.leader);
    return signers.size;
  }

  firstPreparesFromNonLeaders(blockHash: Hash): Prepare[] {
    const first = this.#tallies.get(blockHash)?.first;
    return first === undefined ? [] : [...first.values()].filter((vote) => vote.signer !== this.leader).sort(bySigner);
  }

  /** One first vote per signer that is not for `blockHash`; a signer of two first votes counts against every block. */
  firstVotesElsewhere(blockHash: Hash): (Prepare | ViewChange)[] {
    const elsewhere: (Prepare | ViewChange)[] = [];
    for (const { firstVotes } of this.#signers.values()) {
      const vote = firstVotes.find((held) => held.type === 'VIEW-CHANGE' || held.blockHash !== blockHash);
      if (vote !== undefined) elsewhere.push(vote);
    }
    return elsewhere.sort(bySigner);
  }

  #viewChangeSignatures(): ViewChangeSignature[] {
    const signatures: ViewChangeSignature[] = [];
    for (const held of this.#signers.values()) {
      const vote = held.viewChange ?? held.viewChangeFallback;
      if (vote === undefined) continue;
      const { signer, first, blockHash, basisHash, signature } = vote;
      signatures.push({ signer, first, blockHash, basisHash, signature });
    }
    return signatures.sort(bySigner);
  }

  #tally(blockHash: Hash): BlockTally {
    let tally = this.#tallies.get(blockHash);
    if (tally === undefined) {
      tally = { first: new Map(), fallback: new Map(), commits: new Map() };
      this.#tallies.set(blockHash, tally);
    }
    return tally;
  }

  #signer(index: MemberIndex): SignerVotes {
    let signer = this.#signers.get(index);
    if (signer === undefined) {
      signer = { prepareCount: 0, firstVotes: [], viewChange: undefined, viewChangeFallback: undefined, commits: [] };
      this.#signers.set(index, signer);
    }
    return signer;
  }
}

function prepareSignatures(votes: ReadonlyMap<MemberIndex, Prepare>, count: number): PrepareSignature[] {
  return [...votes.values()].sort(bySigner).slice(0, count)
    .map(({ signer, first, basisHash, signature }) => ({ signer, first, basisHash, signature }));
}

function commitSignatures(votes: ReadonlyMap<MemberIndex, Commit>, count: number): CommitSignature[] {
  return [...votes.values()].sort(bySigner).slice(0, count).map(({ signer, signature }) => ({ signer, signature }));
}
