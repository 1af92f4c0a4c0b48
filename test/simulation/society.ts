import { assembleBlock } from '../../src/codec/block.js';
import { genesisChainId, membersHash } from '../../src/codec/genesis.js';
import { statementBytes } from '../../src/codec/statement.js';
import { createTransaction } from '../../src/codec/transaction.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { leaderOf, quorumParameters } from '../../src/consensus/quorum.js';
import type { FinalTip } from '../../src/consensus/records.js';
import type { Ed25519Signer } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';
import { genesisTip } from '../../src/storage/consensus-log.js';
import type { Block, HeaderTemplate, Transaction } from '../../src/types/block.js';
import type { CommitSignature, FastCertificate, PrepareCertificate, PrepareSignature, SlowCertificate, ViewChangeCertificate } from '../../src/types/certificates.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import { toEpoch, toMemberIndex, toPlatformName, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type {
  Checkpoint, Commit, Equivocation, Justification, Prepare, PrePrepare, SignedHeader, SignedMessage, Statement, ViewChange,
} from '../../src/types/messages.js';
import type { MemoValidator } from './memo-validator.js';
import { memoValidatorOf } from './memo-validator.js';
import { simKey, simSigner } from './signatures.js';

/** Society and sizes of a simulation; the same options give the same chainId. */
export interface SocietyOptions {
  readonly members: number;
  readonly fastPath?: number | 'off';
  readonly checkpointInterval?: number;
}

export interface BlockShape {
  readonly slot: number;
  /** Genesis where absent. */
  readonly parent?: Block | FinalTip;
  /** Tells blocks apart: the label of its one transaction. */
  readonly label?: string;
  /** In place of the one transaction. */
  readonly transactions?: readonly Transaction[];
  /** What is to be wrong with it. */
  readonly header?: Partial<HeaderTemplate>;
}

const EPOCH = toEpoch(0);
const SOCIETY = 'lct:web4:society:simulated';
/** Later than the timestamps of blocks made by hand, and earlier than the world's clock. */
const BLOCK_TIMESTAMP_MS = 500_000;

/**
 * A simulated society: its genesis, everybody's keys, and whatever may be made with them by hand, correctly signed.
 * Wrong signatures are made by the caller: `{ ...message, signature: other.signature }`.
 */
export class Society {
  readonly genesis: Genesis;
  /** As the specification says. */
  readonly quorum: QuorumParameters;
  readonly genesisTip: FinalTip;
  readonly signers: readonly Ed25519Signer[];
  /** Shared by all platforms and worlds of the society. */
  readonly validator: MemoValidator;

  constructor({ members: memberCount, fastPath, checkpointInterval = 10 }: SocietyOptions) {
    this.quorum = quorumParameters(memberCount, fastPath);
    const members = Array.from({ length: memberCount }, (_, index) => ({ name: toPlatformName(`P${index}`), publicKey: simKey(`member ${index}`) }));
    const parameters = { fastPath: this.quorum.fastPath, maxBlockBytes: 64 * 1024, maxBlockTransactions: 1_000, maxTransactionBytes: 4 * 1024, checkpointInterval };
    this.genesis = {
      chainId: genesisChainId({ society: SOCIETY, timestampMs: 0, parameters, members }),
      society: SOCIETY, timestampMs: 0, parameters,
      membership: { epoch: EPOCH, members, membersHash: membersHash(members) },
    };
    this.genesisTip = genesisTip(this.chainId, 0);
    this.validator = memoValidatorOf(this.genesis, this.quorum);
    this.signers = members.map(({ publicKey }) => simSigner(publicKey));
  }

  get chainId(): Hash {
    return this.genesis.chainId;
  }

  /** A member's signature over any bytes. */
  signature(bytes: Uint8Array, member: number): Uint8Array {
    const signer = this.signers[member];
    if (signer === undefined) throw new Error(`no member ${member}`);
    return signer.sign(bytes);
  }

  /** The statement, signed by the member it names as its signer. */
  sign<S extends Statement>(statement: S): S & Pick<SignedMessage, 'signature'> {
    return { ...statement, signature: this.signature(statementBytes(this.chainId, statement), statement.signer) };
  }

  /** PUT label = label, by an account of its own. */
  transaction(label: string): Transaction {
    const account = simSigner(simKey(`account ${label}`));
    const unsigned = { chainId: this.chainId, sender: account.publicKey, nonce: 0, payload: encodePut(label, label) };
    return createTransaction(unsigned, (bytes) => account.sign(bytes));
  }

