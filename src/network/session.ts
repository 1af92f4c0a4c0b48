import './promise-with-resolvers.js';
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import { libp2pPrivateKey, peerIdOf, publicKeyOfPeerId } from '../crypto/identity.js';
import { toPublicKeyHex, type PublicKeyHex } from '../types/ids.js';
import { AddressTable, MAX_ADDRESSES_PER_MEMBER } from './address-table.js';
import { Admission } from './admission.js';
import { CLOCK_LIMITS, ClockComparisons, clockProtocol } from './clock-comparison.js';
import { monotonicClock, wallClock } from './clocks.js';
import { Counters } from './counters.js';
import { DateWatch } from './date-watch.js';
import { Dialer } from './dialer.js';
import { NetworkError } from './errors.js';
import { FloodControl } from './flood-control.js';
import { LIBP2P_PACKAGES, requireFloodControl, unsupported } from './flood-self-check.js';
import { FrameCounter, lengthPrefixFraming } from './frame-counter.js';
import { datedCachesOf } from './gossip-caches.js';
import { Gossip } from './gossip.js';
import { InboundHosts } from './inbound.js';
import { INTRODUCTION_LIMITS, Introductions, introductionProtocol } from './introductions.js';
import { LinkPings } from './link-pings.js';
import { createNode, listenError, type Libp2pNode } from './libp2p-node.js';
import { Links, type LinkView } from './links.js';
import { dialableAddress, parsePeerAddress } from './multiaddrs.js';
import type { NetworkHandlers, RequestOptions, RequestProtocol } from './network.js';
import { DEFAULT_LIMITS, DEFAULT_TIMINGS, NO_ADDRESS_BOOK, type Libp2pNetworkOptions, type NetworkLimits, type NetworkTimings } from './options.js';
import { PeerRecords, type DialFailure, type PeerRecord } from './peer-records.js';
import { MAX_PING_STREAMS, PING_PROTOCOL, answerPing } from './ping.js';
import { RequestServer, sendRequest, type RequestHandler } from './requests.js';
import { Supervisor } from './supervisor.js';

const REQUEST_PROTOCOLS: readonly RequestProtocol[] = ['status', 'blocks', 'slots', 'snapshots'];

/** For people and metrics. */
export interface NetworkSnapshot {
  readonly publicKey: PublicKeyHex;
  readonly peerId: string;
  readonly listening: readonly string[];
  readonly links: readonly LinkView[];
  /** Of every other member, in the order of the list. */
  readonly peers: readonly PeerRecord[];
  /** Bootstrap addresses without peer id at which nobody was reached at the last try. */
  readonly unreachable: readonly DialFailure[];
  /** Where members may be reached, in the order to dial; for members without a link too. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds that members are still refused for. */
  readonly penalties: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, number>>;
}

/** What a session is made from before libp2p exists, because libp2p's gater asks it. */
interface Core {
  readonly self: PublicKeyHex;
  readonly admission: Admission;
  readonly counters: Counters;
  readonly limits: NetworkLimits;
  readonly timings: NetworkTimings;
}

/** One run of the network, from start to stop: wires libp2p's events to the parts. */
export class Session {
  readonly #core: Core;
  readonly #options: Libp2pNetworkOptions;
  readonly #handlers: NetworkHandlers;
  readonly #node: Libp2pNode;
  readonly #abort = new AbortController();
  readonly #table: AddressTable;
  readonly #introductions: Introductions;
  readonly #floods: FloodControl;
  readonly #supervisor: Supervisor;
  readonly #dialer: Dialer;
  readonly #pings: LinkPings;
  readonly #clocks: ClockComparisons;
  readonly #records: PeerRecords;
  readonly #date = new DateWatch(monotonicClock, wallClock);
  #checkTimer: NodeJS.Timeout | undefined;
  readonly gossip: Gossip;
  readonly links: Links;

