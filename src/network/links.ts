import type { Connection, PeerId } from '@libp2p/interface';
import type { PublicKeyHex } from '../types/ids.js';
import type { MonotonicClock, MonotonicMs } from './clocks.js';
import type { Counters } from './counters.js';
import type { NetworkTimings } from './options.js';

/** First looks at a new link, until gossip flows over it; they then grow to `linkCheckMs`. */
const FIRST_CHECK_MS = 5;
/** Before a link's gossip streams are opened again; doubles with each try, since a busy host is only slow. */
const REPAIR_PAUSE_MS = 1_000;
/** How long a new connection must last before it takes the place of an old one. */
const REPLACE_PAUSE_MS = 1_000;

/** What there is between this platform and one member: usually one connection, two while both sides dial at once. */
interface Link {
  readonly peer: PublicKeyHex;
  readonly peerId: PeerId;
  connections: readonly Connection[];
  readonly sinceMs: number;
  /** Gossip has flowed over it: the peer was reported as connected. */
  usable: boolean;
  /** Gossip flows over it now. */
  ready: boolean;
  brokenSinceMs: number;
  /** When to repair next, if gossip does not flow by then. */
  repairDueMs: number;
  repairs: number;
  checkMs: number;
  timer: NodeJS.Timeout | undefined;
  replaceTimer: NodeJS.Timeout | undefined;
}

export interface LinkView {
  readonly peer: PublicKeyHex;
  readonly usable: boolean;
  readonly gossip: boolean;
  readonly connections: readonly { readonly address: string; readonly direction: string }[];
}

export interface LinksInit {
  readonly self: PublicKeyHex;
  readonly timings: Pick<NetworkTimings, 'linkCheckMs' | 'linkSetupTimeoutMs' | 'simultaneousDialMs'>;
  readonly counters: Counters;
  readonly now: MonotonicClock;
  readonly isMember: (peer: PublicKeyHex) => boolean;
  readonly isGossipReady: (peerId: PeerId, connections: readonly Connection[]) => boolean;
  /** Makes a peer whose subscriptions got lost subscribe again. */
  readonly askAgain: (peerId: PeerId, connections: readonly Connection[]) => void;
  /** Makes libp2p tell its protocols of this connection again, so that gossipsub opens its stream. */
  readonly identify: (connection: Connection) => Promise<void>;
  readonly onUsable: (peer: PublicKeyHex) => void;
  readonly onLost: (peer: PublicKeyHex, wasUsable: boolean) => void;
  /** The set of links over which gossip flows is another. */
  readonly onReadyChanged: () => void;
}

/**
 * The links to members. A link is usable, and its peer reported as connected, once gossip flows both ways; it stays
 * so until its last connection closes. Gossipsub opens its stream to a peer once and never again while the peer stays
 * connected, so when that stream's connection closes while another remains, or the stream breaks, identify is run
 * again, which makes gossipsub look at the peer afresh; where that is not enough, the peer is made to do the same.
 */
export class Links {
  readonly #init: LinksInit;
  readonly #links = new Map<PublicKeyHex, Link>();
  /** libp2p's own record of it is a date, which may be set. */
  readonly #openedMs = new WeakMap<Connection, MonotonicMs>();

  constructor(init: LinksInit) {
    this.#init = init;
  }

