import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { Block } from '../../src/types/block.js';
import type { Certificate } from '../../src/types/certificates.js';
import type { Hash, Slot } from '../../src/types/ids.js';
import type { PrePrepare, Vote } from '../../src/types/messages.js';
import { EPOCH } from '../unit/consensus/fixtures.js';

/** What honest platforms voted in one slot, and the blocks that were signed for it. */
interface SlotSaid {
  readonly slot: Slot;
  readonly proposals: PrePrepare[];
  readonly votes: Vote[];
  readonly first: Map<Hash, number>;
  readonly prepares: Map<Hash, number>;
  readonly commits: Map<Hash, number>;
  viewChanges: number;
}

/**
 * Everything that was ever said, whoever it reached. Byzantine platforms may sign any vote at any time, so a certificate
 * exists as soon as f votes and those of honest platforms are enough for it: these are the certificates that the
 * invariants speak of, and that the adversary may show to whom it likes.
 */
export class Said {
  readonly #parameters: QuorumParameters;
  readonly #slots: SlotSaid[] = [];
  readonly #blocks = new Map<Hash, Block>();

  constructor(parameters: QuorumParameters) {
    this.#parameters = parameters;
  }

  /** From slot 0 to the highest in which anything was said. */
  get slots(): readonly SlotSaid[] {
    return this.#slots;
  }

  propose(proposal: PrePrepare): void {
    this.#at(proposal.slot).proposals.push(proposal);
    this.#blocks.set(proposal.block.hash, proposal.block);
  }

  vote(vote: Vote): void {
    const said = this.#at(vote.slot);
    said.votes.push(vote);
    if (vote.type === 'VIEW-CHANGE') {
      said.viewChanges += 1;
      return;
    }
    if (vote.type === 'PREPARE' && vote.first) increment(said.first, vote.blockHash);
    increment(vote.type === 'PREPARE' ? said.prepares : said.commits, vote.blockHash);
  }

  /** Certificates of a slot that exist with the help of f Byzantine signatures. */
  certificates({ slot, proposals, first, prepares, commits, viewChanges }: SlotSaid): Certificate[] {
    const { quorum, fastQuorum, faultTolerance } = this.#parameters;
    const place = { epoch: EPOCH, slot, signatures: [] };
    const certificates: Certificate[] = viewChanges + faultTolerance >= quorum ? [{ kind: 'VIEW-CHANGE', ...place }] : [];
    for (const { block: { hash: blockHash } } of proposals) {
      if ((prepares.get(blockHash) ?? 0) + faultTolerance >= quorum) certificates.push({ kind: 'PREPARE', blockHash, ...place });
      if ((first.get(blockHash) ?? 0) + faultTolerance >= fastQuorum) certificates.push({ kind: 'FAST', blockHash, ...place });
      if ((commits.get(blockHash) ?? 0) + faultTolerance >= quorum) certificates.push({ kind: 'SLOW', blockHash, ...place });
    }
    return certificates;
  }

  /** The invariant of SPEC section 13 that is broken, if one is. */
  violation(): string | undefined {
    let final: Block | undefined;
    for (const said of this.#slots) {
      const certificates = this.certificates(said);
      for (const certificate of certificates) {
        if (certificate.kind !== 'FAST' && certificate.kind !== 'SLOW') continue;
        const rival = certificates.find((other) => other.kind === 'VIEW-CHANGE' || other.blockHash !== certificate.blockHash);
        if (rival !== undefined) return `invariant 2: slot ${said.slot} has a ${certificate.kind} certificate, and a ${rival.kind} certificate beside it`;
        const block = this.#blocks.get(certificate.blockHash);
        if (block === undefined || block === final) continue;
        if (final !== undefined && !this.#descends(block, final)) {
          return `invariant 1: the final block in slot ${block.header.slot} does not descend from the final block in slot ${final.header.slot}`;
        }
        final = block;
      }
    }
    return undefined;
  }

  #descends(block: Block, from: Block): boolean {
    for (let at: Block | undefined = block; at !== undefined && at.header.slot >= from.header.slot; at = this.#blocks.get(at.header.parentHash)) {
      if (at.hash === from.hash) return true;
    }
    return false;
  }

  #at(slot: Slot): SlotSaid {
    for (let next = this.#slots.length; next <= slot; next += 1) {
      this.#slots.push({ slot: next as Slot, proposals: [], votes: [], first: new Map(), prepares: new Map(), commits: new Map(), viewChanges: 0 });
    }
    const said = this.#slots[slot];
    if (said === undefined) throw new RangeError(`slot ${slot}`);
    return said;
  }
}

function increment(counts: Map<Hash, number>, hash: Hash): void {
  counts.set(hash, (counts.get(hash) ?? 0) + 1);
}
