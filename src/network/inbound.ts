import type { MultiaddrConnection } from '@libp2p/interface';
import type { Counters } from './counters.js';

/** An IPv6 host usually has a whole /64 to itself. */
const IP6_PREFIX_GROUPS = 4;

/**
 * Handshakes under way, by host. Whoever has not yet shown a key may hold a place for the length of the handshake's
 * deadline: without a limit for each host, one of them holds all places, and no member gets in.
 */
export class InboundHosts {
  readonly #maxPendingPerHost: number;
  readonly #counters: Counters;
  readonly #pending = new Map<string, Set<MultiaddrConnection>>();

  constructor(maxPendingPerHost: number, counters: Counters) {
    this.#maxPendingPerHost = maxPendingPerHost;
    this.#counters = counters;
  }

  /** A connection came in. False where it is to be refused. */
  admit(connection: MultiaddrConnection): boolean {
    const host = hostOf(connection);
    const pending = this.#pending.get(host) ?? new Set();
    if (pending.size >= this.#maxPendingPerHost) {
      this.#counters.add('inbound-host-busy');
      return false;
    }
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
}

function hostOf({ remoteAddr }: MultiaddrConnection): string {
  const [host] = remoteAddr.getComponents();
  const value = host?.value ?? '';
  return host?.name === 'ip6' ? value.split(':').slice(0, IP6_PREFIX_GROUPS).join(':') : value;
}
