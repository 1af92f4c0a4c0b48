import type { Block } from '../../src/types/block.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import { headerLayout, merkleRootOf, sha256Hex, transactionIdOf, ZERO } from './layouts.js';
import type { Society } from './society.js';
import { leaderOf } from './society.js';
import type { Report } from './violation.js';

/** A block of the one chain, as far as its neighbours need to know. */
export interface FinalBlock {
  readonly hash: string;
  readonly slot: number;
  readonly sequence: number;
  readonly parentHash: string;
  readonly parentSlot: number;
  readonly timestampMs: number;
}

/** Invariant 1: what honest platforms call final is one chain of valid blocks, whoever says it and whenever. */
export class FinalChain {
  readonly #society: Society;
  readonly #report: Report;
  readonly #bySequence = new Map<number, FinalBlock>();
  /** Blocks whose hash and body were checked. */
  readonly #checked = new WeakSet<Block>();

  constructor(society: Society, report: Report) {
    this.#society = society;
    this.#report = report;
    this.#bySequence.set(-1, { hash: society.chainId, slot: -1, sequence: -1, parentHash: ZERO, parentSlot: -1, timestampMs: society.genesisTimestampMs });
  }

  /** Blocks of the chain by sequence, genesis left out. */
  blocks(): FinalBlock[] {
    return [...this.#bySequence.values()].filter(({ sequence }) => sequence >= 0).sort((a, b) => a.sequence - b.sequence);
  }

  add(platform: number, { block, certificate }: CommittedBlock): void {
    const where = `platform ${platform} sequence ${block.header.sequence}`;
    if (certificate !== undefined && (certificate.blockHash !== block.hash || certificate.slot !== block.header.slot)) {
      this.#report(1, `${where}: the finality certificate shown for block ${block.hash.slice(0, 8)} is of another`);
    }
    const { sequence } = block.header;
    const known = this.#bySequence.get(sequence);
    this.#checkContent(where, block);
    if (known !== undefined) {
      if (known.hash !== block.hash) this.#report(1, `fork at sequence ${sequence}: platform ${platform} has block ${block.hash}, another ${known.hash}`);
      return;
    }
    const final: FinalBlock = { hash: block.hash, ...block.header };
    this.#bySequence.set(sequence, final);
    const [parent, child] = [this.#bySequence.get(sequence - 1), this.#bySequence.get(sequence + 1)];
    if (parent !== undefined) this.#checkLink(parent, final);
    if (child !== undefined) this.#checkLink(final, child);
  }

  #checkLink(parent: FinalBlock, child: FinalBlock): void {
    const where = `sequence ${child.sequence} block ${child.hash.slice(0, 8)}`;
    if (child.parentHash !== parent.hash) this.#report(1, `fork: ${where} does not extend the final block ${parent.hash} below it`);
    if (child.parentSlot !== parent.slot || child.slot <= parent.slot) this.#report(1, `${where}: slot ${child.slot} does not follow slot ${parent.slot}`);
    if (child.timestampMs <= parent.timestampMs) this.#report(1, `${where}: timestamp ${child.timestampMs} is not after its parent's`);
  }

  #checkContent(where: string, block: Block): void {
    if (this.#checked.has(block)) return;
    this.#checked.add(block);
    const { header, transactions } = block;
    const { chainId, membersHash } = this.#society;
    const wrong = (what: string): void => { this.#report(1, `${where}: ${what}`); };
    if (sha256Hex(headerLayout(header)) !== block.hash) wrong(`block ${block.hash} is not the hash of its header`);
    if (header.chainId !== chainId || header.epoch !== 0 || header.nextMembersHash !== membersHash) wrong('the header is of another society, epoch or member list');
    if (header.view + header.sequence !== header.slot) wrong(`view ${header.view} and sequence ${header.sequence} do not add up to slot ${header.slot}`);
    if (header.proposer !== leaderOf(this.#society, header.slot)) wrong(`proposed by ${header.proposer}, who does not lead slot ${header.slot}`);
    if (header.transactionCount !== transactions.length || header.merkleRoot !== merkleRootOf(transactions.map(({ bytes }) => bytes))) {
      wrong('the header names other transactions');
    }
    const ids = transactions.map(transactionIdOf);
    if (new Set(ids).size !== ids.length) wrong('a transaction is in the block twice');
    if (transactions.some(({ id }, index) => id !== ids[index])) wrong('a transaction goes by an id that is not its own');
  }
}
