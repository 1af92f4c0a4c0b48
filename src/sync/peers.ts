import type { PublicKeyHex } from '../types/ids.js';
import type { Status } from '../types/sync.js';
import type { OwnPosition } from './events.js';
import { isAfter, ownPosition, plausibleSequence, positionOf, type Position } from './position.js';
import type { SyncSettings } from './settings.js';

/** Kinds of exchange, each including those before it. */
const EXCHANGES = ['STATUS', 'PULL', 'PUSH'] as const;
/** STATUS; SLOTS without own messages; SLOTS with what the core re-sends. */
export type ExchangeKind = (typeof EXCHANGES)[number];

interface WantedExchange {
  readonly kind: ExchangeKind;
  readonly dueMs: number;
}

/** What is known of one peer, and what is owed to it. Outlives disconnection, so that bad service is remembered. */
export interface Peer {
  readonly key: PublicKeyHex;
  connected: boolean;
  /** Has said where it stands since it connected. */
  heard: boolean;
  /** Proven by a certificate; undefined where only genesis is final, or nothing is known. */
  final: Position | undefined;
  /** The peer's word, made plausible. */
  finalSequence: number;
  /** The lowest block it says that it serves, as of its last answer. */
  firstSequence: number;
  currentSlot: number;
  highestCertificateSlot: number;
  wanted: WantedExchange | undefined;
  /** Of the STATUS or SLOTS request that is outstanding; at most one is. */
  exchangeId: number | undefined;
  lastExchangeMs: number;
  outstandingRanges: number;
  /** Failures to serve in a row. */
  failures: number;
  /** Times in a row that it had no time: it served others, or this platform asked for too much. */
  refusals: number;
  /** Invalid answers ever, counted once for each connection. */
  offences: number;
  /** Convicted since it connected; what else was asked of it before it is disconnected does not count again. */
  convicted: boolean;
  /** No blocks are asked of it before this. */
  pausedUntilMs: number;
}

/** The peers met so far, at most `maxPeers`. Iteration is in order of first meeting, which keeps runs repeatable. */
export class PeerBook {
  readonly #peers = new Map<PublicKeyHex, Peer>();
  readonly #settings: SyncSettings;

  constructor(settings: SyncSettings) {
    this.#settings = settings;
  }

  get(key: PublicKeyHex): Peer | undefined {
    return this.#peers.get(key);
  }

