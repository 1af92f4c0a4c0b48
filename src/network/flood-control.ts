import type { Connection } from '@libp2p/interface';
import type { PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import type { Topic } from './network.js';
import { NetworkError } from './errors.js';
import { watchTraffic } from './muxer.js';
import type { NetworkLimits } from './options.js';
import { TokenBucket } from './rate-limit.js';

const MINUTE_S = 60;

interface GossipAllowance {
  readonly messages: TokenBucket;
  readonly bytes: TokenBucket;
}

interface Allowance {
  readonly gossip: Readonly<Record<Topic, GossipAllowance>>;
  readonly pushed: TokenBucket;
  readonly streams: TokenBucket;
  readonly rpcs: TokenBucket;
  readonly frames: TokenBucket;
  readonly traffic: TokenBucket;
  /** What was above the others, each counted in seconds of its limit. */
  readonly excessSeconds: TokenBucket;
}

export interface FloodControlInit {
  readonly limits: Pick<
    NetworkLimits,
    'gossip' | 'pushedMessagesPerSecond' | 'streamsPerSecond' | 'framesPerSecond' | 'bytesPerSecond'
    | 'maxExcessSecondsPerMinute'
  >;
  readonly counters: Counters;
  readonly now: () => number;
  /** The peer went on although it was throttled. */
  readonly onFlood: (peer: PublicKeyHex, reason: string) => void;
}

/**
 * How much of this platform's time one member may take. What is above a limit is refused, and counted in seconds of
 * that limit; a member with too many of them in a minute is told of as flooding. The limits are far above what honest
 * members send, and bursts of two seconds are free, as after a partition.
 */
export class FloodControl {
  readonly #init: FloodControlInit;
  readonly #allowances = new Map<PublicKeyHex, Allowance>();

  constructor(init: FloodControlInit) {
    this.#init = init;
  }

  /** True where the peer may have so many payloads of so many bytes judged now; each topic has its own allowance. */
  takeGossip(peer: PublicKeyHex, topic: Topic, payloads: number, sizeBytes: number): boolean {
    const { messagesPerSecond, bytesPerSecond } = this.#init.limits.gossip[topic];
    const nowMs = this.#init.now();
    const { messages, bytes } = this.#of(peer).gossip[topic];
    if (!messages.take(payloads, nowMs)) return this.#refuse(peer, 'gossip', payloads, payloads / messagesPerSecond);
    if (!bytes.take(sizeBytes, nowMs)) return this.#refuse(peer, 'gossip', payloads, sizeBytes / bytesPerSecond);
    return true;
  }

  /** True where the peer may have so many messages looked at that its request pushes. */
  takePushed(peer: PublicKeyHex, messages: number): boolean {
    if (this.#of(peer).pushed.take(messages, this.#init.now())) return true;
    return this.#refuse(peer, 'pushes', messages, messages / this.#init.limits.pushedMessagesPerSecond);
  }

  /** True where the peer may open one more stream now. */
  takeStream(peer: PublicKeyHex): boolean {
    if (this.#of(peer).streams.take(1, this.#init.now())) return true;
    return this.#refuse(peer, 'streams', 1, 1 / this.#init.limits.streamsPerSecond);
  }

  /** Gossipsub's RPCs came, which it takes apart whatever is in them. */
  chargeRpcs(peer: PublicKeyHex, count: number): void {
    this.#charge(peer, 'rpcs', this.#of(peer).rpcs, count, this.#rpcsPerSecond);
  }

  /** Frames of yamux came. @returns milliseconds for which nothing more should be read from the peer */
  chargeTraffic(peer: PublicKeyHex, frames: number, sizeBytes: number): number {
    const { limits, now } = this.#init;
    const { frames: frameBucket, traffic } = this.#of(peer);
    this.#charge(peer, 'frames', frameBucket, frames, limits.framesPerSecond);
    return traffic.charge(sizeBytes, now());
  }

  /**
   * Has the streams and the traffic of a peer's connection counted from now on.
   * @returns false where they cannot be seen: the connection must not be kept
   */
  watch(peer: PublicKeyHex, connection: Connection): boolean {
    const seesStreams = watchStreams(connection, (stream) => {
      if (!this.takeStream(peer)) stream.abort(new NetworkError('refused', 'too many streams'));
    });
    return seesStreams && watchTraffic(connection, (frames, sizeBytes) => this.chargeTraffic(peer, frames, sizeBytes));
  }

  /** Of those who are no members any more. What a member used up outlasts its connections: coming back buys nothing. */
  keepOnly(isMember: (peer: PublicKeyHex) => boolean): void {
    for (const peer of this.#allowances.keys()) if (!isMember(peer)) this.#allowances.delete(peer);
  }

  /** For what has come already and cannot be refused: a peer that goes on is cut off. */
  #charge(peer: PublicKeyHex, what: 'rpcs' | 'frames', bucket: TokenBucket, count: number, perSecond: number): void {
    if (bucket.take(count, this.#init.now())) return;
    this.#refuse(peer, what, count, count / perSecond);
  }

  #refuse(peer: PublicKeyHex, what: 'gossip' | 'pushes' | 'streams' | 'rpcs' | 'frames', count: number, seconds: number): false {
    const { counters, now, onFlood } = this.#init;
    counters.add(`throttled-${what}`, count);
    if (!this.#of(peer).excessSeconds.take(seconds, now())) {
      counters.add(`flood-${what}`);
      onFlood(peer, `floods with ${what}`);
    }
    return false;
  }

  /** One message in each, at most, and few without one. */
  get #rpcsPerSecond(): number {
    return Object.values(this.#init.limits.gossip).reduce((sum, { messagesPerSecond }) => sum + messagesPerSecond, 0);
  }

  #of(peer: PublicKeyHex): Allowance {
    const known = this.#allowances.get(peer);
    if (known !== undefined) return known;
    const { limits, now } = this.#init;
    const nowMs = now();
    const twoSecondsOf = (perSecond: number): TokenBucket => new TokenBucket(perSecond, 2 * perSecond, nowMs);
    const gossip = (topic: Topic): GossipAllowance => {
      const { messagesPerSecond, bytesPerSecond } = limits.gossip[topic];
      return { messages: twoSecondsOf(messagesPerSecond), bytes: twoSecondsOf(bytesPerSecond) };
    };
    const allowance: Allowance = {
      gossip: { consensus: gossip('consensus'), transactions: gossip('transactions') },
      pushed: twoSecondsOf(limits.pushedMessagesPerSecond),
      streams: twoSecondsOf(limits.streamsPerSecond),
      rpcs: twoSecondsOf(this.#rpcsPerSecond),
      frames: twoSecondsOf(limits.framesPerSecond),
      traffic: twoSecondsOf(limits.bytesPerSecond),
      excessSeconds: new TokenBucket(limits.maxExcessSecondsPerMinute / MINUTE_S, limits.maxExcessSecondsPerMinute, nowMs),
    };
    this.#allowances.set(peer, allowance);
    return allowance;
  }
}

/**
 * Calls `onStream` for each stream that the peer opens, before its protocol is chosen, which costs more than most
 * streams do later. libp2p has no event for it, but its connections hold on to their muxer. False where this one does not.
 */
export function watchStreams(connection: Connection, onStream: (stream: { abort(error: Error): void }) => void): boolean {
  const muxer: unknown = Reflect.get(connection, 'muxer');
  if (!(muxer instanceof EventTarget)) return false;
  muxer.addEventListener('stream', (event) => {
    const stream: unknown = Reflect.get(event, 'detail');
    if (isAbortable(stream)) onStream(stream);
  });
  return true;
}

function isAbortable(value: unknown): value is { abort(error: Error): void } {
  return typeof value === 'object' && value !== null && 'abort' in value && typeof value.abort === 'function';
}
