import type { WireLimits } from '../codec/limits.js';
import { wireLimits } from '../codec/limits.js';
import { decodeConsensusMessage } from '../codec/wire/messages.js';
import type { QuorumParameters } from '../consensus/quorum.js';
import { quorumParameters } from '../consensus/quorum.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';
import type { Membership } from '../types/membership.js';
import type { ConsensusMessage, PrePrepare, Verified } from '../types/messages.js';
import type { SnapshotOffer } from '../types/snapshot.js';
import type { CommittedBlock, Status } from '../types/sync.js';
import { BodyVerdicts } from './body-verdicts.js';
import { checkCertificate } from './certificate-rules.js';
import type { ChainTip, ChainValidation } from './committed-chain.js';
import { validateChain } from './committed-chain.js';
import type { CheckSteps } from './examination.js';
import { Examination } from './examination.js';
import type { SignatureVerifier } from './member-signatures.js';
import { MemberSignatures } from './member-signatures.js';
import { MeteredVerifier } from './metered-verifier.js';
import { checkEquivocation, proposalHeadSteps, proposalSteps } from './proposal-rules.js';
import { checkSnapshotOffer } from './snapshot-rules.js';
import { checkStatus } from './status-rules.js';
import { TransactionValidator } from './transaction-validator.js';
import { unreadable } from './unreadable.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { ignore } from './verdict.js';
import { verified } from './verified.js';
import { checkCheckpoint, checkVote } from './vote-rules.js';
import { WorkMeter } from './work-meter.js';

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
    const meter = new WorkMeter();
    const metered = new MeteredVerifier(verifier, meter);
    this.transactions = transactions ?? new TransactionValidator({ chainId, maxTransactionBytes, verifier: metered });
    this.signatures = new MemberSignatures(membership, metered);
    this.limits = wireLimits(parameters, membership.members.length);
    this.#context = {
      chainId, parameters, membership, quorums, signatures: this.signatures, transactions: this.transactions,
      bodies: new BodyVerdicts(), meter, validCertificates: new WeakSet(),
    };
  }

  /** Takes apart what gossip or HTTP carried, and verifies nothing: of a proposal not even its transactions are read. */
  decode(bytes: Uint8Array): { readonly ok: true; readonly message: ConsensusMessage } | Rejection {
    try {
      return { ok: true, message: decodeConsensusMessage(bytes, this.limits) };
    } catch (error) {
      return unreadable(error);
    }
  }

  /** One consensus message as gossip, sync or HTTP carries it. */
  decodeAndValidate(bytes: Uint8Array): MessageValidation {
    const decoded = this.decode(bytes);
    return decoded.ok ? this.validate(decoded.message) : decoded;
  }

  /** In one piece, however large it is. */
  validate(message: ConsensusMessage): MessageValidation {
    return this.examine(message).finish();
  }

  /** The same in small steps. */
  examine(message: ConsensusMessage): Examination<MessageValidation> {
    return new Examination<MessageValidation>(this.#steps(message), this.#context.meter, { ok: true, message: verified(message) });
  }

  /** A proposal's certificates and its leader's signature: where its body will not matter. */
  examineHead(proposal: PrePrepare): Examination<{ readonly ok: true }> {
    return new Examination(this.#headSteps(proposal), this.#context.meter, { ok: true });
  }

  *#steps(message: ConsensusMessage): CheckSteps {
    const failure = this.#checkEpoch(message);
    if (failure !== undefined) return failure;
    return message.type === 'PRE-PREPARE' ? yield* proposalSteps(this.#context, message) : this.#check(message);
  }

  *#headSteps(proposal: PrePrepare): CheckSteps {
    return this.#checkEpoch(proposal) ?? (yield* proposalHeadSteps(this.#context, proposal));
  }

  #checkEpoch(message: ConsensusMessage): Rejection | undefined {
    const { epoch } = message.type === 'CERTIFICATE' ? message.certificate : message;
    const own = this.#context.membership.epoch;
    return epoch === own ? undefined : ignore('other-epoch', `${message.type}: is of epoch ${epoch}, not ${own}`);
  }

  #check(message: Exclude<ConsensusMessage, PrePrepare>): Rejection | undefined {
    switch (message.type) {
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
