import type { WireLimits } from '../../src/codec/limits.js';
import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import type { SyncWire } from '../../src/sync/service-ports.js';
import { SYNC_WIRE } from '../../src/sync/service-ports.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { MemoValidator } from './memo-validator.js';

/** Of so many messages, requests and answers one is really encoded and decoded. */
const ENCODED_EVERY = 16;

/**
 * Most of what platforms exchange they exchange again and again, so to encode and decode all of it would take much of
 * a simulation's time and check the same thing as often: one in sixteen is enough. The others are told by a token in
 * place of their bytes. That decoding undoes encoding is shown elsewhere, for every kind of message.
 */
export class SimWire implements SyncWire {
  readonly #requests = new WeakMap<Uint8Array, SyncRequest>();
  readonly #responses = new WeakMap<Uint8Array, SyncResponse>();
  readonly #validator: MemoValidator;
  #count = 0;

  constructor(validator: MemoValidator) {
    this.#validator = validator;
  }

  encodeMessage(message: ConsensusMessage): Uint8Array {
    if (this.#isEncoded()) return encodeConsensusMessage(message);
    const token = new Uint8Array(0);
    this.#validator.standsFor(token, message);
    return token;
  }

  encodeRequest(request: SyncRequest): Uint8Array {
    return this.#isEncoded() ? SYNC_WIRE.encodeRequest(request) : tokenOf(request, this.#requests);
  }

  decodeRequest(bytes: Uint8Array, limits: WireLimits, admit?: (messageCount: number) => void): SyncRequest {
    return this.#requests.get(bytes) ?? kept(bytes, SYNC_WIRE.decodeRequest(bytes, limits, admit), this.#requests);
  }

  encodeResponse(response: SyncResponse): Uint8Array {
    return this.#isEncoded() ? SYNC_WIRE.encodeResponse(response) : tokenOf(response, this.#responses);
  }

  decodeResponse(bytes: Uint8Array, limits: WireLimits): SyncResponse {
    return this.#responses.get(bytes) ?? kept(bytes, SYNC_WIRE.decodeResponse(bytes, limits), this.#responses);
  }

  #isEncoded(): boolean {
    this.#count += 1;
    return this.#count % ENCODED_EVERY === 0;
  }
}

function tokenOf<T>(value: T, values: WeakMap<Uint8Array, T>): Uint8Array {
  const token = new Uint8Array(0);
  values.set(token, value);
  return token;
}

/** The network looks at what it carries before the receiver does. */
function kept<T>(bytes: Uint8Array, value: T, values: WeakMap<Uint8Array, T>): T {
  values.set(bytes, value);
  return value;
}
