import './promise-with-resolvers.js';
import { multiaddr } from '@multiformats/multiaddr';
import { peerIdOf } from '../crypto/identity.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { AddressTable } from './address-table.js';
import type { Admission } from './admission.js';
import type { MonotonicClock, MonotonicMs } from './clocks.js';
import type { Counters } from './counters.js';
import type { Libp2pNode } from './libp2p-node.js';
import type { Links } from './links.js';
import { dialFailure } from './dial-failure.js';
import { dialableAddress } from './multiaddrs.js';
import type { NetworkLogger, NetworkTimings } from './options.js';
import type { DialFailure, PeerRecords } from './peer-records.js';
import type { Target } from './supervisor.js';

/** An address without peer id at which it is known who answers is left alone for this long; DNS may then say otherwise. */
const KNOWN_PAUSE_MS = 60_000;

/** What whoever made the connection can know of it. */
const ENDED_EARLY = 'ended before gossip was set up: the other side does so where this platform is no member in its genesis, or is refused for a while';

export interface DialerInit {
  readonly self: PublicKeyHex;
  readonly node: Libp2pNode;
  readonly members: () => readonly PublicKeyHex[];
  readonly admission: Admission;
  readonly links: Links;
  readonly table: AddressTable;
  /** Told of what fails. */
  readonly records: Pick<PeerRecords, 'dialFailed'>;
  readonly logger: NetworkLogger;
  /** Bootstrap addresses without a peer id. */
  readonly anonymous: readonly string[];
  readonly timings: NetworkTimings;
  readonly counters: Counters;
  readonly now: MonotonicClock;
  readonly random: () => number;
  readonly abort: AbortSignal;
}

/** Says who is missing, and dials them: the Supervisor's hands. */
export class Dialer {
  readonly #init: DialerInit;
  /** Who was found at an address without peer id. */
  readonly #found = new Map<string, { readonly publicKey: PublicKeyHex; readonly atMs: number }>();

  /** Last failures at addresses without peer id. */
  readonly #failures = new Map<string, { readonly cause: string; readonly atMs: MonotonicMs }>();
  /** Who, of no member's key, answered at addresses that are being dialled. */
  readonly #strangers = new Map<string, string>();

  constructor(init: DialerInit) {
    this.#init = init;
  }

  wanted(): readonly Target[] {
    const { self, members, links, admission, table, anonymous } = this.#init;
    const missing = members().filter((peer) => peer !== self && !links.isUsable(peer) && !admission.isPenalized(peer));
    if (missing.length === 0) return [];
    const targets: Target[] = missing.filter((peer) => table.candidates(peer).length > 0).map((publicKey) => ({ kind: 'member', publicKey }));
    for (const address of anonymous) {
      if (!this.#isKnown(address)) targets.push({ kind: 'address', address });
    }
    return targets;
  }

  /** The higher key leaves the lower one a moment, so that two who miss each other do not make two connections. */
  firstPauseMs(target: Target): number {
    const { self, timings, random } = this.#init;
    const yieldMs = target.kind === 'member' && self > target.publicKey ? timings.redialMinMs : 0;
    return yieldMs + (random() * timings.redialMinMs) / 8;
  }

  /**
   * One address after the other, until one answers or it turns out that it need not: a peer that dialled meanwhile,
   * or news of other addresses, for which the supervisor comes back. A second try is given twice the time, since on a
   * busy host a handshake that is cut off each time never ends.
   */
  async dial(target: Target, failedBefore: number): Promise<void> {
    const { links, timings, abort } = this.#init;
    const timeoutMs = timings.dialTimeoutMs * (failedBefore === 0 ? 1 : 2);
    const addresses = this.#addressesOf(target);
    for (const address of addresses) {
      if (abort.aborted || (target.kind === 'member' && links.isConnected(target.publicKey))) return;
      if (this.#addressesOf(target)[0] !== addresses[0]) return;
      if (await this.#dialAddress(target, address, AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)]))) return;
    }
  }

  #addressesOf(target: Target): readonly string[] {
    return target.kind === 'address' ? [target.address] : this.#init.table.candidates(target.publicKey);
  }

  async #dialAddress(target: Target, address: string, signal: AbortSignal): Promise<boolean> {
    const { self, node, counters, now } = this.#init;
    this.#strangers.delete(address);
    const peer = target.kind === 'member' ? `/p2p/${peerIdOf(target.publicKey)}` : '';
    try {
      await node.dial(multiaddr(`${address}${peer}`), { signal });
      counters.add('dial-succeeded');
      this.#failures.delete(address);
      return true;
    } catch (error) {
      counters.add('dial-failed');
      // One bootstrap list serves all platforms, so it often names this one too.
      const answeredItself = error instanceof Error && error.name === 'InvalidPeerIdError';
      if (target.kind === 'address' && answeredItself) this.#found.set(address, { publicKey: self, atMs: now() });
      else if (!this.#init.abort.aborted) this.#failed(target, address, error);
      return false;
    } finally {
      this.#strangers.delete(address);
    }
  }

  #failed(target: Target, address: string, error: unknown): void {
    const { records, logger, now } = this.#init;
    const stranger = this.#strangers.get(address);
    const cause = stranger === undefined ? dialFailure(error) : `${stranger} answered, which is no member`;
    // Somebody else's connection, made at the same time, is no failure.
    if (target.kind === 'member' && this.#init.links.isConnected(target.publicKey)) return;
    if (target.kind === 'member') records.dialFailed(target.publicKey, address, cause);
    else this.#failures.set(address, { cause, atMs: now() });
    logger.debug({ address, ...(target.kind === 'member' ? { peer: target.publicKey } : {}), cause }, 'could not connect');
  }

  /** A connection that this platform made was closed before it was of any use. */
  endedEarly(publicKey: PublicKeyHex, address: string): void {
    const { records, logger } = this.#init;
    records.dialFailed(publicKey, address, ENDED_EARLY);
    logger.debug({ address, peer: publicKey, cause: ENDED_EARLY }, 'could not connect');
  }

  /** Addresses without peer id at which nobody was reached at the last try. */
  failures(): readonly DialFailure[] {
    const nowMs = this.#init.now();
    return [...this.#failures].map(([address, { cause, atMs }]) => ({ address, cause, agoMs: nowMs - atMs }));
  }

  /** The gater refused whoever answered at an address that this platform dialled. */
  onStranger(remoteAddress: string, peerId: string): void {
    const parsed = dialableAddress(remoteAddress);
    if (parsed !== undefined) this.#strangers.set(parsed.address, peerId);
  }

  /** The gater learnt who answers at an address that this platform dialled. */
  onAnswer(remoteAddress: string, publicKey: PublicKeyHex): void {
    const address = dialableAddress(remoteAddress)?.address;
    if (address === undefined) return;
    const nowMs = this.#init.now();
    this.#init.table.prove(publicKey, address, nowMs);
    this.#failures.delete(address);
    if (this.#init.anonymous.includes(address)) this.#found.set(address, { publicKey, atMs: nowMs });
  }

  /** Oneself, or a member that is connected or dialled by its key anyway. */
  #isKnown(address: string): boolean {
    const found = this.#found.get(address);
    return found !== undefined && this.#init.now() < found.atMs + KNOWN_PAUSE_MS;
  }
}
