import type { Connection } from '@libp2p/interface';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { MonotonicClock, WallClock } from './clocks.js';
import type { Counters } from './counters.js';
import type { RequestLimits } from './options.js';
import { sendRequest } from './requests.js';

const INTERVAL_MS = 5_000;
const TIMEOUT_MS = 2_000;
/** Of the last so many answers of a peer the quickest counts: what it took is how far it may be wrong. */
const SAMPLES_KEPT = 3;
/** The date was set meanwhile, where it and the monotonic clock differ by more. */
const LEAST_STEP_MS = 1_000;
/** A date as a little-endian number of 64 bits. */
const DATE_BYTES = 8;

export const CLOCK_LIMITS: RequestLimits = { maxRequestBytes: 0, maxConcurrentPerPeer: 2, maxConcurrent: 32 };

export function clockProtocol(chainId: Hash): string {
  return `/fb-pbft/${chainId}/clock/1`;
}

/** How far another member's clock is from this host's. */
export interface ClockComparison {
  /** Its clock minus this host's, in milliseconds. */
  readonly offsetMs: number;
  /** By how much that may be wrong at most, where the peer tells the truth. */
  readonly uncertaintyMs: number;
}

export interface ClockComparisonsInit {
  readonly chainId: Hash;
  readonly counters: Counters;
  readonly now: MonotonicClock;
  readonly wall: WallClock;
  readonly peers: () => readonly PublicKeyHex[];
  readonly connection: (peer: PublicKeyHex) => Connection | undefined;
  readonly abort: AbortSignal;
}

/**
 * Asks each connected member for its date, and takes half of the round trip for the way back, as NTP does. For people
 * only: a member that lies about its clock is wrong about itself.
 */
export class ClockComparisons {
  readonly #init: ClockComparisonsInit;
  readonly #samples = new Map<PublicKeyHex, readonly ClockComparison[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(init: ClockComparisonsInit) {
    this.#init = init;
  }

  start(): void {
    this.#timer = setInterval(() => {
      for (const peer of this.#init.peers()) void this.compare(peer);
    }, INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** This host's date was set: what was compared before means nothing any more. */
  reset(): void {
    this.#samples.clear();
  }

  /** Of a peer that is gone. */
  forget(peer: PublicKeyHex): void {
    this.#samples.delete(peer);
  }

  of(peer: PublicKeyHex): ClockComparison | undefined {
    return this.#samples.get(peer)?.reduce((best, sample) => (sample.uncertaintyMs < best.uncertaintyMs ? sample : best));
  }

  readonly onRequest = (): Promise<Uint8Array> => {
    const date = Buffer.alloc(DATE_BYTES);
    date.writeDoubleLE(this.#init.wall());
    return Promise.resolve(date);
  };

  /** Never rejects. */
  async compare(peer: PublicKeyHex): Promise<void> {
    const { chainId, counters, now, wall, connection, abort } = this.#init;
    const open = connection(peer);
    if (open === undefined) return;
    const sentMs = now();
    const sentWallMs = wall();
    try {
      const options = { timeoutMs: TIMEOUT_MS, maxResponseBytes: DATE_BYTES };
      const answer = Buffer.from(await sendRequest(open, clockProtocol(chainId), new Uint8Array(0), options, abort));
      const roundTripMs = now() - sentMs;
      const theirWallMs = answer.length === DATE_BYTES ? answer.readDoubleLE() : NaN;
      if (!Number.isSafeInteger(Math.round(theirWallMs))) {
        counters.add('clock-malformed');
        return;
      }
      // The date may have been set on the way.
      if (Math.abs(wall() - sentWallMs - roundTripMs) > LEAST_STEP_MS || connection(peer) !== open) return;
      const sample = { offsetMs: theirWallMs - (sentWallMs + roundTripMs / 2), uncertaintyMs: roundTripMs / 2 };
      this.#samples.set(peer, [...(this.#samples.get(peer) ?? []), sample].slice(-SAMPLES_KEPT));
      counters.add('clock-compared');
    } catch {
      counters.add('clock-not-compared');
    }
  }
}
