import { assembleBlock } from '../../../src/codec/block.js';
import { wireLimits } from '../../../src/codec/limits.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { sha256, sha256Hash } from '../../../src/crypto/hash.js';
import type { DurableRecord } from '../../../src/consensus/records.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import type { ChainDescription } from '../../../src/storage/platform-store.js';
import type { Block } from '../../../src/types/block.js';
import type { PrepareCertificate, SlowCertificate, ViewChangeCertificate } from '../../../src/types/certificates.js';
import type { Hash } from '../../../src/types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { Equivocation, OwnVote } from '../../../src/types/messages.js';

export const EPOCH = toEpoch(0);
export const SIGNATURE = new Uint8Array(64).fill(7);
export const CHAIN_ID = sha256Hash(new Uint8Array([1]));
export const CHAIN: ChainDescription = {
  chainId: CHAIN_ID,
  genesisTip: genesisTip(CHAIN_ID, 1_000),
  limits: wireLimits({ maxBlockBytes: 4 << 20, maxBlockTransactions: 1_000, maxTransactionBytes: 1 << 16 }, 4),
};

export interface BlockPlace {
  readonly sequence: number;
  readonly slot: number;
  readonly parent: Hash;
  readonly salt?: number;
}

/** A block with one transaction; `salt` makes another one in the same place. */
export function blockAt({ sequence, slot, parent, salt = 0 }: BlockPlace): Block {
  const transaction = createTransaction(
    { chainId: CHAIN_ID, sender: toPublicKeyHex('ab'.repeat(32)), nonce: sequence * 10 + salt, payload: new Uint8Array(50) },
    (message) => Buffer.concat([sha256(message), sha256(message)]),
  );
  return assembleBlock({
    chainId: CHAIN_ID, epoch: EPOCH, view: toView(slot - sequence), sequence: toSequence(sequence), slot: toSlot(slot), parentSlot: toSlot(slot - 1),
    parentHash: parent, timestampMs: 2_000 + slot, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(slot % 4),
  }, [transaction]);
}

/** Blocks 0 to count−1, each in the slot of its sequence. */
export function chainOf(count: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let sequence = 0; sequence < count; sequence += 1) {
    blocks.push(blockAt({ sequence, slot: sequence, parent: blocks.at(-1)?.hash ?? CHAIN_ID }));
  }
  return blocks;
}

export function proposalRecord(block: Block): DurableRecord {
  return { type: 'block', epoch: EPOCH, slot: block.header.slot, block, signature: SIGNATURE };
}

/** An own proposal, written before it is signed. */
export function ownProposalRecord(block: Block): DurableRecord {
  return { type: 'block', epoch: EPOCH, slot: block.header.slot, block, signature: undefined };
}

export function slowCertificate(block: Block): SlowCertificate {
  return { kind: 'SLOW', epoch: EPOCH, slot: block.header.slot, blockHash: block.hash, signatures: [{ signer: toMemberIndex(0), signature: SIGNATURE }] };
}

export function prepareCertificate(block: Block): PrepareCertificate {
  const signature = { signer: toMemberIndex(0), first: true, basisHash: ZERO_HASH, signature: SIGNATURE };
  return { kind: 'PREPARE', epoch: EPOCH, slot: block.header.slot, blockHash: block.hash, signatures: [signature] };
}

export function skipCertificate(slot: number): ViewChangeCertificate {
  const signature = { signer: toMemberIndex(1), first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, signature: SIGNATURE };
  return { kind: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signatures: [signature] };
}

export function finalRecord(block: Block, options: { readonly certified?: boolean } = {}): DurableRecord {
  return {
    type: 'final', epoch: EPOCH, slot: block.header.slot, sequence: block.header.sequence, block,
    certificate: options.certified === false ? undefined : slowCertificate(block),
  };
}

type VoteOf<Type extends OwnVote['type']> = Extract<OwnVote, { readonly type: Type }>;

export function prepare(slot: number, blockHash: Hash, change: Partial<VoteOf<'PREPARE'>> = {}): OwnVote {
  return { type: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(0), blockHash, first: true, basisHash: ZERO_HASH, view: toView(0), sequence: toSequence(slot), ...change };
}

export function commit(slot: number, blockHash: Hash): OwnVote {
  return { type: 'COMMIT', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(0), blockHash, view: toView(0), sequence: toSequence(slot) };
}

export function viewChange(slot: number, change: Partial<VoteOf<'VIEW-CHANGE'>> = {}): OwnVote {
  return { type: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(0), first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, newView: 1, lastSequence: toSequence(slot - 1), ...change };
}

export function voteRecord(vote: OwnVote): DurableRecord {
  return { type: 'vote', vote };
}

export function equivocation(left: Block, right: Block): Equivocation {
  const signed = (block: Block): Equivocation['headers'][0] => ({ header: block.header, blockHash: block.hash, signature: SIGNATURE });
  return { type: 'EQUIVOCATION', epoch: EPOCH, slot: left.header.slot, headers: [signed(left), signed(right)] };
}

export const hashOf = (text: string): Hash => sha256Hash(Buffer.from(text));
