import './promise-with-resolvers.js';
import { multiaddr } from '@multiformats/multiaddr';
import { peerIdOf } from '../crypto/identity.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { AddressTable } from './address-table.js';
import type { Admission } from './admission.js';
import type { MonotonicClock } from './clocks.js';
import type { Counters } from './counters.js';
import type { Libp2pNode } from './libp2p-node.js';
import type { Links } from './links.js';
import { dialableAddress } from './multiaddrs.js';
import type { NetworkTimings } from './options.js';
import type { Target } from './supervisor.js';

/** An address without peer id at which it is known who answers is left alone for this long; DNS may then say otherwise. */
const KNOWN_PAUSE_MS = 60_000;

export interface DialerInit {
  readonly self: PublicKeyHex;
  readonly node: Libp2pNode;
  readonly members: () => readonly PublicKeyHex[];
  readonly admission: Admission;
  readonly links: Links;
  readonly table: AddressTable;
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
    const peer = target.kind === 'member' ? `/p2p/${peerIdOf(target.publicKey)}` : '';
    try {
      await node.dial(multiaddr(`${address}${peer}`), { signal });
      counters.add('dial-succeeded');
      return true;
    } catch (error) {
      counters.add('dial-failed');
      // One bootstrap list serves all platforms, so it often names this one too.
      const answeredItself = error instanceof Error && error.name === 'InvalidPeerIdError';
      if (target.kind === 'address' && answeredItself) this.#found.set(address, { publicKey: self, atMs: now() });
      return false;
    }
  }

  /** The gater learnt who answers at an address that this platform dialled. */
  onAnswer(remoteAddress: string, publicKey: PublicKeyHex): void {
    const address = dialableAddress(remoteAddress)?.address;
    if (address === undefined) return;
    const nowMs = this.#init.now();
    this.#init.table.prove(publicKey, address, nowMs);
    if (this.#init.anonymous.includes(address)) this.#found.set(address, { publicKey, atMs: nowMs });
  }

  /** Oneself, or a member that is connected or dialled by its key anyway. */
  #isKnown(address: string): boolean {
    const found = this.#found.get(address);
    return found !== undefined && this.#init.now() < found.atMs + KNOWN_PAUSE_MS;
  }
}
