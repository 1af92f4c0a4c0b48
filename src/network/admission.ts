import type { ConnectionGater, MultiaddrConnection, PeerId } from '@libp2p/interface';
import { publicKeyOfPeerId } from '../crypto/identity.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { MonotonicClock } from './clocks.js';
import type { Counters } from './counters.js';
import type { InboundHosts } from './inbound.js';
import type { NetworkTimings } from './options.js';

interface Penalty {
  /** Duration of the last one; the next is twice as long. */
  readonly durationMs: number;
  readonly untilMs: number;
}

/**
 * Who may be connected: members that are not serving a penalty. A peer proves its PeerId in the Noise handshake; the
 * decision falls right after it, before a muxer or any stream exists.
 */
export class Admission {
  readonly #members: () => readonly PublicKeyHex[];
  readonly #timings: Pick<NetworkTimings, 'penaltyMinMs' | 'penaltyMaxMs'>;
  readonly #counters: Counters;
  readonly #now: MonotonicClock;
  readonly #penalties = new Map<PublicKeyHex, Penalty>();
  /** Of members only, so bounded: decoding a PeerId takes longer than the rest of judging a small message. */
  readonly #memberKeys = new Map<string, PublicKeyHex>();
  #listSeen: readonly PublicKeyHex[] = [];
  #set = new Set<PublicKeyHex>();

  constructor(
    members: () => readonly PublicKeyHex[], timings: Pick<NetworkTimings, 'penaltyMinMs' | 'penaltyMaxMs'>, counters: Counters, now: MonotonicClock,
  ) {
    this.#members = members;
    this.#timings = timings;
    this.#counters = counters;
    this.#now = now;
  }

  isMember(publicKey: PublicKeyHex): boolean {
    const list = this.#members();
    if (list !== this.#listSeen || list.length !== this.#set.size) {
      this.#listSeen = list;
      this.#set = new Set(list);
    }
    return this.#set.has(publicKey);
  }

  /** The member with this PeerId; undefined for everyone else. */
  memberOf(peerId: PeerId): PublicKeyHex | undefined {
    const text = peerId.toString();
    const publicKey = this.#memberKeys.get(text) ?? publicKeyOfPeerId(text);
    if (publicKey === undefined || !this.isMember(publicKey)) {
      this.#memberKeys.delete(text);
      return undefined;
    }
    this.#memberKeys.set(text, publicKey);
    return publicKey;
  }

  isPenalized(publicKey: PublicKeyHex): boolean {
    const penalty = this.#penalties.get(publicKey);
    return penalty !== undefined && this.#now() < penalty.untilMs;
  }

  /** Refuses the peer for a while, each time twice as long; who then behaves for the longest penalty starts afresh. */
  penalize(publicKey: PublicKeyHex): number {
    const nowMs = this.#now();
    const last = this.#penalties.get(publicKey);
    const repeated = last !== undefined && nowMs < last.untilMs + this.#timings.penaltyMaxMs;
    const durationMs = repeated ? Math.min(last.durationMs * 2, this.#timings.penaltyMaxMs) : this.#timings.penaltyMinMs;
    this.#penalties.set(publicKey, { durationMs, untilMs: nowMs + durationMs });
    for (const [key, penalty] of this.#penalties) {
      if (nowMs > penalty.untilMs + this.#timings.penaltyMaxMs) this.#penalties.delete(key);
    }
    return durationMs;
  }

  penalties(): Readonly<Record<string, number>> {
    const nowMs = this.#now();
    return Object.fromEntries([...this.#penalties].filter(([, { untilMs }]) => untilMs > nowMs).map(([key, { untilMs }]) => [key, untilMs - nowMs]));
  }

  /**
   * libp2p's gater. `superfluous` tells whether a connection in this direction would only double one that is kept.
   * `hosts` limits what unknown ones may hold; `onStranger` is told who, of no member's key, answered at an address dialled.
   */
  gater(
    hosts: Pick<InboundHosts, 'admit' | 'settle'>,
    superfluous: (publicKey: PublicKeyHex, direction: 'inbound' | 'outbound', connection: MultiaddrConnection) => boolean,
    onStranger: (peerId: PeerId, connection: MultiaddrConnection) => void = () => undefined,
  ): ConnectionGater {
    const denied = (peerId: PeerId, direction: 'inbound' | 'outbound', connection?: MultiaddrConnection): boolean => {
      const publicKey = this.memberOf(peerId);
      if (publicKey === undefined) {
        this.#counters.add(`gater-${direction}-not-member`);
        if (connection !== undefined && direction === 'outbound') onStranger(peerId, connection);
        return true;
      }
      if (this.isPenalized(publicKey)) {
        this.#counters.add(`gater-${direction}-penalized`);
        return true;
      }
      if (connection !== undefined && superfluous(publicKey, direction, connection)) {
        this.#counters.add(`gater-${direction}-duplicate`);
        return true;
      }
      return false;
    };
    return {
      denyDialPeer: (peerId) => denied(peerId, 'outbound'),
      denyDialMultiaddr: () => false,
      denyOutboundConnection: (peerId) => denied(peerId, 'outbound'),
      denyInboundConnection: (connection) => !hosts.admit(connection),
      denyInboundEncryptedConnection: (peerId, connection) => {
        hosts.settle(connection);
        return denied(peerId, 'inbound', connection);
      },
      denyOutboundEncryptedConnection: (peerId, connection) => denied(peerId, 'outbound', connection),
    };
  }
}