  connected(): Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.connected);
  }

  /** Undefined where the book is full of connected peers. */
  connect(key: PublicKeyHex): Peer | undefined {
    const known = this.#peers.get(key);
    if (known !== undefined) {
      known.connected = true;
      known.convicted = false;
      return known;
    }
    if (this.#peers.size >= this.#settings.maxPeers) {
      const idle = [...this.#peers.values()].find((peer) => !peer.connected);
      if (idle === undefined) return undefined;
      this.#peers.delete(idle.key);
    }
    const peer: Peer = {
      key, connected: true, heard: false,
      final: undefined, finalSequence: -1, firstSequence: 0, currentSlot: 0, highestCertificateSlot: -1,
      wanted: undefined, exchangeId: undefined, lastExchangeMs: Number.NEGATIVE_INFINITY,
      outstandingRanges: 0, failures: 0, refusals: 0, offences: 0, convicted: false, pausedUntilMs: Number.NEGATIVE_INFINITY,
    };
    this.#peers.set(key, peer);
    return peer;
  }

  disconnect(key: PublicKeyHex): void {
    const peer = this.#peers.get(key);
    if (peer === undefined) return;
    peer.connected = false;
    peer.heard = false;
    peer.wanted = undefined;
    peer.exchangeId = undefined;
    peer.outstandingRanges = 0;
    peer.lastExchangeMs = Number.NEGATIVE_INFINITY;
  }

  /** Takes in a validated status. What it proves only ever grows; what it claims is replaced. */
  noteStatus(peer: Peer, status: Status, own: OwnPosition): void {
    peer.heard = true;
    const certificate = status.finalityCertificate;
    if (certificate !== undefined) {
      const proven = positionOf(certificate);
      if (peer.final === undefined || isAfter(proven, peer.final)) peer.final = proven;
    }
    peer.finalSequence = peer.final === undefined ? -1 : plausibleSequence(status.finalSequence, peer.final, own);
    peer.currentSlot = status.currentSlot;
    peer.highestCertificateSlot = status.highestCertificate?.slot ?? -1;
  }

  /** Asks for an exchange; joined with one already wanted: the stronger kind at the earlier time. */
  want(peer: Peer, kind: ExchangeKind, dueMs: number): void {
    if (!peer.connected) return;
    const before = peer.wanted;
    peer.wanted = before === undefined
      ? { kind, dueMs }
      : {
        kind: EXCHANGES.indexOf(kind) > EXCHANGES.indexOf(before.kind) ? kind : before.kind,
        dueMs: Math.min(dueMs, before.dueMs),
      };
  }

  /** When the wanted exchange may go out; undefined where none is wanted or one is outstanding. */
  exchangeDueMs(peer: Peer): number | undefined {
    if (peer.wanted === undefined || peer.exchangeId !== undefined) return undefined;
    return Math.max(peer.wanted.dueMs, peer.lastExchangeMs + this.#settings.exchangeIntervalMs);
  }

  /** The connected peer that was asked longest ago. */
  nextInTurn(): Peer | undefined {
    return this.connected().reduce<Peer | undefined>(
      (oldest, peer) => (oldest === undefined || peer.lastExchangeMs < oldest.lastExchangeMs ? peer : oldest),
      undefined,
    );
  }

  noteServed(peer: Peer): void {
    peer.failures = 0;
    peer.refusals = 0;
  }

  /** The peer says that its final block is `claimed` by now. */
  noteClaim(peer: Peer, claimed: number, own: OwnPosition): void {
    if (peer.final !== undefined) peer.finalSequence = Math.max(peer.finalSequence, plausibleSequence(claimed, peer.final, own));
  }

  /** A pause that doubles with each refusal in a row. That it has no time says nothing against it. */
  noteBusy(peer: Peer, nowMs: number): void {
    const pauseMs = Math.min(this.#settings.busyMs * 2 ** Math.min(peer.refusals, 20), this.#settings.maxBusyMs);
    peer.refusals += 1;
    peer.pausedUntilMs = Math.max(peer.pausedUntilMs, nowMs + pauseMs);
  }

  /** A pause that doubles with each failure in a row. */
  noteFailure(peer: Peer, nowMs: number): void {
    const pauseMs = Math.min(this.#settings.backoffMs * 2 ** Math.min(peer.failures, 20), this.#settings.maxBackoffMs);
    peer.failures += 1;
    peer.pausedUntilMs = Math.max(peer.pausedUntilMs, nowMs + pauseMs);
  }

  /**
   * A long pause that doubles with each offence, and survives reconnection.
   * @returns false where the peer was convicted already since it connected
   */
  noteOffence(peer: Peer, nowMs: number): boolean {
    if (peer.convicted) return false;
    peer.convicted = true;
    const pauseMs = Math.min(this.#settings.distrustMs * 2 ** Math.min(peer.offences, 20), this.#settings.maxDistrustMs);
    peer.offences += 1;
    peer.pausedUntilMs = Math.max(peer.pausedUntilMs, nowMs + pauseMs);
    return true;
  }

  /** Highest sequence that this peer should be able to serve. */
  servesUpTo(peer: Peer, own: OwnPosition): number {
    if (peer.final === undefined) return -1;
    return isAfter(peer.final, ownPosition(own)) ? Math.max(peer.finalSequence, own.finalSequence + 1) : peer.finalSequence;
  }

  /** True where the peer is proven to have final blocks that this platform lacks. */
  isAhead(peer: Peer, own: OwnPosition): boolean {
    return peer.final !== undefined && isAfter(peer.final, ownPosition(own));
  }
}
