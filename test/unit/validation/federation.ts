import { assembleBlock } from '../../../src/codec/block.js';
import { genesisChainId, membersHash } from '../../../src/codec/genesis.js';
import { prePrepareStatementBytes, statementBytes, voteStatementBytes } from '../../../src/codec/statement.js';
import type { SignedVote } from '../../../src/codec/statement.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { largestFastPath, leaderOf, quorumParameters } from '../../../src/consensus/quorum.js';
import { createSigner, selectVerifier } from '../../../src/crypto/ed25519.js';
import type { Ed25519Signer } from '../../../src/crypto/ed25519.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Block, HeaderTemplate, Transaction } from '../../../src/types/block.js';
import type {
  FastCertificate, PrepareCertificate, SlowCertificate, ViewChangeCertificate,
} from '../../../src/types/certificates.js';
import type { Genesis, ProtocolParameters } from '../../../src/types/genesis.js';
import { GENESIS_SLOT, ZERO_HASH, toEpoch, toMemberIndex, toPlatformName, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { Hash } from '../../../src/types/ids.js';
import type {
  Checkpoint, Commit, Equivocation, PrePrepare, Prepare, SignedHeader, SignedMessage, Unsigned, ViewChange,
} from '../../../src/types/messages.js';
import { MessageValidator } from '../../../src/validation/message-validator.js';
import type { SignatureVerifier } from '../../../src/validation/member-signatures.js';

const EPOCH = toEpoch(0);
const seedOf = (name: string): Uint8Array => new Uint8Array(Buffer.from(sha256Hash(Buffer.from(`seed of ${name}`)), 'hex'));

const PARAMETERS = { maxBlockBytes: 20_000, maxBlockTransactions: 1_000, maxTransactionBytes: 1000, checkpointInterval: 10 };

/** Any hash, by a name. */
export const hashOf = (name: string): Hash => sha256Hash(Buffer.from(name));

/** A small society with real keys: makes every message an honest or a Byzantine member could. */
export class Federation {
  readonly signers: readonly Ed25519Signer[];
  readonly genesis: Genesis;
  readonly client = createSigner(seedOf('client'));
  /** How often the verifier was asked. */
  verifications = 0;

  constructor(memberCount: number, parameters: Partial<ProtocolParameters> = {}) {
    this.signers = Array.from({ length: memberCount }, (_, index) => createSigner(seedOf(`member ${index}`)));
    const members = this.signers.map(({ publicKey }, index) => ({ name: toPlatformName(`P${index}`), publicKey }));
    const content = { society: 'lct:web4:society:test', timestampMs: 1_700_000_000_000, parameters: { fastPath: largestFastPath(memberCount), ...PARAMETERS, ...parameters }, members };
    this.genesis = {
      ...content, chainId: genesisChainId(content), membership: { epoch: EPOCH, members, membersHash: membersHash(members) },
    };
  }

  get chainId(): Hash {
    return this.genesis.chainId;
  }

  get n(): number {
    return this.signers.length;
  }

  get quorum(): number {
    return quorumParameters(this.n, this.genesis.parameters.fastPath).quorum;
  }

  validator(): MessageValidator {
    const real = selectVerifier();
    const verifier: SignatureVerifier = {
      verify: (publicKey, message, signature) => {
        this.verifications += 1;
        return real.verify(publicKey, message, signature);
      },
    };
    return new MessageValidator({ chainId: this.chainId, parameters: this.genesis.parameters, membership: this.genesis.membership, verifier });
  }

  sign<M extends SignedMessage>(statement: Unsigned<M>, by: number = (statement as unknown as SignedMessage).signer): M {
    const signature = this.signers[by]!.sign(statementBytes(this.chainId, statement));
    return { ...statement, signature } as unknown as M;
  }

  signVote(signer: number, vote: SignedVote): Uint8Array {
    return this.signers[signer]!.sign(voteStatementBytes(this.chainId, vote));
  }

  transaction(nonce: number, options: { readonly chainId?: Hash; readonly payloadBytes?: number } = {}): Transaction {
    const { chainId = this.chainId, payloadBytes = 20 } = options;
    return createTransaction({ chainId, sender: this.client.publicKey, nonce, payload: new Uint8Array(payloadBytes).fill(nonce) }, (bytes) => this.client.sign(bytes));
  }

  template(slot: number, overrides: Partial<HeaderTemplate> = {}): HeaderTemplate {
    return {
      chainId: this.chainId, epoch: EPOCH, view: toView(0), sequence: toSequence(slot), slot: toSlot(slot),
      parentSlot: toSlot(slot - 1), parentHash: slot === 0 ? this.chainId : hashOf(`block ${slot - 1}`),
      timestampMs: 1_700_000_000_000 + slot + 1, nextMembersHash: this.genesis.membership.membersHash,
      proposer: leaderOf(toSlot(slot), this.n), ...overrides,
    };
  }

  block(slot: number, transactions: readonly Transaction[] = [], overrides: Partial<HeaderTemplate> = {}): Block {
    return assembleBlock(this.template(slot, overrides), transactions);
  }

  /** Consecutive blocks from sequence 0, one per slot. */
  chain(length: number): readonly Block[] {
    const blocks: Block[] = [];
    for (let slot = 0; slot < length; slot += 1) {
      blocks.push(this.block(slot, [this.transaction(slot)], slot === 0 ? {} : { parentHash: blocks[slot - 1]!.hash }));
    }
    return blocks;
  }

  prePrepare(block: Block, overrides: Partial<Unsigned<PrePrepare>> = {}): PrePrepare {
    const { epoch, slot, proposer } = block.header;
    return this.sign<PrePrepare>({ type: 'PRE-PREPARE', epoch, slot, signer: proposer, block, justification: { parent: undefined, skips: [] }, ...overrides });
  }

  prepare(signer: number, slot: number, blockHash: Hash, overrides: Partial<Unsigned<Prepare>> = {}): Prepare {
    return this.sign<Prepare>({
      type: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, first: true, basisHash: ZERO_HASH,
      view: toView(0), sequence: toSequence(slot), ...overrides,
    });
  }

  commit(signer: number, slot: number, blockHash: Hash, overrides: Partial<Unsigned<Commit>> = {}): Commit {
    return this.sign<Commit>({
      type: 'COMMIT', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, view: toView(0), sequence: toSequence(slot), ...overrides,
    });
  }

  viewChange(signer: number, slot: number, overrides: Partial<Unsigned<ViewChange>> = {}): ViewChange {
    return this.sign<ViewChange>({
      type: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH,
      newView: slot + 1, lastSequence: toSequence(-1), ...overrides,
    });
  }

  checkpoint(signer: number, sequence: number, overrides: Partial<Unsigned<Checkpoint>> = {}): Checkpoint {
    return this.sign<Checkpoint>({ type: 'CHECKPOINT', epoch: EPOCH, sequence: toSequence(sequence), signer: toMemberIndex(signer), stateRoot: hashOf('state'), ...overrides });
  }

  prepareCertificate(slot: number, blockHash: Hash, signers = this.range(this.quorum)): PrepareCertificate {
    return {
      kind: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), blockHash,
      signatures: signers.map((signer) => {
        const { first, basisHash, signature } = this.prepare(signer, slot, blockHash);
        return { signer: toMemberIndex(signer), first, basisHash, signature };
      }),
    };
  }

  fastCertificate(slot: number, blockHash: Hash, signers = this.range(this.n)): FastCertificate {
    return { ...this.prepareCertificate(slot, blockHash, signers), kind: 'FAST' };
  }

  slowCertificate(slot: number, blockHash: Hash, signers = this.range(this.quorum)): SlowCertificate {
    return {
      kind: 'SLOW', epoch: EPOCH, slot: toSlot(slot), blockHash,
      signatures: signers.map((signer) => ({ signer: toMemberIndex(signer), signature: this.commit(signer, slot, blockHash).signature })),
    };
  }

  viewChangeCertificate(slot: number, signers = this.range(this.quorum)): ViewChangeCertificate {
    return {
      kind: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot),
      signatures: signers.map((signer) => {
        const { first, blockHash, basisHash, signature } = this.viewChange(signer, slot);
        return { signer: toMemberIndex(signer), first, blockHash, basisHash, signature };
      }),
    };
  }

  signedHeader(block: Block, by: number = block.header.proposer): SignedHeader {
    const { header, hash } = block;
    return { header, blockHash: hash, signature: this.signers[by]!.sign(prePrepareStatementBytes(this.chainId, header.epoch, header.slot, hash)) };
  }

  equivocation(slot: number): Equivocation {
    const headers = [this.signedHeader(this.block(slot)), this.signedHeader(this.block(slot, [], { timestampMs: 1_800_000_000_000 }))] as const;
    return { type: 'EQUIVOCATION', epoch: EPOCH, slot: toSlot(slot), headers };
  }

  range(count: number): readonly number[] {
    return Array.from({ length: count }, (_, index) => index);
  }

  get genesisTip(): { hash: Hash; slot: typeof GENESIS_SLOT; sequence: ReturnType<typeof toSequence>; timestampMs: number } {
    return { hash: this.chainId, slot: GENESIS_SLOT, sequence: toSequence(-1), timestampMs: this.genesis.timestampMs };
  }
}
