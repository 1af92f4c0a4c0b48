/**
 * The Network port over libp2p: TCP, Noise, yamux, gossipsub.
 *
 *     Admission      who may be connected: members not serving a penalty; libp2p's gater
 *     Supervisor     dials for ever whoever is missing, at the addresses of AddressTable
 *     Links          connections to members, and when a member counts as connected
 *     Introductions  members tell one another their addresses and links, so that one bootstrap address is enough
 *     Gossip         topics: frames, verdicts, rate limits, and when relaying is needed
 *     RequestServer  request-response, one bounded stream each
 *
 * A connection from anyone else than a member is refused right after the Noise handshake, before any stream.
 */
import type { PublicKeyHex } from '../types/ids.js';
import { NetworkError } from './errors.js';
import { parsePeerAddress } from './multiaddrs.js';
import type { Network, NetworkHandlers, RequestOptions, RequestProtocol, Topic } from './network.js';
import type { Libp2pNetworkOptions } from './options.js';
import { Session, type NetworkSnapshot } from './session.js';

export interface Libp2pNetwork extends Network {
  /** With `/p2p/…`, with the ports that were taken; empty before start(). */
  listenAddresses(): readonly string[];
  snapshot(): NetworkSnapshot;
}

/**
 * Checks the options and makes a network that start() opens.
 * @throws NetworkError `bad-address` naming a listen, announce or bootstrap address that is none
 */
export function createLibp2pNetwork(options: Libp2pNetworkOptions): Libp2pNetwork {
  options.listen.forEach((address, i) => parsePeerAddress(address, `listen[${i}]`));
  options.announce?.forEach((address, i) => parsePeerAddress(address, `announce[${i}]`));
  options.bootstrap.forEach((address, i) => parsePeerAddress(address, `bootstrap[${i}]`));
  return new RunnableNetwork(options);
}

/** The facade: not started, started, stopped. */
class RunnableNetwork implements Libp2pNetwork {
  readonly #options: Libp2pNetworkOptions;
  #session: Session | undefined;
  #starting: Promise<void> | undefined;
  #stopped = false;

  constructor(options: Libp2pNetworkOptions) {
    this.#options = options;
  }

  /** @throws NetworkError `port-in-use`, `bad-address` or `listen-failed` */
  start(handlers: NetworkHandlers): Promise<void> {
    this.#starting ??= this.#start(handlers);
    return this.#starting;
  }

  async #start(handlers: NetworkHandlers): Promise<void> {
    if (this.#stopped) throw new NetworkError('stopped', 'the network was stopped; make a new one');
    const session = await Session.create(this.#options, handlers);
    // Peers may be reported, and ask back, before start() is done.
    this.#session = session;
    try {
      await session.start();
    } catch (error) {
      this.#session = undefined;
      await session.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#starting?.catch(() => undefined);
    const session = this.#session;
    this.#session = undefined;
    await session?.stop();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    this.#session?.gossip.publish(topic, payload);
  }

  async request(peer: PublicKeyHex, protocol: RequestProtocol, request: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    if (this.#session === undefined) throw new NetworkError(this.#stopped ? 'stopped' : 'not-started', 'the network is not running');
    return this.#session.request(peer, protocol, request, options);
  }

  connectedPeers(): readonly PublicKeyHex[] {
    return this.#session?.links.usable() ?? [];
  }

  takePushed(peer: PublicKeyHex, messageCount: number): boolean {
    return this.#session?.takePushed(peer, messageCount) ?? false;
  }

  penalize(peer: PublicKeyHex, reason: string): void {
    this.#session?.penalize(peer, reason);
  }

  listenAddresses(): readonly string[] {
    return this.#session?.listenAddresses() ?? [];
  }

  snapshot(): NetworkSnapshot {
    if (this.#session === undefined) throw new NetworkError(this.#stopped ? 'stopped' : 'not-started', 'the network is not running');
    return this.#session.snapshot();
  }
}