  /** A block that fits its parent by rule J, unless `header` says otherwise. */
  block({ slot, parent = this.genesisTip, label = 'b', transactions = [this.transaction(`${label}${slot}`)], header = {} }: BlockShape): Block {
    const above = 'header' in parent ? { hash: parent.hash, ...parent.header } : parent;
    return assembleBlock({
      chainId: this.chainId, epoch: EPOCH, view: toView(above.view + slot - above.slot - 1), sequence: toSequence(above.sequence + 1),
      slot: toSlot(slot), parentSlot: above.slot, parentHash: above.hash, timestampMs: BLOCK_TIMESTAMP_MS + slot,
      nextMembersHash: this.genesis.membership.membersHash, proposer: leaderOf(toSlot(slot), this.quorum.memberCount), ...header,
    }, transactions);
  }

  prePrepare(block: Block, justification: Partial<Justification> = {}): PrePrepare {
    const { slot, epoch, proposer } = block.header;
    return this.sign({ type: 'PRE-PREPARE', epoch, slot, signer: proposer, block, justification: { parent: undefined, skips: [], ...justification } });
  }

  prepare(slot: number, signer: number, blockHash: Hash, first = true, basisHash = ZERO_HASH): Prepare {
    return this.sign({
      type: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, first, basisHash, view: toView(0), sequence: toSequence(slot),
    });
  }

  commit(slot: number, signer: number, blockHash: Hash): Commit {
    return this.sign({ type: 'COMMIT', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, view: toView(0), sequence: toSequence(slot) });
  }

  /** A first vote, or with `after` the VIEW-CHANGE(first=0) of one who first voted for that block. */
  viewChange(slot: number, signer: number, after?: { readonly blockHash: Hash; readonly basisHash: Hash }): ViewChange {
    return this.sign({
      type: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), first: after === undefined,
      blockHash: after?.blockHash ?? ZERO_HASH, basisHash: after?.basisHash ?? ZERO_HASH, newView: slot + 1, lastSequence: toSequence(-1),
    });
  }

  checkpoint(sequence: number, signer: number, stateRoot: Hash): Checkpoint {
    return this.sign({ type: 'CHECKPOINT', epoch: EPOCH, sequence: toSequence(sequence), signer: toMemberIndex(signer), stateRoot });
  }

  prepareCertificate(slot: number, blockHash: Hash, signers: readonly number[]): PrepareCertificate {
    return { kind: 'PREPARE', ...this.#firstVotes(slot, blockHash, signers) };
  }

  fastCertificate(slot: number, blockHash: Hash, signers: readonly number[]): FastCertificate {
    return { kind: 'FAST', ...this.#firstVotes(slot, blockHash, signers) };
  }

  #firstVotes(slot: number, blockHash: Hash, signers: readonly number[]): Omit<PrepareCertificate, 'kind'> {
    const signatures = signers.map((signer): PrepareSignature => {
      const { first, basisHash, signature } = this.prepare(slot, signer, blockHash);
      return { signer: toMemberIndex(signer), first, basisHash, signature };
    });
    return { epoch: EPOCH, slot: toSlot(slot), blockHash, signatures };
  }

  slowCertificate(slot: number, blockHash: Hash, signers: readonly number[]): SlowCertificate {
    const signatures = signers.map((signer): CommitSignature => ({ signer: toMemberIndex(signer), signature: this.commit(slot, signer, blockHash).signature }));
    return { kind: 'SLOW', epoch: EPOCH, slot: toSlot(slot), blockHash, signatures };
  }

  /** A VIEW-CHANGE certificate: the slot may be skipped. */
  skip(slot: number, signers: readonly number[]): ViewChangeCertificate {
    return {
      kind: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot),
      signatures: signers.map((signer) => {
        const { first, blockHash, basisHash, signature } = this.viewChange(slot, signer);
        return { signer: toMemberIndex(signer), first, blockHash, basisHash, signature };
      }),
    };
  }

  signedHeader(block: Block): SignedHeader {
    return { header: block.header, blockHash: block.hash, signature: this.prePrepare(block).signature };
  }

  equivocation(one: Block, other: Block): Equivocation {
    return { type: 'EQUIVOCATION', epoch: EPOCH, slot: one.header.slot, headers: [this.signedHeader(one), this.signedHeader(other)] };
  }

  leaderOf(slot: number): MemberIndex {
    return leaderOf(toSlot(slot), this.quorum.memberCount);
  }
}

const known = new Map<string, Society>();

/** One object for the same options, since genesis takes longer to make than many a run. */
export function societyOf(options: SocietyOptions): Society {
  const name = JSON.stringify([options.members, options.fastPath, options.checkpointInterval]);
  let society = known.get(name);
  if (society === undefined) {
    society = new Society(options);
    known.set(name, society);
  }
  return society;
}
