import { peerIdOf } from '../crypto/identity.js';
import { toHash, type Hash, type PublicKeyHex } from '../types/ids.js';
import type { ClockComparison } from './clock-comparison.js';
import type { MonotonicClock, MonotonicMs } from './clocks.js';

/** A try to reach somebody that failed. */
export interface DialFailure {
  readonly address: string;
  /** In words for people. */
  readonly cause: string;
  readonly agoMs: number;
}

/** What this platform knows of its connection with one other member; for people, nothing is decided by it. */
export interface PeerRecord {
  readonly peer: PublicKeyHex;
  readonly peerId: string;
  readonly isLinked: boolean;
  /** For how long it has been linked, or not. */
  readonly forMs: number;
  /** In the order to dial. */
  readonly addresses: readonly string[];
  /** Of the tries since it was linked last. */
  readonly lastFailure: DialFailure | undefined;
  /** Of the last ping. */
  readonly roundTripMs: number | undefined;
  /** As it says itself. */
  readonly version: string | undefined;
  readonly clock: ClockComparison | undefined;
  /** The chain that it is on, where that is another. */
  readonly otherChain: Hash | undefined;
}

interface Entry {
  isLinked: boolean;
  sinceMs: MonotonicMs;
  failure: { readonly address: string; readonly cause: string; readonly atMs: MonotonicMs } | undefined;
  version: string | undefined;
  otherChain: Hash | undefined;
}

const AGENT_VERSION = /^fb-pbft\/([\w.+-]{1,40})(?: |$)/;
const CHAIN_PROTOCOL = /^\/fb-pbft\/([0-9a-f]{64})\//;

export interface PeerRecordsInit {
  readonly self: PublicKeyHex;
  readonly chainId: Hash;
  readonly members: () => readonly PublicKeyHex[];
  readonly now: MonotonicClock;
  readonly addresses: (peer: PublicKeyHex) => readonly string[];
  readonly roundTripMs: (peer: PublicKeyHex) => number | undefined;
  readonly clock: (peer: PublicKeyHex) => ClockComparison | undefined;
}

/** One record for each other member; nothing is kept of anybody else. */
export class PeerRecords {
  readonly #init: PeerRecordsInit;
  readonly #startedMs: MonotonicMs;
  readonly #entries = new Map<PublicKeyHex, Entry>();

  constructor(init: PeerRecordsInit) {
    this.#init = init;
    this.#startedMs = init.now();
  }

  linked(peer: PublicKeyHex): void {
    const entry = this.#of(peer);
    if (entry === undefined) return;
    entry.isLinked = true;
    entry.sinceMs = this.#init.now();
    entry.failure = undefined;
  }

  lost(peer: PublicKeyHex): void {
    const entry = this.#of(peer);
    if (entry?.isLinked !== true) return;
    entry.isLinked = false;
    entry.sinceMs = this.#init.now();
  }

  dialFailed(peer: PublicKeyHex, address: string, cause: string): void {
    const entry = this.#of(peer);
    if (entry !== undefined) entry.failure = { address, cause, atMs: this.#init.now() };
  }

  /** The peer told by libp2p's identify what software it runs, and which protocols; of these the chain can be told. */
  identified(peer: PublicKeyHex, agent: string | undefined, protocols: readonly string[]): void {
    const entry = this.#of(peer);
    if (entry === undefined) return;
    entry.version = AGENT_VERSION.exec(agent ?? '')?.[1];
    const chains = protocols.map((protocol) => CHAIN_PROTOCOL.exec(protocol)?.[1]).filter((chain) => chain !== undefined);
    const [other] = chains;
    entry.otherChain = other === undefined || chains.includes(this.#init.chainId) ? undefined : toHash(other);
  }

  view(): readonly PeerRecord[] {
    const { self, members, now, addresses, roundTripMs, clock } = this.#init;
    const nowMs = now();
    return members().filter((peer) => peer !== self).map((peer) => {
      const { isLinked, sinceMs, failure, version, otherChain } = this.#entries.get(peer) ?? this.#fresh();
      return {
        peer, peerId: peerIdOf(peer), isLinked, forMs: nowMs - sinceMs, addresses: addresses(peer),
        lastFailure: failure === undefined ? undefined : { address: failure.address, cause: failure.cause, agoMs: nowMs - failure.atMs },
        roundTripMs: isLinked ? roundTripMs(peer) : undefined, version, clock: isLinked ? clock(peer) : undefined, otherChain,
      };
    });
  }

  #of(peer: PublicKeyHex): Entry | undefined {
    const members = this.#init.members();
    if (peer === this.#init.self || !members.includes(peer)) return undefined;
    let entry = this.#entries.get(peer);
    if (entry === undefined) {
      for (const known of this.#entries.keys()) if (!members.includes(known)) this.#entries.delete(known);
      entry = this.#fresh();
      this.#entries.set(peer, entry);
    }
    return entry;
  }

  #fresh(): Entry {
    return { isLinked: false, sinceMs: this.#startedMs, failure: undefined, version: undefined, otherChain: undefined };
  }
}
