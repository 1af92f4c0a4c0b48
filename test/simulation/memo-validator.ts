import type { ConsensusMessage } from '../../src/types/messages.js';
import type { MessageValidation } from '../../src/validation/message-validator.js';
import { MessageValidator } from '../../src/validation/message-validator.js';

/**
 * The production validator, asked once for each message rather than once for each of its receivers: what it answers
 * depends on nothing but the message and the society. Messages and payloads are never changed once they exist.
 */
export class MemoValidator extends MessageValidator {
  readonly #ofPayload = new WeakMap<Uint8Array, MessageValidation>();
  readonly #ofMessage = new WeakMap<ConsensusMessage, MessageValidation>();

  override decodeAndValidate(bytes: Uint8Array): MessageValidation {
    let result = this.#ofPayload.get(bytes);
    if (result === undefined) {
      result = super.decodeAndValidate(bytes);
      this.#ofPayload.set(bytes, result);
    }
    return result;
  }

  override validate(message: ConsensusMessage): MessageValidation {
    let result = this.#ofMessage.get(message);
    if (result === undefined) {
      result = super.validate(message);
      this.#ofMessage.set(message, result);
    }
    return result;
  }
}
