import { createHash } from 'node:crypto';
import type { PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import { FrameOutbox } from './frame-outbox.js';
import type { AcceptedOutcome, Topic } from './network.js';
import type { NetworkLimits, NetworkTimings } from './options.js';
import { TokenBucket } from './rate-limit.js';

/** Of what a receiver takes from this platform, at most so much is filled with what comes from others. */
const RELAYED_SHARE = 1 / 2;
/** Payloads remembered as relayed. */
const MAX_REMEMBERED = 8_192;
/** What a payload takes in a frame beside its own bytes, the frame's own share included. */
const FRAMING_BYTES = 64;

interface Budget {
  readonly memberCount: number;
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
}

export interface RelaysInit {
  readonly limits: Pick<NetworkLimits, 'gossip'>;
  readonly delayMs: NetworkTimings['gossipDelayMs'];
  readonly counters: Counters;
  readonly now: () => number;
  readonly memberCount: () => number;
  /** Members to whom this platform has a usable link. */
  readonly linked: () => Iterable<PublicKeyHex>;
  /** The members that `peer` said it has links to; undefined where it did not say. */
  readonly reachOf: (peer: PublicKeyHex) => ReadonlySet<PublicKeyHex> | undefined;
  readonly send: (topic: Topic, to: PublicKeyHex, payloads: readonly Uint8Array[]) => void;
}

/**
 * Passes on what was verified here, to members that lack a link to whoever it came from. Both their words count: a single
 * member can neither make others relay by denying links, nor by saying nothing; where nobody has spoken, nothing is
 * relayed, and re-sending repairs what is lost. Since everyone sends to all its links what it publishes and, in this way,
 * what it gets, a payload comes to everyone, however few links there are, as long as they connect all.
 *
 * A receiver charges relays to the relayer, so each source has a budget. All of them together are half of what one member
 * may send another, and what is above is not relayed.
 */
export class Relays {
  readonly #init: RelaysInit;
  readonly #outboxes = new Map<string, FrameOutbox>();
  readonly #budgets = new Map<PublicKeyHex, Record<Topic, Budget>>();
  /** Digests, the oldest first: whatever the judge of payloads says, none goes round for ever. */
  readonly #relayed = new Set<string>();

  constructor(init: RelaysInit) {
    this.#init = init;
  }

  /** What is new here and verified, from a member over its own link. */
  pass(topic: Topic, outcome: AcceptedOutcome, from: PublicKeyHex): void {
    const lacking = this.#lacking(from);
    if (lacking.length === 0) return;
    const { verified } = outcome;
    if (!this.#isFirst(topic, verified)) return;
    const { counters } = this.#init;
    if (!this.#take(topic, verified.length, from)) {
      counters.add('gossip-relay-throttled');
      return;
    }
    counters.add('gossip-relayed');
    for (const to of lacking) this.#outbox(topic, to).add(verified);
  }

  /** What a member's relays used up outlasts its connections: coming back buys nothing. */
  keepOnly(isMember: (peer: PublicKeyHex) => boolean): void {
    for (const peer of this.#budgets.keys()) if (!isMember(peer)) this.#budgets.delete(peer);
  }

  stop(): void {
    for (const outbox of this.#outboxes.values()) outbox.stop();
    this.#outboxes.clear();
  }

  /** Linked to this platform, but not to `from`. */
  #lacking(from: PublicKeyHex): readonly PublicKeyHex[] {
    const { linked, reachOf } = this.#init;
    const reach = reachOf(from);
    return [...linked()].filter((peer) => {
      if (peer === from || reach?.has(peer) === true) return false;
      const itsReach = reachOf(peer);
      return itsReach === undefined ? reach !== undefined : !itsReach.has(from);
    });
  }

  #isFirst(topic: Topic, payload: Uint8Array): boolean {
    const digest = createHash('sha256').update(topic).update(payload).digest('base64');
    if (this.#relayed.has(digest)) return false;
    this.#relayed.add(digest);
    for (const oldest of this.#relayed) {
      if (this.#relayed.size <= MAX_REMEMBERED) break;
      this.#relayed.delete(oldest);
    }
    return true;
  }

  #take(topic: Topic, sizeBytes: number, from: PublicKeyHex): boolean {
    const { messages, bytes } = this.#budgetOf(topic, from);
    const nowMs = this.#init.now();
    // The largest proposal is more than a source's share at once: it goes on credit.
    return messages.take(1, nowMs) && bytes.borrow(sizeBytes + FRAMING_BYTES, nowMs);
  }

  #budgetOf(topic: Topic, from: PublicKeyHex): Budget {
    const memberCount = this.#init.memberCount();
    const known = this.#budgets.get(from);
    if (known?.[topic].memberCount === memberCount) return known[topic];
    const nowMs = this.#init.now();
    const budget = (each: Topic): Budget => {
      const { messagesPerSecond, bytesPerSecond } = this.#init.limits.gossip[each];
      // Of all members two are no source: this platform, and the receiver.
      const share = RELAYED_SHARE / Math.max(1, memberCount - 2);
      const twoSecondsOf = (perSecond: number): TokenBucket => new TokenBucket(perSecond * share, 2 * perSecond * share, nowMs);
      return { memberCount, messages: twoSecondsOf(messagesPerSecond), bytes: twoSecondsOf(bytesPerSecond) };
    };
    const budgets = { consensus: budget('consensus'), transactions: budget('transactions') };
    this.#budgets.set(from, budgets);
    return budgets[topic];
  }

  #outbox(topic: Topic, to: PublicKeyHex): FrameOutbox {
    const name = `${topic} ${to}`;
    let outbox = this.#outboxes.get(name);
    if (outbox === undefined) {
      outbox = new FrameOutbox(this.#init.delayMs[topic], (payloads) => { this.#init.send(topic, to, payloads); });
      this.#outboxes.set(name, outbox);
    }
    return outbox;
  }
}