  /** Makes all parts; nothing listens or dials yet. @throws NetworkError `unsupported-library` where floods would not be seen */
  static async create(options: Libp2pNetworkOptions, handlers: NetworkHandlers): Promise<Session> {
    await requireFloodControl();
    const privateKey = await libp2pPrivateKey(options.seed);
    const counters = new Counters();
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    const core: Core = {
      self: toPublicKeyHex(Buffer.from(privateKey.publicKey.raw).toString('hex')),
      admission: new Admission(options.members, timings, counters, monotonicClock),
      counters,
      limits,
      timings,
    };
    // The gater is asked only once the node has started, when the session is there.
    const made: { session?: Session } = {};
    const node = await createNode({
      privateKey,
      chainId: options.chainId,
      listen: options.listen,
      announce: options.announce ?? [],
      version: options.version ?? 'unknown',
      lookup: options.lookup,
      limits,
      timings,
      gater: core.admission.gater(new InboundHosts({
        limits, counters, now: monotonicClock,
        membersAt: (host) => (made.session === undefined ? [] : made.session.#table.membersAt(host)),
      }), (peer, direction, connection) => {
        const { session } = made;
        if (session === undefined) return true;
        if (direction === 'outbound') session.#dialer.onAnswer(connection.remoteAddr.toString(), peer);
        return session.links.isSuperfluous(peer, direction);
      }, (peerId, { remoteAddr }) => {
        const { session } = made;
        if (session !== undefined) session.#dialer.onStranger(remoteAddr.toString(), peerId.toString());
      }),
      onGossipStream: (stream, connection) => {
        const { session } = made;
        if (session !== undefined) session.#countRpcs(stream, connection);
      },
    });
    made.session = new Session(core, options, handlers, node);
    return made.session;
  }

  private constructor(core: Core, options: Libp2pNetworkOptions, handlers: NetworkHandlers, node: Libp2pNode) {
    this.#core = core;
    this.#options = options;
    this.#handlers = handlers;
    this.#node = node;
    const { self, admission, counters, limits, timings } = core;
    const { chainId, logger } = options;
    const memberOf = (peerId: PeerId) => admission.memberOf(peerId);
    this.#table = new AddressTable(self, (peer) => admission.isMember(peer));
    this.links = new Links({
      self,
      timings,
      counters,
      now: monotonicClock,
      isMember: (peer) => admission.isMember(peer),
      isGossipReady: (peerId, connections) => this.gossip.isReady(peerId, connections),
      askAgain: (peerId, connections) => {
        this.gossip.askAgain(peerId, connections);
      },
      identify: async (connection) => {
        await node.services.identify.identify(connection);
      },
      onUsable: (peer) => {
        this.#onUsable(peer);
      },
      onLost: (peer, wasUsable) => {
        this.#onLost(peer, wasUsable);
      },
      onReadyChanged: () => {
        this.#introductions.changed();
      },
    });
    this.#pings = new LinkPings({
      timings, counters, now: monotonicClock, links: () => this.links.connections(), isMember: (peer) => admission.isMember(peer),
    });
    this.#clocks = new ClockComparisons({
      chainId, counters, now: monotonicClock, wall: wallClock, peers: () => this.links.usable(),
      connection: (peer) => this.links.connection(peer), abort: this.#abort.signal,
    });
    this.#records = new PeerRecords({
      self, chainId, members: options.members, now: monotonicClock, addresses: (peer) => this.#table.candidates(peer),
      roundTripMs: (peer) => this.#pings.roundTripMs(peer), clock: (peer) => this.#clocks.of(peer),
    });
    this.#floods = new FloodControl({
      limits,
      counters,
      now: monotonicClock,
      onFlood: (peer, reason) => {
        this.penalize(peer, reason);
      },
    });
    this.gossip = new Gossip({
      chainId,
      pubsub: node.services.pubsub,
      limits,
      delayMs: timings.gossipDelayMs,
      counters,
      logger,
      now: monotonicClock,
      memberOf,
      onGossip: (topic, payload, from) => handlers.onGossip(topic, payload, from),
      linked: () => this.links.ready(),
      connectionsTo: (peer) => this.links.connectionsTo(peer),
      reachOf: (peer) => this.#introductions.linksOf(peer),
      memberCount: () => options.members().length,
      mayJudge: (peer, topic, payloads, sizeBytes) => this.#floods.takeGossip(peer, topic, payloads, sizeBytes),
      onTooManyRejects: (peer) => {
        this.penalize(peer, 'too many rejected messages');
      },
      onShortfall: () => {
        this.links.check();
      },
    });
    this.#introductions = new Introductions({
      self,
      chainId,
      table: this.#table,
      book: options.addressBook ?? NO_ADDRESS_BOOK,
      timings,
      counters,
      logger,
      now: monotonicClock,
      ownAddresses: () => this.#ownAddresses(),
      linked: () => this.links.ready(),
      peers: () => this.links.usable(),
      connection: (peer) => this.links.connection(peer),
      onNewAddress: (member) => {
        this.#supervisor.retrySoon(member);
      },
      abort: this.#abort.signal,
    });
    const anonymous: string[] = [];
    options.bootstrap.forEach((text, i) => {
      const { address, publicKey } = parsePeerAddress(text, `bootstrap[${i}]`);
      if (publicKey === undefined) anonymous.push(address);
      else if (!admission.isMember(publicKey)) logger.warn({ address: text }, 'the bootstrap address names a peer that is no member; it is not used');
      else this.#table.configure(publicKey, [address]);
    });
    this.#dialer = new Dialer({
      self,
      node,
      members: options.members,
      admission,
      links: this.links,
      table: this.#table,
      records: this.#records,
      logger,
      anonymous,
      timings,
      counters,
      now: monotonicClock,
      random: Math.random,
      abort: this.#abort.signal,
    });
    const dialer = this.#dialer;
    this.#supervisor = new Supervisor({
      timings,
      now: monotonicClock,
      random: Math.random,
      wanted: () => dialer.wanted(),
      firstPauseMs: (target) => dialer.firstPauseMs(target),
      dial: (target, failedBefore) => dialer.dial(target, failedBefore),
    });
  }

  /** @throws NetworkError `port-in-use`, `bad-address` or `listen-failed` */
  async start(): Promise<void> {
    const node = this.#node;
    await this.#introductions.load();
    for (const protocol of REQUEST_PROTOCOLS) {
      const handler: RequestHandler = (request, from) => this.#handlers.onRequest(protocol, request, from);
      await this.#serve(this.#protocolId(protocol), this.#core.limits.requests[protocol], handler);
    }
    await this.#serve(introductionProtocol(this.#options.chainId), INTRODUCTION_LIMITS, this.#introductions.onRequest);
    await this.#serve(clockProtocol(this.#options.chainId), CLOCK_LIMITS, this.#clocks.onRequest);
    await node.handle(PING_PROTOCOL, answerPing, { maxInboundStreams: MAX_PING_STREAMS });
    node.addEventListener('connection:open', ({ detail }) => {
      this.#onOpen(detail);
    });
    node.addEventListener('connection:close', ({ detail }) => {
      // Whoever it is: members may have stopped being members.
      const peer = publicKeyOfPeerId(detail.remotePeer.toString());
      if (peer !== undefined) this.#onClose(peer, detail);
    });
    node.addEventListener('peer:identify', ({ detail }) => {
      const peer = this.#core.admission.memberOf(detail.peerId);
      if (peer !== undefined) this.#records.identified(peer, detail.agentVersion, detail.protocols);
    });
    node.addEventListener('self:peer:update', () => {
      this.#introductions.changed();
    });
    node.services.pubsub.addEventListener('subscription-change', ({ detail }) => {
      const peer = this.#core.admission.memberOf(detail.peerId);
      if (peer !== undefined) this.links.check(peer);
    });
    try {
      await node.start();
    } catch (error) {
      throw listenError(error, this.#options.listen);
    }
    this.gossip.start();
    this.#supervisor.start();
    this.#pings.start();
    this.#clocks.start();
    this.#checkTimer = setInterval(() => {
      // A host's addresses change without an event, for one that listens on all of them.
      this.#introductions.changed();
      this.#checkDate();
    }, this.#core.timings.linkCheckMs);
    this.#options.logger.debug({ peerId: node.peerId.toString(), addresses: this.listenAddresses() }, 'listening');
  }

  async stop(): Promise<void> {
    clearInterval(this.#checkTimer);
    this.#supervisor.stop();
    this.#pings.stop();
    this.#clocks.stop();
    this.links.stop();
    this.gossip.stop();
    this.#abort.abort(new NetworkError('stopped', 'the network stops'));
    await this.#introductions.stop();
    await this.#node.stop();
  }

  async request(peer: PublicKeyHex, protocol: RequestProtocol, request: Uint8Array, options: RequestOptions): Promise<Uint8Array> {
    const { maxRequestBytes } = this.#core.limits.requests[protocol];
    if (request.length > maxRequestBytes) {
      throw new NetworkError('too-large', `${protocol}: the request has ${request.length} bytes, above the limit of ${maxRequestBytes}`);
    }
    const connection = this.links.connection(peer);
    if (connection === undefined) throw new NetworkError('not-connected', `${protocol}: ${peer} is not connected`);
    return sendRequest(connection, this.#protocolId(protocol), request, options, this.#abort.signal);
  }

  takePushed(peer: PublicKeyHex, messageCount: number): boolean {
    return this.#floods.takePushed(peer, messageCount);
  }

  penalize(peer: PublicKeyHex, reason: string): void {
    if (peer === this.#core.self || !this.#core.admission.isMember(peer)) return;
    // What was still on its way when the peer was cut off must not make the penalty longer each time.
    if (!this.#core.admission.isPenalized(peer)) {
      const durationMs = this.#core.admission.penalize(peer);
      this.#core.counters.add('penalized');
      this.#options.logger.warn({ peer, reason, durationMs }, 'a member is refused for a while');
    }
    this.links.close(peer, `penalized: ${reason}`);
  }

  listenAddresses(): readonly string[] {
    return this.#node.getMultiaddrs().map((address) => address.toString());
  }

  snapshot(): NetworkSnapshot {
    const { self, admission, counters } = this.#core;
    const others = this.#options.members().filter((peer) => peer !== self);
    return {
      publicKey: self,
      peerId: peerIdOf(self),
      listening: this.listenAddresses(),
      links: this.links.view(),
      peers: this.#records.view(),
      unreachable: this.#dialer.failures(),
      addresses: Object.fromEntries(others.map((peer) => [peer, this.#table.candidates(peer)])),
      penalties: admission.penalties(),
      counters: counters.snapshot(),
    };
  }

  #protocolId(protocol: RequestProtocol): string {
    return `/fb-pbft/${this.#options.chainId}/${protocol}/1`;
  }

  async #serve(protocolId: string, limits: NetworkLimits['requests'][RequestProtocol], handler: RequestHandler): Promise<void> {
    const { admission, counters, timings } = this.#core;
    const server = new RequestServer({
      limits,
      timeoutMs: timings.serveTimeoutMs,
      counters,
      memberOf: (connection) => admission.memberOf(connection.remotePeer),
      handler,
      abort: this.#abort.signal,
    });
    // libp2p's own limit only needs to be above the server's, which counts over all connections of a peer.
    await this.#node.handle(protocolId, server.onStream, { maxInboundStreams: 2 * limits.maxConcurrentPerPeer + 2 });
  }

  #ownAddresses(): readonly string[] {
    const addresses = this.#node.getMultiaddrs().map((address) => dialableAddress(address.toString())?.address);
    return [...new Set(addresses.filter((address) => address !== undefined))].slice(0, MAX_ADDRESSES_PER_MEMBER);
  }

  #checkDate(): void {
    const steppedMs = this.#date.look();
    if (steppedMs === undefined) return;
    this.#clocks.reset();
    this.#core.counters.add('date-stepped');
    this.#options.logger.warn({ steppedMs }, 'the date of this host was set: let NTP keep it, since members that differ make blocks wait');
    for (const cache of datedCachesOf(this.#node.services.pubsub)) cache.clear();
  }

  #onOpen(connection: Connection): void {
    const { admission } = this.#core;
    const peer = admission.memberOf(connection.remotePeer);
    if (peer === undefined || admission.isPenalized(peer) || this.#abort.signal.aborted) {
      connection.abort(new Error('not admitted'));
      return;
    }
    if (!this.#floods.watch(peer, connection)) {
      const error = unsupported(['what a connection brings'], LIBP2P_PACKAGES);
      this.#core.counters.add('connection-unwatched');
      this.#options.logger.error({ peer, err: error }, 'a connection is refused, since floods over it would not be seen');
      connection.abort(error);
      return;
    }
    // What came before it was watched may have been a flood already.
    if (admission.isPenalized(peer)) {
      connection.abort(new Error('not admitted'));
      return;
    }
    this.#floods.keepOnly((known) => admission.isMember(known));
    this.gossip.keepOnly((known) => admission.isMember(known));
    this.links.add(peer, connection);
    if (connection.direction === 'inbound') this.#supervisor.retrySoon();
  }

  #onClose(peer: PublicKeyHex, connection: Connection): void {
    const wasUsable = this.links.isUsable(peer);
    this.links.remove(peer, connection);
    if (wasUsable || this.links.isConnected(peer) || connection.direction === 'inbound' || this.#abort.signal.aborted) return;
    const remote = dialableAddress(connection.remoteAddr.toString());
    if (remote !== undefined) this.#dialer.endedEarly(peer, remote.address);
  }

  /** Gossipsub is about to listen, too: nothing that came is lost, and what comes from a peer cut off is kept from it. */
  #countRpcs(stream: Stream, connection: Connection): void {
    const peer = this.#core.admission.memberOf(connection.remotePeer);
    if (peer === undefined) return;
    const rpcs = new FrameCounter(lengthPrefixFraming);
    stream.addEventListener('message', (event) => {
      this.#floods.chargeRpcs(peer, rpcs.count(event.data));
      if (stream.status !== 'open') event.stopImmediatePropagation();
    });
  }

  #onUsable(peer: PublicKeyHex): void {
    this.#options.logger.debug({ peer }, 'connected');
    this.#supervisor.retrySoon();
    this.#introductions.met(peer);
    this.#records.linked(peer);
    void this.#clocks.compare(peer);
    this.#handlers.onPeerConnected(peer);
  }

  #onLost(peer: PublicKeyHex, wasUsable: boolean): void {
    this.#introductions.forget(peer);
    this.#records.lost(peer);
    this.#clocks.forget(peer);
    this.#supervisor.check();
    if (!wasUsable) return;
    this.#options.logger.debug({ peer }, 'disconnected');
    this.#handlers.onPeerDisconnected(peer);
  }
}
