import type { HostClock } from './host-clock.js';

/** Turns of the event loop that other work lets pass at most, one after the other. */
const MAX_PASSED_TURNS = 8;

/**
 * Lets other work wait while something urgent is under way: votes wait for the bodies of proposals, and clients for votes,
 * so that time given to the next transactions meanwhile makes all of them later. It does not wait for ever: a member that
 * keeps the urgent busy, within its share, only slows the rest.
 */
export class Precedence {
  readonly #clock: Pick<HostClock, 'soon'>;
  readonly #isUrgent: () => boolean;

  constructor(clock: Pick<HostClock, 'soon'>, isUrgent: () => boolean) {
    this.#clock = clock;
    this.#isUrgent = isUrgent;
  }

  /** Runs it in a turn in which nothing urgent is under way, or after so many others. @returns what takes it back */
  soon(run: () => void): () => void {
    let passed = 0;
    const attempt = (): void => {
      if (passed >= MAX_PASSED_TURNS || !this.#isUrgent()) {
        run();
        return;
      }
      passed += 1;
      cancel = this.#clock.soon(attempt);
    };
    let cancel = this.#clock.soon(attempt);
    return () => { cancel(); };
  }
}
