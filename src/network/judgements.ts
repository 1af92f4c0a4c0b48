import type { PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import { FairQueue } from './fair-queue.js';
import { IGNORED, type AcceptedOutcome, type GossipOutcome, type NetworkHandlers, type Topic } from './network.js';
import type { NetworkLogger } from './options.js';

/** Time for judging between two turns of the event loop. */
const MAX_TURN_MS = 4;
/** What a payload takes beside its own bytes while it waits. */
const WAITING_OVERHEAD_BYTES = 512;

/** The payloads of one frame stand together: whoever vouched for one that is bad is not heard on the others. */
interface Frame {
  readonly topic: Topic;
  readonly from: PublicKeyHex;
  isRefused: boolean;
}

interface Waiting {
  readonly frame: Frame;
  readonly payload: Uint8Array;
}

export interface JudgementsInit {
  /** What may wait of one member on one topic, in bytes. */
  readonly maxWaitingBytes: number;
  readonly counters: Counters;
  readonly logger: NetworkLogger;
  readonly now: () => number;
  readonly onGossip: NetworkHandlers['onGossip'];
  readonly accepted: (topic: Topic, outcome: AcceptedOutcome, from: PublicKeyHex) => void;
  readonly rejected: (from: PublicKeyHex) => void;
}

/**
 * Has the payloads of frames judged: at once as long as that takes little, in the member's own lane between other events
 * where one turn of the event loop has brought much. Payloads of one member on one topic are handed up in their order.
 * Whatever waits, here or for an outcome that is only promised, is bounded for each member and topic.
 */
export class Judgements {
  readonly #init: JudgementsInit;
  readonly #queue: FairQueue<string, Waiting>;
  readonly #waitingBytes = new Map<string, number>();
  #turnMs = 0;
  #turnEnd: NodeJS.Immediate | undefined;

  constructor(init: JudgementsInit) {
    this.#init = init;
    this.#queue = new FairQueue({
      maxBytesPerSource: Number.POSITIVE_INFINITY,
      workPerTurn: MAX_TURN_MS,
      handle: (waiting) => this.#timed(waiting),
      turnDone: () => undefined,
      soon: (run) => {
        const immediate = setImmediate(run);
        return () => { clearImmediate(immediate); };
      },
    });
  }

  /** Judges a frame's payloads. False where too much of this member waits already: nothing of it is looked at. */
  take(topic: Topic, payloads: readonly Uint8Array[], from: PublicKeyHex): boolean {
    const frame: Frame = { topic, from, isRefused: false };
    const lane = laneOf(frame);
    const waitingBytes = (this.#waitingBytes.get(lane) ?? 0) + payloads.reduce((sum, payload) => sum + sizeOf(payload), 0);
    if (waitingBytes > this.#init.maxWaitingBytes) {
      this.#init.counters.add('gossip-waiting-full', payloads.length);
      return false;
    }
    this.#waitingBytes.set(lane, waitingBytes);
    for (const payload of payloads) {
      const waiting = { frame, payload };
      if (this.#turnMs < MAX_TURN_MS && !this.#queue.isWaiting(lane)) this.#turnMs += this.#timed(waiting);
      else this.#queue.add(lane, waiting, 0);
    }
    this.#turnEnd ??= setImmediate(() => {
      this.#turnEnd = undefined;
      this.#turnMs = 0;
    });
    return true;
  }

  stop(): void {
    this.#queue.stop();
    clearImmediate(this.#turnEnd);
  }

  /** @returns milliseconds that it took, until there was an outcome or a promise of one */
  #timed(waiting: Waiting): number {
    const startMs = this.#init.now();
    this.#judge(waiting);
    return this.#init.now() - startMs;
  }

  #judge({ frame, payload }: Waiting): void {
    if (frame.isRefused) {
      this.#init.counters.add('gossip-beside-rejected');
      this.#release(frame, payload);
      return;
    }
    let outcome: GossipOutcome | Promise<GossipOutcome>;
    try {
      outcome = this.#init.onGossip(frame.topic, payload, frame.from);
    } catch (error) {
      outcome = this.#failed(frame.topic, error);
    }
    if (!(outcome instanceof Promise)) {
      this.#settle(frame, payload, outcome);
      return;
    }
    void outcome.catch((error: unknown) => this.#failed(frame.topic, error)).then((judged) => { this.#settle(frame, payload, judged); });
  }

  #settle(frame: Frame, payload: Uint8Array, outcome: GossipOutcome): void {
    this.#release(frame, payload);
    this.#init.counters.add(`gossip-${outcome.verdict}`);
    if (outcome.verdict === 'accept') this.#init.accepted(frame.topic, outcome, frame.from);
    if (outcome.verdict !== 'reject') return;
    frame.isRefused = true;
    this.#init.rejected(frame.from);
  }

  #failed(topic: Topic, error: unknown): GossipOutcome {
    this.#init.counters.add('gossip-handler-failed');
    this.#init.logger.error({ topic, err: error }, 'the gossip handler threw');
    return IGNORED;
  }

  #release(frame: Frame, payload: Uint8Array): void {
    const lane = laneOf(frame);
    const left = (this.#waitingBytes.get(lane) ?? 0) - sizeOf(payload);
    if (left > 0) this.#waitingBytes.set(lane, left);
    else this.#waitingBytes.delete(lane);
  }
}

function laneOf({ topic, from }: Frame): string {
  return `${topic} ${from}`;
}

function sizeOf(payload: Uint8Array): number {
  return payload.length + WAITING_OVERHEAD_BYTES;
}
