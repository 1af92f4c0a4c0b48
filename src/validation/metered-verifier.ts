import type { SignatureVerifier } from './member-signatures.js';
import type { WorkMeter } from './work-meter.js';
import { SIGNATURE_WORK } from './work-meter.js';

/** Counts each check, so that its cost can be charged to the member that caused it. */
export class MeteredVerifier implements SignatureVerifier {
  readonly #verifier: SignatureVerifier;
  readonly #meter: WorkMeter;

  constructor(verifier: SignatureVerifier, meter: WorkMeter) {
    this.#verifier = verifier;
    this.#meter = meter;
  }

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    this.#meter.add(SIGNATURE_WORK);
    return this.#verifier.verify(publicKey, message, signature);
  }
}
