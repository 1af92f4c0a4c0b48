import { createHash } from 'node:crypto';
import { TopicValidatorResult, gossipsub, type GossipSub, type GossipSubComponents } from '@chainsafe/libp2p-gossipsub';
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import { FrameOutbox } from './frame-outbox.js';
import { encodeLength } from './frames.js';
import { GossipFrameWriter, decodeGossipFrame } from './gossip-frame.js';
import { Judgements } from './judgements.js';
import type { NetworkHandlers, Topic } from './network.js';
import type { NetworkLimits, NetworkLogger, NetworkTimings } from './options.js';
import { TokenBucket } from './rate-limit.js';
import { Relays } from './relays.js';

export const TOPICS: readonly Topic[] = ['consensus', 'transactions'];
const FRAME_OVERHEAD_BYTES = 64 * 1024;
/** Of one member on one topic, so many of the largest frames may wait to be judged. */
const WAITING_FRAMES = 2;
const MINUTE_MS = 60_000;
/** More than members there can be: everyone connected is in the mesh. */
const MESH_SIZE = 256;

export function topicName(chainId: Hash, topic: Topic): string {
  return `/fb-pbft/${chainId}/${topic}/1`;
}

/**
 * Gossipsub, set up for a few members that are nearly always all connected with one another. A publisher sends to all
 * its members itself (floodPublish), and gossipsub forwards nothing: past a missing link `Relays` sends on what was
 * verified, to those who lack it. Scores, peer exchange and IHAVE gossip stay off: members are known
 * by name, an honest one must never be graylisted, and losses are repaired by SPEC section 4's re-sending.
 */
