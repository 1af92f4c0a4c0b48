import assert from 'node:assert/strict';
import type { DurableRecord } from '../../src/consensus/records.js';
import type { Block, BlockHeader } from '../../src/types/block.js';
import type { Certificate, FastCertificate, PrepareCertificate, SlowCertificate, ViewChangeCertificate } from '../../src/types/certificates.js';
import type { Hash } from '../../src/types/ids.js';
import { GENESIS_SLOT, toEpoch, toHash, toMemberIndex, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Commit, Equivocation, OwnVote, Prepare, PrePrepare, ViewChange, Vote } from '../../src/types/messages.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import { Checker } from './checker.js';
import { headerLayout, merkleRootOf, sha256Hex, statementLayout } from './layouts.js';
import type { SignedStatement } from './layouts.js';
import type { Observation } from './observation.js';
import type { Society } from './society.js';
import { violationText } from './violation.js';

/** Whoever signs, in place of Ed25519: the digest of signer and bytes, twice. */
function toySignature(signer: number, bytes: Uint8Array): Uint8Array {
  const digest = Buffer.from(sha256Hex(Uint8Array.of(signer), bytes), 'hex');
  return Uint8Array.from([...digest, ...digest]);
}

const EPOCH = toEpoch(0);
const CHAIN_ID = toHash(sha256Hex(Buffer.from('checked society')));
const MEMBERS_HASH = toHash(sha256Hex(Buffer.from('members')));

/** Makes messages, records and certificates by hand, and tells a checker what its platforms do with them. */
export class Stage {
  readonly society: Society;
  readonly checker: Checker;

  constructor(change: Partial<Society> = {}) {
    this.society = {
      chainId: CHAIN_ID, membersHash: MEMBERS_HASH, genesisTimestampMs: 1000, memberCount: 4, fastPath: 1, byzantine: new Set(),
      verify: (signer, bytes, signature) => Buffer.compare(toySignature(signer, bytes), signature) === 0, ...change,
    };
    this.checker = new Checker(this.society);
  }

  observe(...observations: readonly Observation[]): this {
    for (const observation of observations) this.checker.observe(observation);
    return this;
  }

  /** All violations, the ones found only at the end included. */
  found(): string[] {
    return this.checker.conclude().map(violationText);
  }

  sign(signer: number, statement: SignedStatement): Uint8Array {
    return toySignature(signer, statementLayout(CHAIN_ID, statement));
  }

  block(slot: number, { parent, sequence = toSequence((parent?.header.sequence ?? -1) + 1), ...change }: Partial<BlockHeader> & { readonly parent?: Block } = {}): Block {
    const header: BlockHeader = {
      chainId: CHAIN_ID, epoch: EPOCH, view: toView(slot - sequence), sequence, slot: toSlot(slot),
      parentSlot: parent?.header.slot ?? GENESIS_SLOT, parentHash: parent?.hash ?? CHAIN_ID, timestampMs: (parent?.header.timestampMs ?? 1000) + 1,
      transactionCount: 0, merkleRoot: toHash(merkleRootOf([])), nextMembersHash: MEMBERS_HASH, proposer: toMemberIndex(slot % this.society.memberCount),
      ...change,
    };
    return { hash: toHash(sha256Hex(headerLayout(header))), header, transactions: [], sizeBytes: 0 };
  }

  prePrepare(block: Block): PrePrepare {
    const { slot, proposer: signer } = block.header;
    const signature = this.sign(signer, { type: 'PRE-PREPARE', epoch: EPOCH, slot, headerHash: block.hash });
    return { type: 'PRE-PREPARE', epoch: EPOCH, slot, signer, block, justification: { parent: undefined, skips: [] }, signature };
  }

  prepare(signer: number, { hash, header: { slot, view, sequence } }: Block, { first = true, basisHash = ZERO_HASH } = {}): Prepare {
    const vote = { type: 'PREPARE', epoch: EPOCH, slot, blockHash: hash, first, basisHash } as const;
    return { ...vote, signer: toMemberIndex(signer), view, sequence, signature: this.sign(signer, vote) };
  }

  commit(signer: number, { hash, header: { slot, view, sequence } }: Block): Commit {
    const vote = { type: 'COMMIT', epoch: EPOCH, slot, blockHash: hash } as const;
    return { ...vote, signer: toMemberIndex(signer), view, sequence, signature: this.sign(signer, vote) };
  }

