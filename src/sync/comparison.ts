import type { PublicKeyHex } from '../types/ids.js';

/**
 * The comparison with the peers after a restart (SPEC section 5): it ends when every other member has shown its
 * slot state and this platform is not behind any more, and after one slot timeout whatever happened. A member that
 * cannot be reached is waited for until then, since connections take a moment to come up.
 */
export class RestartComparison {
  readonly deadlineMs: number;
  readonly #waitingFor: Set<PublicKeyHex>;
  #ended = false;

  constructor(others: readonly PublicKeyHex[], timeoutMs: number, nowMs: number) {
    this.deadlineMs = nowMs + timeoutMs;
    this.#waitingFor = new Set(others);
  }

  get ended(): boolean {
    return this.#ended;
  }

  noteAnswer(peer: PublicKeyHex): void {
    this.#waitingFor.delete(peer);
  }

  /** True once: when the comparison has just ended. */
  end(catchingUp: boolean, nowMs: number): boolean {
    if (this.#ended) return false;
    this.#ended = nowMs >= this.deadlineMs || (this.#waitingFor.size === 0 && !catchingUp);
    return this.#ended;
  }
}
