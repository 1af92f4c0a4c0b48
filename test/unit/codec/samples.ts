import { assembleBlock } from '../../../src/codec/block.js';
import type { GenesisContent } from '../../../src/codec/genesis.js';
import { genesisChainId, membersHash } from '../../../src/codec/genesis.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { wireLimits } from '../../../src/codec/limits.js';
import { createSigner } from '../../../src/crypto/ed25519.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Certificate } from '../../../src/types/certificates.js';
import type { Hash } from '../../../src/types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPlatformName, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { ConsensusMessage, Equivocation, OwnVote, SignedHeader } from '../../../src/types/messages.js';
import type { Status, SyncRequest, SyncResponse } from '../../../src/types/sync.js';

/** Fixed values, one of every kind, from which the golden vectors in test/vectors are made. */

export const hashOf = (name: string): Hash => sha256Hash(Buffer.from(name));
/** 64 bytes that stand for a signature: codecs do not verify. */
export const mark = (value: number): Uint8Array => new Uint8Array(64).fill(value);

const signers = [0, 1, 2, 3].map((index) => createSigner(new Uint8Array(32).fill(index + 1)));
const names = ['Thor', 'Sprout', 'Legion', 'Platform2'];
export const MEMBERS = signers.map(({ publicKey }, index) => ({ name: toPlatformName(names[index]!), publicKey }));

export const GENESIS: GenesisContent = {
  society: 'lct:web4:society:demo',
  timestampMs: 1_700_000_000_000,
  parameters: { fastPath: 1, maxBlockBytes: 2_000_000, maxBlockTransactions: 1_000, maxTransactionBytes: 100_000, checkpointInterval: 100 },
  members: MEMBERS,
};
export const CHAIN_ID = genesisChainId(GENESIS);
export const LIMITS = wireLimits(GENESIS.parameters, 4);

const client = createSigner(new Uint8Array(32).fill(9));
export const TRANSACTIONS = [0, 1, 2 ** 32 + 5].map((nonce, index) => createTransaction(
  { chainId: CHAIN_ID, sender: client.publicKey, nonce, payload: new Uint8Array(Buffer.from('payload '.repeat(index))) },
  (bytes) => client.sign(bytes),
));

export const BLOCK = assembleBlock({
  chainId: CHAIN_ID, epoch: toEpoch(0), view: toView(2), sequence: toSequence(5), slot: toSlot(7), parentSlot: toSlot(4),
  parentHash: hashOf('parent'), timestampMs: 1_700_000_001_234, nextMembersHash: membersHash(MEMBERS), proposer: toMemberIndex(3),
}, TRANSACTIONS);
export const EMPTY_BLOCK = assembleBlock({
  ...BLOCK.header, view: toView(0), sequence: toSequence(0), slot: toSlot(0), parentSlot: toSlot(-1), parentHash: CHAIN_ID, proposer: toMemberIndex(0),
}, []);

const place = { epoch: toEpoch(0), slot: toSlot(7) };
export const PREPARE = {
  type: 'PREPARE', ...place, signer: toMemberIndex(1), blockHash: BLOCK.hash, first: true, basisHash: ZERO_HASH, view: toView(2), sequence: toSequence(5), signature: mark(1),
} as const;
export const FALLBACK_PREPARE = { ...PREPARE, signer: toMemberIndex(2), first: false, basisHash: hashOf('basis'), signature: mark(2) } as const;
export const COMMIT = {
  type: 'COMMIT', ...place, signer: toMemberIndex(3), blockHash: BLOCK.hash, view: toView(2), sequence: toSequence(5), signature: mark(3),
} as const;
export const VIEW_CHANGE = {
  type: 'VIEW-CHANGE', ...place, signer: toMemberIndex(0), first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, newView: 8, lastSequence: toSequence(-1), signature: mark(4),
} as const;
export const FALLBACK_VIEW_CHANGE = {
  ...VIEW_CHANGE, signer: toMemberIndex(2), first: false, blockHash: BLOCK.hash, basisHash: hashOf('basis'), newView: 3, lastSequence: toSequence(4), signature: mark(5),
} as const;
export const CHECKPOINT = {
  type: 'CHECKPOINT', epoch: toEpoch(0), sequence: toSequence(100), signer: toMemberIndex(1), stateRoot: hashOf('state'), signature: mark(6),
} as const;

const prepares = [PREPARE, FALLBACK_PREPARE].map(({ signer, first, basisHash, signature }) => ({ signer, first, basisHash, signature }));
export const CERTIFICATES = {
  PREPARE: { kind: 'PREPARE', ...place, blockHash: BLOCK.hash, signatures: prepares },
  FAST: { kind: 'FAST', ...place, blockHash: BLOCK.hash, signatures: prepares },
  SLOW: { kind: 'SLOW', ...place, blockHash: BLOCK.hash, signatures: [{ signer: COMMIT.signer, signature: COMMIT.signature }] },
  'VIEW-CHANGE': {
    kind: 'VIEW-CHANGE', ...place,
    signatures: [VIEW_CHANGE, FALLBACK_VIEW_CHANGE].map(({ signer, first, blockHash, basisHash, signature }) => ({ signer, first, blockHash, basisHash, signature })),
  },
} as const satisfies Record<Certificate['kind'], Certificate>;

