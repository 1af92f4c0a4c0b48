import { createHash } from 'node:crypto';
import type { BlockStore } from '../../../src/storage/stores.js';
import type { FastCertificate, FinalityCertificate } from '../../../src/types/certificates.js';
import { toEpoch, toHash, toMemberIndex, toPublicKeyHex, toSequence, toSlot, toView, ZERO_HASH, type Hash, type PublicKeyHex } from '../../../src/types/ids.js';
import type { Prepare, PrePrepare } from '../../../src/types/messages.js';
import type { CommittedBlock } from '../../../src/types/sync.js';

export const EPOCH = toEpoch(0);

export function hashOf(text: string): Hash {
  return toHash(createHash('sha256').update(text).digest('hex'));
}

export function peerNamed(name: string): PublicKeyHex {
  return toPublicKeyHex(createHash('sha256').update(`peer ${name}`).digest('hex'));
}

/** A signature list that the fake validation takes for genuine; anything else is a forgery. */
const GENUINE = [{ signer: toMemberIndex(0), first: true, basisHash: ZERO_HASH, signature: new Uint8Array(64).fill(1) }];

export function certificateFor(block: { hash: Hash; header: { slot: number } }, genuine = true): FastCertificate {
  return { kind: 'FAST', epoch: EPOCH, slot: toSlot(block.header.slot), blockHash: block.hash, signatures: genuine ? GENUINE : [] };
}

export function isGenuine(certificate: FinalityCertificate): boolean {
  return certificate.signatures.length > 0;
}

/** The block after `parent` (genesis where undefined); `skipped` slots lie between, `branch` tells forks apart. */
export function childOf(parent: CommittedBlock | undefined, options: { skipped?: number; branch?: string; sizeBytes?: number; certified?: boolean } = {}): CommittedBlock {
  const sequence = (parent?.block.header.sequence ?? -1) + 1;
  const parentSlot = parent?.block.header.slot ?? -1;
  const slot = parentSlot + 1 + (options.skipped ?? 0);
  const parentHash = parent?.block.hash ?? ZERO_HASH;
  const block = {
    hash: hashOf(`${parentHash} ${sequence} ${slot} ${options.branch ?? ''}`),
    header: {
      chainId: ZERO_HASH, epoch: EPOCH, view: toView(slot - sequence), sequence: toSequence(sequence), slot: toSlot(slot),
      parentSlot: toSlot(parentSlot), parentHash, timestampMs: sequence + 1, transactionCount: 0, merkleRoot: ZERO_HASH,
      nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
    },
    transactions: [],
    sizeBytes: options.sizeBytes ?? 300,
  };
  return { block, certificate: options.certified === false ? undefined : certificateFor(block) };
}

export function chainOf(length: number, options: (sequence: number) => Parameters<typeof childOf>[1] = () => ({})): CommittedBlock[] {
  const chain: CommittedBlock[] = [];
  for (let sequence = 0; sequence < length; sequence += 1) chain.push(childOf(chain.at(-1), options(sequence)));
  return chain;
}

/** Final blocks in an array, as the store interface promises them. */
export class MemoryBlockStore implements BlockStore {
  readonly chain: CommittedBlock[];
  first = 0;
  constructor(chain: readonly CommittedBlock[]) {
    this.chain = [...chain];
  }
  finalSequence() {
    return toSequence(this.chain.length - 1);
  }
  firstSequence() {
    return toSequence(this.first);
  }
  prune(sequence: number) {
    this.first = sequence;
    return Promise.resolve(false);
  }
  bySequence(sequence: number) {
    return Promise.resolve(this.chain[sequence]);
  }
  byHash(hash: Hash) {
    return Promise.resolve(this.chain.find(({ block }) => block.hash === hash));
  }
  range(fromSequence: number, maxCount: number, maxBytes: number) {
    const found: CommittedBlock[] = [];
    if (fromSequence < this.first) return Promise.resolve(found);
    let sizeBytes = 0;
    for (const entry of this.chain.slice(fromSequence, fromSequence + maxCount)) {
      sizeBytes += entry.block.sizeBytes;
      if (found.length > 0 && sizeBytes > maxBytes) break;
      found.push(entry);
    }
    return Promise.resolve(found);
  }
  equivocations() {
    return Promise.resolve([]);
  }
}

export function proposalOf({ block }: CommittedBlock): PrePrepare {
  return {
    type: 'PRE-PREPARE', epoch: EPOCH, slot: block.header.slot, signer: toMemberIndex(0), block,
    justification: { parent: undefined, skips: [] }, signature: new Uint8Array(64).fill(1),
  };
}

export function prepareFor({ block }: CommittedBlock, signer: number): Prepare {
  return {
    type: 'PREPARE', epoch: EPOCH, slot: block.header.slot, signer: toMemberIndex(signer), blockHash: block.hash, first: true,
    basisHash: ZERO_HASH, view: block.header.view, sequence: block.header.sequence, signature: new Uint8Array(64).fill(1),
  };
}
