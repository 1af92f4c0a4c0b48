import { CodecError } from '../codec/codec-error.js';
import type { WireLimits } from '../codec/limits.js';
import { wireLimits } from '../codec/limits.js';
import { decodeConsensusMessage } from '../codec/wire/messages.js';
import type { QuorumParameters } from '../consensus/quorum.js';
import { quorumParameters } from '../consensus/quorum.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { ConsensusMessage, Verified } from '../types/messages.js';
import type { SnapshotOffer } from '../types/snapshot.js';
import type { CommittedBlock, Status } from '../types/sync.js';
import { checkCertificate } from './certificate-rules.js';
import type { ChainTip, ChainValidation } from './committed-chain.js';
import { validateChain } from './committed-chain.js';
import type { SignatureVerifier } from './member-signatures.js';
import { MemberSignatures } from './member-signatures.js';
import { checkEquivocation, checkPrePrepare } from './proposal-rules.js';
import { checkSnapshotOffer } from './snapshot-rules.js';
import { checkStatus } from './status-rules.js';
import { TransactionValidator } from './transaction-validator.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { ignore, reject } from './verdict.js';
import { verified } from './verified.js';
import { checkCheckpoint, checkVote } from './vote-rules.js';

export interface MessageValidatorOptions {
  readonly chainId: Hash;
  readonly parameters: ProtocolParameters;
  /** The members of the epoch whose messages are taken. */
  readonly membership: Membership;
  readonly verifier: SignatureVerifier;
  /** Those of the parameters if absent; others show in a simulation what wrong ones do. */
  readonly quorums?: QuorumParameters;
  /** To share one with the mempool; made if absent. */
  readonly transactions?: TransactionValidator;
}

export type MessageValidation = { readonly ok: true; readonly message: Verified<ConsensusMessage> } | Rejection;
export type StatusValidation = { readonly ok: true; readonly status: Verified<Status> } | Rejection;

/**
 * The one judge of everything that comes from outside in one epoch: gossip, sync and HTTP alike. It checks what can be
 * checked without the chain; what is left for the core is rule J, the clock, and what it keeps. Never throws on input.
 */
export class MessageValidator {
  readonly transactions: TransactionValidator;
  readonly signatures: MemberSignatures;
  readonly limits: WireLimits;
  readonly #context: ValidationContext;

  /** @throws QuorumError when the parameters do not fit the number of members */
  constructor({ chainId, parameters, membership, verifier, transactions, quorums = quorumParameters(membership.members.length, parameters.fastPath) }: MessageValidatorOptions) {
    const { maxTransactionBytes } = parameters;
    this.transactions = transactions ?? new TransactionValidator({ chainId, maxTransactionBytes, verifier });
    this.signatures = new MemberSignatures(membership, verifier);
    this.limits = wireLimits(parameters, membership.members.length);
    this.#context = { chainId, parameters, membership, quorums, signatures: this.signatures, validCertificates: new WeakSet() };
  }

  /** One consensus message as gossip, sync or HTTP carries it. */
  decodeAndValidate(bytes: Uint8Array): MessageValidation {
    let message: ConsensusMessage;
    try {
      message = decodeConsensusMessage(bytes, this.limits);
    } catch (error) {
      return unreadable(error);
    }
    return this.validate(message);
  }

  validate(message: ConsensusMessage): MessageValidation {
    try {
      return this.#check(message) ?? { ok: true, message: verified(message) };
    } catch (error) {
      return unreadable(error);
    }
  }

  #check(message: ConsensusMessage): Rejection | undefined {
    const { epoch } = message.type === 'CERTIFICATE' ? message.certificate : message;
    const own = this.#context.membership.epoch;
    if (epoch !== own) return ignore('other-epoch', `${message.type}: is of epoch ${epoch}, not ${own}`);
    switch (message.type) {
      case 'PRE-PREPARE':
        return checkPrePrepare(this.#context, this.transactions, message);
      case 'PREPARE':
      case 'COMMIT':
      case 'VIEW-CHANGE':
        return checkVote(this.#context, message);
      case 'CHECKPOINT':
        return checkCheckpoint(this.#context, message);
      case 'CERTIFICATE':
        return checkCertificate(this.#context, message.certificate);
      case 'EQUIVOCATION':
        return checkEquivocation(this.#context, message);
    }
  }

  /** Where a peer says it stands, as far as its certificates prove it. */
  validateStatus(status: Status): StatusValidation {
    try {
      return checkStatus(this.#context, status) ?? { ok: true, status: verified(status) };
    } catch (error) {
      return unreadable(error);
    }
  }

  /** A snapshot that a peer offers, as far as it can be checked before its chunks are here. */
  validateSnapshotOffer(offer: SnapshotOffer): ReturnType<typeof checkSnapshotOffer> {
    try {
      return checkSnapshotOffer(this.#context, offer);
    } catch (error) {
      return unreadable(error);
    }
  }

  /** Final blocks served by a peer, which must continue `tip`. */
  validateCommittedChain(blocks: readonly CommittedBlock[], tip: ChainTip): ChainValidation {
    try {
      return validateChain(this.#context, blocks, tip);
    } catch (error) {
      return { verified: [], unproven: [], error: unreadable(error) };
    }
  }
}

/** A value that has no encoding cannot have been signed either. Anything but a CodecError is a defect of ours. */
function unreadable(error: unknown): Rejection {
  if (!(error instanceof CodecError)) throw error;
  return reject(error.code === 'too-large' ? 'too-large' : 'malformed', error.message);
}