export function gossipService(
  chainId: Hash, limits: NetworkLimits, onStream: (stream: Stream, connection: Connection) => void = () => undefined,
): (components: GossipSubComponents) => GossipSub {
  const maxFrameBytes = limits.maxGossipBytes + FRAME_OVERHEAD_BYTES;
  const create = gossipsub({
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: ({ topic, data }) => createHash('sha256').update(topic).update(data).digest().subarray(0, 20),
    msgIdToStrFn: (id) => Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1'),
    allowedTopics: TOPICS.map((topic) => topicName(chainId, topic)),
    fallbackToFloodsub: false,
    floodPublish: true,
    batchPublish: true,
    allowPublishToZeroTopicPeers: true,
    emitSelf: false,
    doPX: false,
    tagMeshPeers: false,
    D: MESH_SIZE,
    Dlo: MESH_SIZE,
    Dhi: 2 * MESH_SIZE,
    Dout: 0,
    Dscore: 0,
    Dlazy: 0,
    gossipFactor: 0,
    mcacheLength: 2,
    mcacheGossip: 1,
    seenTTL: 10_000,
    idontwantMinDataSize: Number.MAX_SAFE_INTEGER,
    maxInboundDataLength: maxFrameBytes,
    maxOutboundBufferSize: 4 * maxFrameBytes,
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    decodeRpcLimits: {
      maxSubscriptions: 16,
      // A member's RPC carries one frame; each message costs a hash, known or not.
      maxMessages: 1,
      maxIhaveMessageIDs: 64,
      maxIwantMessageIDs: 64,
      maxIdontwantMessageIDs: 64,
      maxControlMessages: 16,
      maxPeerInfos: 0,
    },
    scoreParams: { topics: {}, appSpecificWeight: 0, IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
  });
  return (components) => create(showingStreams(components, onStream));
}

/** Components whose registrar shows each stream before gossipsub reads it. */
function showingStreams(components: GossipSubComponents, onStream: (stream: Stream, connection: Connection) => void): GossipSubComponents {
  const { registrar } = components;
  const handle: GossipSubComponents['registrar']['handle'] = (protocol, handler, options) => registrar.handle(protocol, (stream, connection) => {
    onStream(stream, connection);
    return handler(stream, connection);
  }, options);
  const showing = Object.create(registrar, { handle: { value: handle } }) as GossipSubComponents['registrar'];
  return Object.create(components, { registrar: { value: showing } }) as GossipSubComponents;
}

/** How long gossipsub's records of who delivered which message first are kept. */
const SCORE_RECORDS_KEPT_MS = 5_000;

/**
 * The message records of gossipsub's peer scores. Scores are off here, yet it keeps a record of each message for two
 * minutes, by a constant: 50,000 records and 30 MB at 40 blocks/s. Undefined where another version keeps them elsewhere.
 */
export function scoreRecordsOf(pubsub: object): { clear(): void; readonly records: ReadonlyMap<unknown, unknown> } | undefined {
  const score: unknown = Reflect.get(pubsub, 'score');
  const deliveries: unknown = typeof score === 'object' && score !== null ? Reflect.get(score, 'deliveryRecords') : undefined;
  if (typeof deliveries !== 'object' || deliveries === null || !('clear' in deliveries) || !('records' in deliveries)) return undefined;
  const { records } = deliveries;
  if (typeof deliveries.clear !== 'function' || !(records instanceof Map)) return undefined;
  const clear = deliveries.clear.bind(deliveries) as () => void;
  return { records, clear };
}

export interface GossipInit {
  readonly chainId: Hash;
  readonly pubsub: GossipSub;
  readonly limits: NetworkLimits;
  readonly delayMs: NetworkTimings['gossipDelayMs'];
  readonly counters: Counters;
  readonly logger: NetworkLogger;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly memberOf: (peerId: PeerId) => PublicKeyHex | undefined;
  readonly memberCount: () => number;
  readonly onGossip: NetworkHandlers['onGossip'];
  /** Members to whom this platform has a usable link. */
  readonly linked: () => Iterable<PublicKeyHex>;
  readonly connectionsTo: (peer: PublicKeyHex) => readonly Connection[];
  /** The members that `peer` said it has links to; undefined where it did not say. */
  readonly reachOf: (peer: PublicKeyHex) => ReadonlySet<PublicKeyHex> | undefined;
  /** Whether the peer may have so many payloads of so many bytes judged now. */
  readonly mayJudge: (peer: PublicKeyHex, topic: Topic, payloads: number, sizeBytes: number) => boolean;
  readonly onTooManyRejects: (peer: PublicKeyHex) => void;
  /** A frame went to fewer members than there are links: some gossip stream broke. */
  readonly onShortfall: () => void;
}

/** Publishes payloads in frames, has those judged that come in, and relays what was verified. */
export class Gossip {
  readonly #init: GossipInit;
  readonly #frames = new GossipFrameWriter();
  readonly #outboxes: Readonly<Record<Topic, FrameOutbox>>;
  readonly #judgements: Judgements;
  readonly #relays: Relays;
  readonly #rejects = new Map<PublicKeyHex, TokenBucket>();
  #forgetting: NodeJS.Timeout | undefined;

  constructor(init: GossipInit) {
    this.#init = init;
    const { limits, delayMs, counters, logger, now, onGossip, memberCount, linked, reachOf } = init;
    const outbox = (topic: Topic): FrameOutbox => new FrameOutbox(delayMs[topic], (payloads) => { this.#publish(topic, payloads); });
    this.#outboxes = { consensus: outbox('consensus'), transactions: outbox('transactions') };
    this.#relays = new Relays({
      limits, delayMs, counters, now, memberCount, linked, reachOf,
      send: (topic, to, payloads) => { this.#sendTo(topic, to, payloads); },
    });
    this.#judgements = new Judgements({
      maxWaitingBytes: WAITING_FRAMES * (limits.maxGossipBytes + FRAME_OVERHEAD_BYTES), counters, logger, now, onGossip,
      accepted: (topic, outcome, from) => { this.#relays.pass(topic, outcome, from); },
      rejected: (from) => { this.#rejected(from); },
    });
  }

  start(): void {
    const { pubsub, chainId } = this.#init;
    const records = scoreRecordsOf(pubsub);
    if (records !== undefined) this.#forgetting = setInterval(() => { records.clear(); }, SCORE_RECORDS_KEPT_MS).unref();
    for (const topic of TOPICS) {
      const name = topicName(chainId, topic);
      pubsub.topicValidators.set(name, (peerId, message) => this.#judge(topic, peerId, message.data));
      pubsub.subscribe(name);
    }
  }

  stop(): void {
    clearInterval(this.#forgetting);
    for (const topic of TOPICS) this.#outboxes[topic].stop();
    this.#relays.stop();
    this.#judgements.stop();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    const { limits, counters, logger } = this.#init;
    if (payload.length > limits.maxGossipBytes) {
      counters.add('gossip-too-large-to-publish');
      logger.error({ topic, sizeBytes: payload.length, maxGossipBytes: limits.maxGossipBytes }, 'a payload above maxGossipBytes was not published');
      return;
    }
    this.#outboxes[topic].add(payload);
  }

  #publish(topic: Topic, payloads: readonly Uint8Array[]): void {
    const { pubsub, chainId, counters, logger } = this.#init;
    counters.add('gossip-published', payloads.length);
    pubsub.publish(topicName(chainId, topic), this.#frames.encode(payloads)).then(
      ({ recipients }) => {
        if (recipients.length < [...this.#init.linked()].length) this.#init.onShortfall();
      },
      (error: unknown) => {
        counters.add('gossip-publish-failed');
        logger.debug({ topic, err: error }, 'gossipsub did not publish');
      },
    );
  }

  /**
   * To one member, on the stream that gossipsub writes to, too: gossipsub itself publishes to all or to none. A member
   * that reads slowly gets fewer relays, so that what this platform says itself finds room.
   */
  #sendTo(topic: Topic, to: PublicKeyHex, payloads: readonly Uint8Array[]): void {
    const { chainId, counters, logger, connectionsTo, limits } = this.#init;
    const stream = gossipStreams(connectionsTo(to), 'outbound').at(-1);
    try {
      if (stream === undefined || stream.writeBufferLength > limits.maxGossipBytes) counters.add('gossip-relay-failed', payloads.length);
      else stream.send(encodeRpc(topicName(chainId, topic), this.#frames.encode(payloads)));
    } catch (error) {
      counters.add('gossip-relay-failed', payloads.length);
      logger.debug({ topic, to, err: error }, 'a relayed frame could not be sent');
    }
  }

  /** True once frames flow both ways: the peer's subscriptions are known and a gossip stream to it is open. */
  isReady(peerId: PeerId, connections: readonly Connection[]): boolean {
    return this.#isSubscribed(peerId) && gossipStreams(connections, 'outbound').length > 0;
  }

  /**
   * Resets the peer's gossip streams where its subscriptions are not known. Gossipsub forgets a peer when one of the
   * streams from it fails, even where it has another, over which the peer subscribed and will not do so again; at the
   * reset the peer's own check finds its stream gone and opens a new one, which begins with its subscriptions.
   */
  askAgain(peerId: PeerId, connections: readonly Connection[]): void {
    if (this.#isSubscribed(peerId)) return;
    for (const stream of gossipStreams(connections, 'inbound')) {
      this.#init.counters.add('gossip-stream-reset');
      stream.abort(new Error('the subscriptions are not known'));
    }
  }

  #isSubscribed(peerId: PeerId): boolean {
    const { pubsub, chainId } = this.#init;
    return TOPICS.every((topic) => pubsub.getSubscribers(topicName(chainId, topic)).some((subscriber) => subscriber.equals(peerId)));
  }

  /** What a member used up outlasts its connections: coming back buys nothing. */
  keepOnly(isMember: (peer: PublicKeyHex) => boolean): void {
    for (const peer of this.#rejects.keys()) if (!isMember(peer)) this.#rejects.delete(peer);
    this.#relays.keepOnly(isMember);
  }

  /** Gossipsub itself never forwards: what is accepted, and when, is seen only once all of it is judged. */
  #judge(topic: Topic, peerId: PeerId, data: Uint8Array): TopicValidatorResult {
    const { counters, memberOf, mayJudge, limits } = this.#init;
    const from = memberOf(peerId);
    if (from === undefined) {
      counters.add('gossip-not-member');
      return TopicValidatorResult.Reject;
    }
    const payloads = data.length > limits.maxGossipBytes + FRAME_OVERHEAD_BYTES ? undefined : decodeGossipFrame(data);
    if (payloads === undefined) {
      counters.add('gossip-malformed');
      this.#rejected(from);
      return TopicValidatorResult.Reject;
    }
    if (mayJudge(from, topic, payloads.length, data.length)) this.#judgements.take(topic, payloads, from);
    return TopicValidatorResult.Ignore;
  }

  #rejected(from: PublicKeyHex): void {
    if (!this.#rejectsOf(from).take(1, this.#init.now())) this.#init.onTooManyRejects(from);
  }

  #rejectsOf(peer: PublicKeyHex): TokenBucket {
    const known = this.#rejects.get(peer);
    if (known !== undefined) return known;
    const { limits, now } = this.#init;
    const rejects = new TokenBucket((limits.maxRejectsPerMinute * 1000) / MINUTE_MS, limits.maxRejectsPerMinute, now());
    this.#rejects.set(peer, rejects);
    return rejects;
  }
}

/**
 * Gossipsub's RPC with one message, its length before it: of the protobuf's fields `publish` (2), and in that `data` (2)
 * and `topic` (4).
 */
function encodeRpc(topic: string, data: Uint8Array): Uint8Array {
  const name = Buffer.from(topic);
  const message = Buffer.concat([Buffer.of(0x12), encodeLength(data.length), data, Buffer.of(0x22), encodeLength(name.length), name]);
  const rpc = Buffer.concat([Buffer.of(0x12), encodeLength(message.length), message]);
  return Buffer.concat([encodeLength(rpc.length), rpc]);
}

function gossipStreams(connections: readonly Connection[], direction: 'inbound' | 'outbound'): readonly Stream[] {
  return connections.flatMap(({ streams }) =>
    streams.filter((stream) => stream.direction === direction && stream.status === 'open' && stream.protocol.startsWith('/meshsub/')),
  );
}
