import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { Block } from '../../src/types/block.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { ConsensusMessage, PrePrepare, Verified } from '../../src/types/messages.js';
import type { MessageValidation } from '../../src/validation/message-validator.js';
import { MessageValidator } from '../../src/validation/message-validator.js';
import { simVerifier } from './signatures.js';

/**
 * The production validator, asked once for each message rather than once for each of its receivers: what it answers
 * depends on nothing but the message and the society. Messages and payloads are never changed once they exist.
 */
export class MemoValidator extends MessageValidator {
  readonly #ofPayload = new WeakMap<Uint8Array, MessageValidation>();
  readonly #ofBlock = new WeakMap<Block, { readonly of: PrePrepare; readonly ok: boolean }[]>();
  readonly #tokens = new WeakMap<Uint8Array, ConsensusMessage>();
  readonly #ofMessage = new WeakMap<ConsensusMessage, MessageValidation>();

  /** These bytes are carried in place of the message's encoding. */
  standsFor(token: Uint8Array, message: ConsensusMessage): void {
    this.#tokens.set(token, message);
  }

  override decodeAndValidate(bytes: Uint8Array): MessageValidation {
    let result = this.#ofPayload.get(bytes);
    if (result === undefined) {
      const message = this.#tokens.get(bytes);
      result = message === undefined ? super.decodeAndValidate(bytes) : this.validate(message);
      this.#ofPayload.set(bytes, result);
    }
    return result;
  }

  override validate(message: ConsensusMessage): MessageValidation {
    return message.type === 'PRE-PREPARE' ? this.#validateProposal(message) : this.#validateOnce(message);
  }

  /** A proposal is put together anew whenever it is passed on, mostly of the same parts. */
  #validateProposal(message: PrePrepare): MessageValidation {
    const known = this.#ofBlock.get(message.block) ?? [];
    const twin = known.find(({ ok, of }) => ok && isSameProposal(of, message));
    if (twin !== undefined) return { ok: true, message: message as Verified<PrePrepare> };
    const result = super.validate(message);
    known.push({ of: message, ok: result.ok });
    this.#ofBlock.set(message.block, known);
    return result;
  }

  #validateOnce(message: ConsensusMessage): MessageValidation {
    let result = this.#ofMessage.get(message);
    if (result === undefined) {
      result = super.validate(message);
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