  viewChange(signer: number, slot: number, after?: { readonly block: Block; readonly basisHash: Hash }): ViewChange {
    const vote = {
      type: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), first: after === undefined, blockHash: after?.block.hash ?? ZERO_HASH, basisHash: after?.basisHash ?? ZERO_HASH,
    } as const;
    return { ...vote, signer: toMemberIndex(signer), newView: slot + 1, lastSequence: toSequence(-1), signature: this.sign(signer, vote) };
  }

  fast(block: Block, signers: readonly number[]): FastCertificate {
    return { ...this.#ofPrepares(block, signers), kind: 'FAST' };
  }

  prepared(block: Block, signers: readonly number[]): PrepareCertificate {
    return { ...this.#ofPrepares(block, signers), kind: 'PREPARE' };
  }

  #ofPrepares(block: Block, signers: readonly number[]): Omit<PrepareCertificate, 'kind'> {
    return { epoch: EPOCH, slot: block.header.slot, blockHash: block.hash, signatures: signers.map((signer) => this.prepare(signer, block)) };
  }

  slow(block: Block, signers: readonly number[]): SlowCertificate {
    return { kind: 'SLOW', epoch: EPOCH, slot: block.header.slot, blockHash: block.hash, signatures: signers.map((signer) => this.commit(signer, block)) };
  }

  skipped(slot: number, signers: readonly number[]): ViewChangeCertificate {
    return { kind: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signatures: signers.map((signer) => this.viewChange(signer, slot)) };
  }

  equivocation(one: Block, other: Block, signer: number = one.header.proposer): Equivocation {
    const signed = (block: Block) => ({
      header: block.header, blockHash: block.hash, signature: this.sign(signer, { type: 'PRE-PREPARE', epoch: EPOCH, slot: block.header.slot, headerHash: block.hash }),
    });
    return { type: 'EQUIVOCATION', epoch: EPOCH, slot: one.header.slot, headers: [signed(one), signed(other)] };
  }

  /** The bytes of a basis of these first votes, and of these two headers. */
  basis(votes: readonly (Prepare | ViewChange)[], evidence?: Equivocation): { readonly bytes: Uint8Array; readonly hash: Hash } {
    const headers = (evidence?.headers ?? []).flatMap(({ header, signature }) => {
      const bytes = headerLayout(header);
      const size = Buffer.alloc(4);
      size.writeUInt32BE(bytes.length);
      return [size, bytes, signature];
    });
    const entries = votes.flatMap((vote) => [statementLayout(CHAIN_ID, vote), Uint8Array.of(0, vote.signer), vote.signature]);
    const bytes = Buffer.concat([...headers, ...entries]);
    return { bytes, hash: toHash(sha256Hex(bytes)) };
  }
}

export const record = {
  block: (block: Block): DurableRecord => ({ type: 'block', slot: block.header.slot, epoch: EPOCH, block, signature: undefined }),
  proposed: (block: Block): DurableRecord => ({ type: 'proposed', epoch: EPOCH, slot: block.header.slot, blockHash: block.hash }),
  vote: (vote: Vote): DurableRecord => ({ type: 'vote', vote: unsigned(vote) }),
  basis: (slot: number, { bytes, hash }: ReturnType<Stage['basis']>): DurableRecord => ({ type: 'basis', epoch: EPOCH, slot: toSlot(slot), basisHash: hash, bytes }),
  certificate: (certificate: Certificate): DurableRecord => ({ type: 'certificate', certificate }),
  adopted: (block: Block, certificate?: FastCertificate | SlowCertificate): DurableRecord => (
    { type: 'adopted', epoch: EPOCH, slot: block.header.slot, sequence: block.header.sequence, block, certificate }),
  final: (block: Block, certificate?: FastCertificate | SlowCertificate): DurableRecord => (
    { type: 'final', epoch: EPOCH, slot: block.header.slot, sequence: block.header.sequence, block, certificate }),
} as const;

function unsigned(vote: Vote): OwnVote {
  switch (vote.type) {
    case 'PREPARE': { const { signature: _, ...rest } = vote; return rest; }
    case 'COMMIT': { const { signature: _, ...rest } = vote; return rest; }
    case 'VIEW-CHANGE': { const { signature: _, ...rest } = vote; return rest; }
  }
}

const durableAt = (platform: number, ...records: readonly DurableRecord[]): Observation => ({ type: 'durable', platform, records });

/** A platform calls blocks final after having written that down. */
export function final(platform: number, ...blocks: readonly CommittedBlock[]): Observation[] {
  return [durableAt(platform, ...blocks.map(({ block, certificate }) => record.final(block, certificate))), { type: 'final', platform, blocks }];
}

/** The same, where the first one is the beginning of a chain anew. */
export function adopted(platform: number, first: CommittedBlock, ...more: readonly CommittedBlock[]): Observation[] {
  return [durableAt(platform, record.adopted(first.block, first.certificate), ...more.map(({ block, certificate }) => record.final(block, certificate))), { type: 'final', platform, blocks: [first, ...more] }];
}

/** Exactly one violation, and of what. */
export function assertOne(stage: Stage, expected: RegExp): void {
  const found = stage.found();
  assert.equal(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', expected);
}

export function assertNone(stage: Stage): void {
  assert.deepEqual(stage.found(), []);
}
