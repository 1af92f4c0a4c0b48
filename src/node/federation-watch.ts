import type { DialFailure, PeerRecord } from '../network/peer-records.js';
import type { NetworkLogger } from '../network/options.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import { clockSkew, isOwnClockWrong } from './clock-skew.js';

/** After a start, links are given so long before their absence is worth a word. */
const FIRST_WORD_MS = 5_000;
/** What goes on is told again at most this often. */
const REMINDER_MS = 60_000;
/** A quorum that comes and goes is not told of each time. */
const LEAST_BETWEEN_LOSSES_MS = 10_000;

/** What there is to see. */
export interface FederationState {
  /** A quorum, this platform included, is connected and has said where it stands. */
  readonly inTouch: boolean;
  readonly catchingUp: boolean;
  /** Of every other member. */
  readonly peers: readonly PeerRecord[];
  /** Bootstrap addresses without peer id at which nobody was reached. */
  readonly unreachable: readonly DialFailure[];
}

export interface WatchedSociety {
  readonly chainId: Hash;
  readonly quorum: number;
  readonly faultTolerance: number;
  readonly nameOf: (peer: PublicKeyHex) => string;
}

/**
 * Tells people what keeps this platform from the others: that it lost touch with a quorum, whom it cannot reach and
 * why, who is on another chain, and that its clock is wrong. Says nothing twice in a minute, and acts on nothing.
 */
export class FederationWatch {
  readonly #logger: NetworkLogger;
  readonly #society: WatchedSociety;
  #outSinceMs: number | undefined;
  /** When the present loss, or absence since the start, was told of last. */
  #toldOutMs: number | undefined;
  #lossToldMs = -Infinity;
  #clockToldMs = -Infinity;
  #wasInTouch = false;
  readonly #otherChainToldMs = new Map<PublicKeyHex, number>();

  constructor(logger: NetworkLogger, society: WatchedSociety) {
    this.#logger = logger;
    this.#society = society;
  }

  /**
   * To be called every second or so, and when a member is connected or lost.
   * @param nowMs monotonic
   */
  look(state: FederationState, nowMs: number): void {
    if (state.inTouch) this.#inTouch(state, nowMs);
    else this.#outOfTouch(state, nowMs);
    this.#chains(state.peers, nowMs);
    this.#clock(state.peers, nowMs);
  }

  #inTouch({ catchingUp }: FederationState, nowMs: number): void {
    const outMs = nowMs - (this.#outSinceMs ?? nowMs);
    const isNews = !this.#wasInTouch || this.#toldOutMs !== undefined;
    this.#outSinceMs = undefined;
    this.#toldOutMs = undefined;
    if (!isNews) return;
    const standing = catchingUp ? 'catching up' : 'in sync: all blocks executed';
    if (this.#wasInTouch) this.#logger.info({ seconds: toSeconds(outMs) }, `in touch again after ${toSeconds(outMs)} s, ${standing}`);
    else this.#logger.info({}, `in touch with a quorum, ${standing}`);
    this.#wasInTouch = true;
  }

  #outOfTouch(state: FederationState, nowMs: number): void {
    this.#outSinceMs ??= nowMs;
    if (this.#toldOutMs !== undefined) {
      if (nowMs - this.#toldOutMs >= REMINDER_MS) this.#remind(state, nowMs, 'still out of touch with a quorum: nothing becomes final here');
    } else if (this.#wasInTouch) {
      if (nowMs - this.#lossToldMs < LEAST_BETWEEN_LOSSES_MS) return;
      this.#lossToldMs = nowMs;
      this.#toldOutMs = nowMs;
      this.#logger.error(this.#missing(state), 'out of touch with a quorum: nothing becomes final here until members are back');
    } else if (nowMs - this.#outSinceMs >= FIRST_WORD_MS) {
      this.#remind(state, nowMs, 'not yet in touch with a quorum: nothing becomes final here');
    }
  }

  #remind(state: FederationState, nowMs: number, message: string): void {
    this.#toldOutMs = nowMs;
    this.#logger.warn({ seconds: toSeconds(nowMs - (this.#outSinceMs ?? nowMs)), ...this.#missing(state) }, message);
  }

  #missing({ peers, unreachable }: FederationState): object {
    const { quorum, nameOf } = this.#society;
    const linked = peers.filter(({ isLinked }) => isLinked).length;
    const missing = peers.filter(({ isLinked }) => !isLinked).map(({ peer, addresses, lastFailure }) => ({
      platform: nameOf(peer),
      ...(lastFailure === undefined
        ? { cause: addresses.length === 0 ? 'no address of it is known: give one with --bootstrap' : 'has not answered yet' }
        : { address: lastFailure.address, cause: lastFailure.cause }),
    }));
    return {
      connected: `${linked + 1} of ${peers.length + 1}`, needed: quorum, missing,
      ...(unreachable.length === 0 ? {} : { unreachable: unreachable.map(({ address, cause }) => ({ address, cause })) }),
    };
  }

  #chains(peers: readonly PeerRecord[], nowMs: number): void {
    for (const { peer, otherChain } of peers) {
      if (otherChain === undefined || nowMs - (this.#otherChainToldMs.get(peer) ?? -Infinity) < REMINDER_MS) continue;
      this.#otherChainToldMs.set(peer, nowMs);
      this.#logger.warn(
        { platform: this.#society.nameOf(peer), itsChain: otherChain, ownChain: this.#society.chainId },
        'a member is on another chain, so nothing is exchanged with it: compare both genesis files (society, date, parameters, members and '
        + 'their order). Every platform needs the same file',
      );
    }
  }

  #clock(peers: readonly PeerRecord[], nowMs: number): void {
    const skew = clockSkew(peers);
    if (skew === undefined || nowMs - this.#clockToldMs < REMINDER_MS || !isOwnClockWrong(skew, peers.length, this.#society.faultTolerance)) return;
    this.#clockToldMs = nowMs;
    const { offsetMs, apart, compared } = skew;
    this.#logger.warn(
      { clockOffsetMs: Math.round(offsetMs) },
      `this host's clock is ${toSeconds(Math.abs(offsetMs))} s ${offsetMs > 0 ? 'ahead of' : 'behind'} ${apart} of ${compared} members: see that NTP runs here`,
    );
  }
}

function toSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 100) / 10;
}
