import type { MultiaddrConnection } from '@libp2p/interface';
import type { PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import type { NetworkLimits } from './options.js';
import { TokenBucket } from './rate-limit.js';

/** An IPv6 host usually has a whole /64 to itself. */
const IP6_PREFIX_GROUPS = 4;

export interface InboundHostsInit {
  readonly limits: Pick<NetworkLimits, 'maxPendingInboundPerHost' | 'inboundHandshakesPerSecond' | 'inboundHandshakesBurst'>;
  readonly counters: Counters;
  /** Monotonic. */
  readonly now: () => number;
  /** Members who are at this host by their own word, or were reached there, or are configured so. */
  readonly membersAt: (host: string) => readonly PublicKeyHex[];
}

/**
 * Handshakes of those who have not yet shown a key. Each may hold a place for the length of the handshake's deadline, so
 * that without a limit for each host one of them holds all places; and half of one already costs 7 to 9 ms of processor
 * time, so that many hosts together could take all of it: they share one allowance. The hosts of each member have one of
 * their own, which strangers cannot use up; a member that lets others use its own harms itself.
 */
export class InboundHosts {
  readonly #init: InboundHostsInit;
  readonly #pending = new Map<string, Set<MultiaddrConnection>>();
  readonly #strangers: TokenBucket;
  /** Of members only, so bounded. */
  readonly #members = new Map<PublicKeyHex, TokenBucket>();

  constructor(init: InboundHostsInit) {
    this.#init = init;
    this.#strangers = this.#allowance();
  }

  /** A connection came in. False where it is to be refused. */
  admit(connection: MultiaddrConnection): boolean {
    const { limits, counters } = this.#init;
    const host = hostOf(connection);
    const pending = this.#pending.get(host) ?? new Set();
    if (pending.size >= limits.maxPendingInboundPerHost) {
      counters.add('inbound-host-busy');
      return false;
    }
    if (!this.#takeHandshake(host)) return false;
    pending.add(connection);
    this.#pending.set(host, pending);
    connection.addEventListener('close', () => {
      this.settle(connection);
    });
    return true;
  }

  /** The connection's peer has shown its key, or the connection is closed. */
  settle(connection: MultiaddrConnection): void {
    const host = hostOf(connection);
    const pending = this.#pending.get(host);
    if (pending?.delete(connection) === true && pending.size === 0) this.#pending.delete(host);
  }

  get hostCount(): number {
    return this.#pending.size;
  }

  /** From a member's allowance where the host is one of its own, from that of all strangers else. */
  #takeHandshake(host: string): boolean {
    const nowMs = this.#init.now();
    const members = this.#init.membersAt(host);
    const isTaken = members.length === 0 ? this.#strangers.take(1, nowMs) : members.some((member) => this.#of(member).take(1, nowMs));
    if (!isTaken) this.#init.counters.add(members.length === 0 ? 'inbound-strangers-throttled' : 'inbound-member-host-throttled');
    return isTaken;
  }

  #of(member: PublicKeyHex): TokenBucket {
    const known = this.#members.get(member);
    if (known !== undefined) return known;
    const bucket = this.#allowance();
    this.#members.set(member, bucket);
    return bucket;
  }

  #allowance(): TokenBucket {
    const { limits: { inboundHandshakesPerSecond, inboundHandshakesBurst }, now } = this.#init;
    return new TokenBucket(inboundHandshakesPerSecond, inboundHandshakesBurst, now());
  }
}

/** The host in a multiaddr, as `InboundHosts` tells them apart; empty where there is none. */
export function hostIn(address: string): string {
  const [, family, value = ''] = address.split('/');
  return family === 'ip6' ? value.split(':').slice(0, IP6_PREFIX_GROUPS).join(':') : value;
}

function hostOf({ remoteAddr }: MultiaddrConnection): string {
  return hostIn(remoteAddr.toString());
}