  stop(): void {
    for (const link of this.#links.values()) stopTimers(link);
    this.#links.clear();
  }

  isUsable(peer: PublicKeyHex): boolean {
    return this.#links.get(peer)?.usable ?? false;
  }

  isConnected(peer: PublicKeyHex): boolean {
    return this.#links.has(peer);
  }

  usable(): readonly PublicKeyHex[] {
    return [...this.#links.values()].filter(({ usable }) => usable).map(({ peer }) => peer);
  }

  /** Those over which gossip flows now. */
  ready(): readonly PublicKeyHex[] {
    return [...this.#links.values()].filter(({ ready }) => ready).map(({ peer }) => peer);
  }

  peers(): readonly PublicKeyHex[] {
    return [...this.#links.keys()];
  }

  /** All connections, the doubled ones too. */
  connections(): readonly { readonly peer: PublicKeyHex; readonly connection: Connection }[] {
    return [...this.#links.values()].flatMap(({ peer, connections }) => connections.map((connection) => ({ peer, connection })));
  }

  /** The connection to send requests on: the newest that is open. */
  connection(peer: PublicKeyHex): Connection | undefined {
    return this.#links.get(peer)?.connections.findLast(({ status }) => status === 'open');
  }

  connectionsTo(peer: PublicKeyHex): readonly Connection[] {
    return this.#links.get(peer)?.connections ?? [];
  }

  view(): readonly LinkView[] {
    return [...this.#links.values()].map(({ peer, usable, ready, connections }) => ({
      peer,
      usable,
      gossip: ready,
      connections: connections.map(({ remoteAddr, direction }) => ({ address: remoteAddr.toString(), direction })),
    }));
  }

  /**
   * For the gater: a connection that would only be closed again. When both sides dial at the same moment the dial of
   * the lower key is kept; and who is connected already needs no second connection of his own making.
   */
  isSuperfluous(peer: PublicKeyHex, direction: 'inbound' | 'outbound'): boolean {
    const open = this.#links.get(peer)?.connections.filter((connection) => connection.status === 'open') ?? [];
    if (direction === 'outbound') return open.length > 0;
    return this.#init.self < peer && open.some((connection) => connection.direction === 'outbound' && this.#isYoung(connection));
  }

  add(peer: PublicKeyHex, connection: Connection): void {
    if (connection.status !== 'open') return;
    const nowMs = this.#init.now();
    this.#openedMs.set(connection, nowMs);
    let link = this.#links.get(peer);
    if (link === undefined) {
      link = {
        peer,
        peerId: connection.remotePeer,
        connections: [],
        sinceMs: nowMs,
        usable: false,
        ready: false,
        brokenSinceMs: nowMs,
        repairDueMs: nowMs + REPAIR_PAUSE_MS,
        repairs: 0,
        checkMs: FIRST_CHECK_MS,
        timer: undefined,
        replaceTimer: undefined,
      };
      this.#links.set(peer, link);
    }
    link.connections = [...link.connections, connection];
    if (link.connections.length > 1) this.#settleDoubles(link, connection);
    link.checkMs = FIRST_CHECK_MS;
    this.#check(link);
  }

  remove(peer: PublicKeyHex, connection: Connection): void {
    const link = this.#links.get(peer);
    if (link === undefined || !link.connections.some(({ id }) => id === connection.id)) return;
    link.connections = link.connections.filter(({ id }) => id !== connection.id);
    if (link.connections.length > 0) {
      link.repairDueMs = this.#init.now();
      link.checkMs = FIRST_CHECK_MS;
      this.#check(link);
      return;
    }
    stopTimers(link);
    this.#links.delete(peer);
    this.#init.onLost(peer, link.usable);
    if (link.ready) this.#init.onReadyChanged();
  }

  close(peer: PublicKeyHex, reason: string): void {
    for (const connection of this.#links.get(peer)?.connections ?? []) connection.abort(new Error(reason));
  }

  /** Something about the peer's gossip, or of all peers', may have changed. */
  check(peer?: PublicKeyHex): void {
    for (const link of this.#links.values()) {
      if (peer === undefined || link.peer === peer) this.#check(link);
    }
  }

  /**
   * Two connections where one is enough. Of two young ones only the lower key's platform closes one, so that the two
   * sides cannot close one each. An old one was forgotten by the other side, or it would not have made a new one; but
   * the new one may also come of a dial begun long ago, which the dialler's own gater is about to end, so the old one
   * goes only once the new one has lasted.
   */
  #settleDoubles(link: Link, newest: Connection): void {
    const others = link.connections.filter((connection) => connection !== newest);
    if (others.some((connection) => !this.#isYoung(connection))) this.#replaceLater(link, newest);
    const young = others.find((connection) => this.#isYoung(connection));
    if (young === undefined || this.#init.self > link.peer) return;
    const superfluous = young.direction === 'outbound' ? newest : newest.direction === 'outbound' ? young : undefined;
    if (superfluous === undefined) return;
    this.#init.counters.add('connection-doubled');
    superfluous.close().catch(() => {
      superfluous.abort(new Error('both sides dialled at once'));
    });
  }

  #replaceLater(link: Link, newest: Connection): void {
    const old = link.connections.filter((connection) => connection !== newest && !this.#isYoung(connection));
    clearTimeout(link.replaceTimer);
    link.replaceTimer = setTimeout(() => {
      if (newest.status !== 'open') return;
      for (const connection of old) {
        this.#init.counters.add('connection-replaced');
        connection.abort(new Error('replaced by a new connection'));
      }
    }, REPLACE_PAUSE_MS);
  }

  #isYoung(connection: Connection): boolean {
    const openedMs = this.#openedMs.get(connection);
    return openedMs !== undefined && this.#init.now() - openedMs < this.#init.timings.simultaneousDialMs;
  }

  #check(link: Link): void {
    clearTimeout(link.timer);
    if (this.#links.get(link.peer) !== link) return;
    const { timings, counters, now } = this.#init;
    if (!this.#init.isMember(link.peer)) {
      counters.add('link-not-member');
      this.close(link.peer, 'no longer a member');
      return;
    }
    const wasReady = link.ready;
    link.ready = this.#init.isGossipReady(link.peerId, link.connections);
    const nowMs = now();
    if (link.ready) {
      link.brokenSinceMs = nowMs;
      link.repairDueMs = nowMs;
      link.repairs = 0;
      if (!link.usable) {
        link.usable = true;
        this.#init.onUsable(link.peer);
      }
    } else if (nowMs - link.brokenSinceMs > timings.linkSetupTimeoutMs) {
      counters.add('link-unusable');
      this.close(link.peer, 'gossip could not be set up in time');
    } else if (nowMs >= link.repairDueMs) {
      link.repairDueMs = nowMs + REPAIR_PAUSE_MS * 2 ** link.repairs;
      // At first the subscriptions may only be on their way.
      if (link.usable || link.repairs > 0) this.#init.askAgain(link.peerId, link.connections);
      link.repairs++;
      this.#repair(link);
    }
    if (wasReady !== link.ready) this.#init.onReadyChanged();
    link.checkMs = link.ready ? timings.linkCheckMs : Math.min(2 * link.checkMs, REPAIR_PAUSE_MS, timings.linkCheckMs);
    link.timer = setTimeout(() => {
      this.#check(link);
    }, link.checkMs);
  }

  #repair(link: Link): void {
    const connection = this.connection(link.peer);
    if (connection === undefined) return;
    this.#init.counters.add('link-repaired');
    this.#init.identify(connection).then(
      () => {
        this.#check(link);
      },
      () => {
        this.#init.counters.add('identify-failed');
      },
    );
  }
}

function stopTimers(link: Link): void {
  clearTimeout(link.timer);
  clearTimeout(link.replaceTimer);
}
