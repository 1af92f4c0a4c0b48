import { stateOf } from '../federation/observer.js';
import type { ChaosClients } from './clients.js';
import { seconds } from './timeline.js';
import { ViolationError } from './violation.js';
import type { Watch } from './watch.js';

/** How long everything may take to be well again after a fault: longer than the longest slot timer, several times. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** How long all must agree before they are taken to have settled. */
const SETTLED_MS = 1000;

/** What is demanded of the honest platforms once a fault is over. */
export class Health {
  readonly watch: Watch;
  readonly #honest: readonly string[];

  constructor(watch: Watch, honest: readonly string[]) {
    this.watch = watch;
    this.#honest = honest;
  }

  /**
   * Waits until blocks become final and these platforms vote.
   * @param when said where they do not
   * @returns for each of them, ms from `sinceMs` until it voted and had all blocks that any had then
   * @throws ViolationError where that takes too long
   */
  async recovered(sinceMs: number, platforms: readonly string[], when: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { watch } = this;
    const goal = watch.best;
    const back = new Map<string, number>();
    const done = await watch.until(() => {
      for (const name of platforms) {
        const status = watch.status(name, sinceMs);
        const votes = status?.voting === 'voting' && !status.catching_up && status.sequence >= goal;
        if (votes && !back.has(name)) back.set(name, performance.now() - sinceMs);
      }
      return back.size === platforms.length && watch.progressAfter(sinceMs) !== undefined ? true : undefined;
    }, RECOVERY_TIMEOUT_MS, signal);
    if (done !== true && !signal.aborted) {
      throw new ViolationError(`${seconds(RECOVERY_TIMEOUT_MS)} ${when} not all is well: ${this.#whereabouts(sinceMs)}`);
    }
    return back;
  }

  /**
   * Waits until clients have their answers, and all honest platforms stand at one block with nothing pending.
   * @returns false where `signal` is aborted: it does not wait then
   * @throws ViolationError where that takes too long
   */
  async settled(clients: ChaosClients, signal: AbortSignal): Promise<boolean> {
    const { watch } = this;
    const unsettled = await clients.settle(signal.aborted ? 0 : RECOVERY_TIMEOUT_MS);
    if (unsettled > 0 && !signal.aborted) throw new ViolationError(`${unsettled} transactions are not final ${seconds(RECOVERY_TIMEOUT_MS)} after everything was healed`);
    let agreedSinceMs = Number.POSITIVE_INFINITY;
    const settled = await watch.until(() => {
      const statuses = this.#honest.map((name) => watch.status(name, performance.now() - SETTLED_MS));
      const [first] = statuses;
      const agreed = first !== undefined && statuses.every((status) => (
        status?.voting === 'voting' && status.sequence === first.sequence && status.last_block_hash === first.last_block_hash && status.mempool_transactions === 0));
      agreedSinceMs = agreed ? Math.min(agreedSinceMs, performance.now()) : Number.POSITIVE_INFINITY;
      return performance.now() - agreedSinceMs > SETTLED_MS ? true : undefined;
    }, RECOVERY_TIMEOUT_MS, signal);
    if (signal.aborted) return false;
    if (settled !== true) {
      throw new ViolationError(`${seconds(RECOVERY_TIMEOUT_MS)} after the last transaction not all stand at one block: ${this.#whereabouts(0)}`);
    }
    return true;
  }

  #whereabouts(sinceMs: number): string {
    return this.#honest.map((name) => statusText(name, this.watch, sinceMs)).join('; ');
  }
}

function statusText(name: string, watch: Watch, sinceMs: number): string {
  const status = watch.status(name, sinceMs);
  if (status === undefined) return `${name} does not answer`;
  return `${name} has ${status.sequence} blocks, slot ${status.slot}, ${status.phase}, ${stateOf(status)}, ${status.peers.length} peers, ${status.mempool_transactions} pending`;
}
