import type { Connection } from '@libp2p/interface';
import type { PublicKeyHex } from '../types/ids.js';
import type { MonotonicClock } from './clocks.js';
import type { Counters } from './counters.js';
import type { NetworkTimings } from './options.js';
import { sendPing } from './ping.js';

/**
 * A ping may take this many times as long as pings take on the average. Over a slow link that loses packets TCP is
 * silent for seconds now and then, and a new connection takes longer than to wait. Pings that fail do not count, or a
 * partition would make silent connections be noticed later.
 */
const TIMEOUT_FACTOR = 8;
/** The newest ping's share of the average. */
const AVERAGE_SHARE = 0.25;

export interface PingedLink {
  readonly peer: PublicKeyHex;
  readonly connection: Connection;
}

export interface LinkPingsInit {
  readonly timings: Pick<NetworkTimings, 'pingIntervalMs' | 'pingTimeoutMs' | 'maxPingTimeoutMs'>;
  readonly counters: Counters;
  readonly now: MonotonicClock;
  readonly links: () => readonly PingedLink[];
  readonly isMember: (peer: PublicKeyHex) => boolean;
}

/**
 * Pings every connection, and ends those that went silent. In place of libp2p's own monitor, which takes its times from
 * the host's date: once that was set back by an hour its averages are no numbers any more, and it ends every connection
 * at each round for as long as the process runs.
 */
export class LinkPings {
  readonly #init: LinkPingsInit;
  /** How long pings to a peer take, the opening of their streams included. Outlasts connections. */
  readonly #averagesMs = new Map<PublicKeyHex, number>();
  readonly #roundTripsMs = new Map<PublicKeyHex, number>();
  readonly #pinging = new WeakSet<Connection>();
  /** Of the pings under way. */
  readonly #deadlines = new Set<AbortController>();
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(init: LinkPingsInit) {
    this.#init = init;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#round();
    }, this.#init.timings.pingIntervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#stopped = true;
    for (const deadline of this.#deadlines) deadline.abort(new Error('the network stops'));
  }

  /** Of the last ping that was answered; undefined before the first. */
  roundTripMs(peer: PublicKeyHex): number | undefined {
    return this.#roundTripsMs.get(peer);
  }

  #round(): void {
    const { links, isMember } = this.#init;
    for (const peer of this.#averagesMs.keys()) {
      if (isMember(peer)) continue;
      this.#averagesMs.delete(peer);
      this.#roundTripsMs.delete(peer);
    }
    for (const link of links()) {
      if (!this.#pinging.has(link.connection)) void this.#ping(link);
    }
  }

  async #ping({ peer, connection }: PingedLink): Promise<void> {
    const { now, counters } = this.#init;
    this.#pinging.add(connection);
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new Error('no answer to the ping in time'));
    }, this.#timeoutMs(peer));
    this.#deadlines.add(deadline);
    const startedMs = now();
    try {
      this.#roundTripsMs.set(peer, await sendPing(connection, now, deadline.signal));
      this.#note(peer, now() - startedMs);
      counters.add('pinged');
    } catch (error) {
      if (this.#stopped || connection.status !== 'open' || isAnswer(error)) return;
      counters.add('ping-failed');
      connection.abort(error instanceof Error ? error : new Error(String(error)));
    } finally {
      clearTimeout(timer);
      this.#deadlines.delete(deadline);
      this.#pinging.delete(connection);
    }
  }

  #note(peer: PublicKeyHex, durationMs: number): void {
    const averageMs = this.#averagesMs.get(peer) ?? durationMs;
    this.#averagesMs.set(peer, averageMs + AVERAGE_SHARE * (durationMs - averageMs));
  }

  #timeoutMs(peer: PublicKeyHex): number {
    const { pingTimeoutMs, maxPingTimeoutMs } = this.#init.timings;
    const wantedMs = Math.round(TIMEOUT_FACTOR * (this.#averagesMs.get(peer) ?? 0));
    return Math.min(Math.max(wantedMs, pingTimeoutMs), Math.max(pingTimeoutMs, maxPingTimeoutMs));
  }
}

/** A peer that does not know the protocol is alive, too: it said so. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === 'UnsupportedProtocolError';
}
