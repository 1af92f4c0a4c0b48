import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { Block } from '../../src/types/block.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { ConsensusMessage, PrePrepare, Verified } from '../../src/types/messages.js';
import type { CheckSteps } from '../../src/validation/examination.js';
import { Examination } from '../../src/validation/examination.js';
import type { MessageValidation } from '../../src/validation/message-validator.js';
import { MessageValidator } from '../../src/validation/message-validator.js';
import { SIGNATURE_WORK, WorkMeter } from '../../src/validation/work-meter.js';
import { simVerifier } from './signatures.js';

/**
 * The production validator, asked once for each message rather than once for each of its receivers: what it answers
 * depends on nothing but the message and the society. Messages and payloads are never changed once they exist.
 */
export class MemoValidator extends MessageValidator {
  readonly #ofBlock = new WeakMap<Block, { readonly of: PrePrepare; readonly ok: boolean }[]>();
  readonly #decoded = new WeakMap<Uint8Array, ReturnType<MessageValidator['decode']>>();
  readonly #tokens = new WeakMap<Uint8Array, ConsensusMessage>();
  readonly #ofMessage = new WeakMap<ConsensusMessage, MessageValidation>();

  /** These bytes are carried in place of the message's encoding. */
  standsFor(token: Uint8Array, message: ConsensusMessage): void {
    this.#tokens.set(token, message);
  }

  override decode(bytes: Uint8Array): ReturnType<MessageValidator['decode']> {
    let result = this.#decoded.get(bytes);
    if (result === undefined) {
      const message = this.#tokens.get(bytes);
      result = message === undefined ? super.decode(bytes) : { ok: true, message };
      this.#decoded.set(bytes, result);
    }
    return result;
  }

  /** Of the same cost whatever was asked before, so that a run does not depend on earlier ones. */
  override examine(message: ConsensusMessage): Examination<MessageValidation> {
    const result = this.validate(message);
    const meter = new WorkMeter();
    const steps = function* (): CheckSteps {
      meter.add(SIGNATURE_WORK);
      yield;
      return result.ok ? undefined : result;
    };
    return new Examination(steps(), meter, result);
  }

  override validate(message: ConsensusMessage): MessageValidation {
    return message.type === 'PRE-PREPARE' ? this.#validateProposal(message) : this.#validateOnce(message);
  }

  /** A proposal is put together anew whenever it is passed on, mostly of the same parts. */
  #validateProposal(message: PrePrepare): MessageValidation {
    const known = this.#ofBlock.get(message.block) ?? [];
    const twin = known.find(({ ok, of }) => ok && isSameProposal(of, message));
    if (twin !== undefined) return { ok: true, message: message as Verified<PrePrepare> };
    const result = super.examine(message).finish();
    known.push({ of: message, ok: result.ok });
    this.#ofBlock.set(message.block, known);
    return result;
  }

  #validateOnce(message: ConsensusMessage): MessageValidation {
    let result = this.#ofMessage.get(message);
    if (result === undefined) {
      result = super.examine(message).finish();
      this.#ofMessage.set(message, result);
    }
    return result;
  }
}

export function memoValidatorOf({ chainId, parameters, membership }: Genesis, quorums: QuorumParameters): MemoValidator {
  return new MemoValidator({ chainId, parameters, membership, verifier: simVerifier, quorums });
}

function isSameProposal(a: PrePrepare, b: PrePrepare): boolean {
  const [{ parent, skips }, other] = [a.justification, b.justification];
  return a.slot === b.slot && a.epoch === b.epoch && a.signer === b.signer && a.signature === b.signature
    && parent === other.parent && skips.length === other.skips.length && skips.every((skip, index) => skip === other.skips[index]);
}