export const PRE_PREPARE = {
  type: 'PRE-PREPARE', ...place, signer: toMemberIndex(3), block: BLOCK, signature: mark(7),
  justification: { parent: { ...CERTIFICATES.SLOW, slot: toSlot(4) }, skips: [{ ...CERTIFICATES['VIEW-CHANGE'], slot: toSlot(5) }, CERTIFICATES['VIEW-CHANGE']] },
} as const;

export const SIGNED_HEADERS: readonly [SignedHeader, SignedHeader] = [
  { header: BLOCK.header, blockHash: BLOCK.hash, signature: mark(8) },
  { header: EMPTY_BLOCK.header, blockHash: EMPTY_BLOCK.hash, signature: mark(9) },
];
export const EQUIVOCATION: Equivocation = { type: 'EQUIVOCATION', ...place, headers: SIGNED_HEADERS };

export const MESSAGES: Readonly<Record<string, ConsensusMessage>> = {
  prePrepare: PRE_PREPARE,
  prePrepareOptimistic: { ...PRE_PREPARE, block: EMPTY_BLOCK, justification: { parent: undefined, skips: [] } },
  prepare: PREPARE,
  prepareFallback: FALLBACK_PREPARE,
  commit: COMMIT,
  viewChange: VIEW_CHANGE,
  viewChangeFallback: FALLBACK_VIEW_CHANGE,
  checkpoint: CHECKPOINT,
  certificatePrepare: { type: 'CERTIFICATE', certificate: CERTIFICATES.PREPARE },
  certificateFast: { type: 'CERTIFICATE', certificate: CERTIFICATES.FAST },
  certificateSlow: { type: 'CERTIFICATE', certificate: CERTIFICATES.SLOW },
  certificateViewChange: { type: 'CERTIFICATE', certificate: CERTIFICATES['VIEW-CHANGE'] },
  equivocation: EQUIVOCATION,
};

const withoutSignature = <T extends { readonly signature: Uint8Array }>(vote: T): Omit<T, 'signature'> => (
  Object.fromEntries(Object.entries(vote).filter(([field]) => field !== 'signature')) as Omit<T, 'signature'>);
export const OWN_VOTES: Readonly<Record<string, OwnVote>> = {
  prepare: withoutSignature(PREPARE), commit: withoutSignature(COMMIT), viewChange: withoutSignature(VIEW_CHANGE), viewChangeFallback: withoutSignature(FALLBACK_VIEW_CHANGE),
};

const STATUS: Status = {
  epoch: toEpoch(0), finalSlot: toSlot(7), finalSequence: toSequence(5), finalHash: BLOCK.hash, finalityCertificate: CERTIFICATES.FAST,
  highestCertificate: CERTIFICATES['VIEW-CHANGE'], currentSlot: toSlot(8), observing: true,
};
const GENESIS_STATUS: Status = {
  epoch: toEpoch(0), finalSlot: toSlot(-1), finalSequence: toSequence(-1), finalHash: CHAIN_ID, finalityCertificate: undefined, highestCertificate: undefined,
  currentSlot: toSlot(0), observing: false,
};
export const REQUESTS: Readonly<Record<string, SyncRequest>> = {
  status: { type: 'STATUS-REQUEST', status: GENESIS_STATUS },
  blocks: { type: 'BLOCKS-REQUEST', fromSequence: toSequence(3), maxCount: 100, maxBytes: 1_000_000 },
  slots: { type: 'SLOTS-REQUEST', status: STATUS, messages: [PREPARE, PRE_PREPARE], transactions: TRANSACTIONS.map(({ bytes }) => bytes) },
  slotsEmpty: { type: 'SLOTS-REQUEST', status: GENESIS_STATUS, messages: [], transactions: [] },
  snapshot: { type: 'SNAPSHOT-REQUEST' },
  chunk: { type: 'CHUNK-REQUEST', sequence: toSequence(1000), index: 7 },
};
export const RESPONSES: Readonly<Record<string, SyncResponse>> = {
  status: { type: 'STATUS-RESPONSE', status: STATUS },
  blocks: {
    type: 'BLOCKS-RESPONSE', finalSequence: toSequence(5), firstSequence: toSequence(2),
    blocks: [{ block: EMPTY_BLOCK, certificate: undefined }, { block: BLOCK, certificate: CERTIFICATES.SLOW }],
  },
  blocksNone: { type: 'BLOCKS-RESPONSE', finalSequence: toSequence(-1), firstSequence: toSequence(0), blocks: [] },
  slots: { type: 'SLOTS-RESPONSE', status: STATUS, messages: [VIEW_CHANGE, EQUIVOCATION] },
  snapshotNone: { type: 'SNAPSHOT-RESPONSE', offer: undefined },
  snapshot: {
    type: 'SNAPSHOT-RESPONSE',
    offer: {
      manifest: { sequence: toSequence(4), stateRoot: ZERO_HASH, entryCount: 3, sizeBytes: 77, chunkHashes: [BLOCK.hash, EMPTY_BLOCK.hash] },
      blocks: [{ block: EMPTY_BLOCK, certificate: undefined }, { block: BLOCK, certificate: CERTIFICATES.SLOW }],
      checkpoints: [CHECKPOINT],
    },
  },
  chunk: { type: 'CHUNK-RESPONSE', chunk: Uint8Array.of(1, 2, 3) },
  chunkNone: { type: 'CHUNK-RESPONSE', chunk: undefined },
};
