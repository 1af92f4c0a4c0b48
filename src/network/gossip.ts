import { createHash } from 'node:crypto';
import { TopicValidatorResult, gossipsub, type GossipSub, type GossipSubComponents } from '@chainsafe/libp2p-gossipsub';
import type { Connection, PeerId, Stream } from '@libp2p/interface';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { Counters } from './counters.js';
import { GossipFrameWriter, decodeGossipFrame, originOf } from './gossip-frame.js';
import { IGNORED, type GossipOutcome, type NetworkHandlers, type Topic } from './network.js';
import type { NetworkLimits, NetworkLogger, NetworkTimings } from './options.js';
import { TokenBucket } from './rate-limit.js';

export const TOPICS: readonly Topic[] = ['consensus', 'transactions'];
/** Payloads are gathered into frames of about this size; a larger one travels alone. */
const FRAME_TARGET_BYTES = 64 * 1024;
const FRAME_OVERHEAD_BYTES = 64 * 1024;
const MINUTE_MS = 60_000;
/** More than members there can be: everyone connected is in the mesh. */
const MESH_SIZE = 256;

export function topicName(chainId: Hash, topic: Topic): string {
  return `/fb-pbft/${chainId}/${topic}/1`;
}

/**
 * Gossipsub, set up for a few members that are nearly always all connected with one another. A publisher sends to all
 * its members itself (floodPublish), so relaying is needed only past a missing link: the validator decides that, frame
 * by frame, and tells gossipsub to ignore what need not travel on. What is relayed goes to the whole mesh, since in a
 * star or a chain each link may be the only one. Scores, peer exchange and IHAVE gossip stay off: members are known
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
 * minutes, by a constant: 50,000 records and 30 MB at 40 blocks/s. Undefined where another version keeps none.
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

interface Outbox {
  payloads: Uint8Array[];
  sizeBytes: number;
  timer: NodeJS.Timeout | undefined;
  scheduled: boolean;
}

export interface GossipInit {
  readonly self: PublicKeyHex;
  readonly chainId: Hash;
  readonly pubsub: GossipSub;
  readonly limits: NetworkLimits;
  readonly delayMs: NetworkTimings['gossipDelayMs'];
  readonly counters: Counters;
  readonly logger: NetworkLogger;
  readonly now: () => number;
  readonly memberOf: (peerId: PeerId) => PublicKeyHex | undefined;
  readonly onGossip: NetworkHandlers['onGossip'];
  /** Members to whom this platform has a usable link. */
  readonly linked: () => Iterable<PublicKeyHex>;
  /** The members that `peer` said it has links to; undefined where it did not say. */
  readonly reachOf: (peer: PublicKeyHex) => ReadonlySet<PublicKeyHex> | undefined;
  /** Whether the peer may have so many payloads of so many bytes judged now. */
  readonly mayJudge: (peer: PublicKeyHex, payloads: number, sizeBytes: number) => boolean;
  readonly onTooManyRejects: (peer: PublicKeyHex) => void;
  /** A frame went to fewer members than there are links: some gossip stream broke. */
  readonly onShortfall: () => void;
}

/** Publishes payloads in frames and judges the frames that come in. */
export class Gossip {
  readonly #init: GossipInit;
  readonly #frames: GossipFrameWriter;
  readonly #outboxes = new Map<Topic, Outbox>();
  readonly #rejects = new Map<PublicKeyHex, TokenBucket>();
  #forgetting: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(init: GossipInit) {
    this.#init = init;
    this.#frames = new GossipFrameWriter(init.self);
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
    this.#stopped = true;
    clearInterval(this.#forgetting);
    for (const outbox of this.#outboxes.values()) clearTimeout(outbox.timer);
    this.#outboxes.clear();
  }

  publish(topic: Topic, payload: Uint8Array): void {
    const { limits, counters, logger, delayMs } = this.#init;
    if (payload.length > limits.maxGossipBytes) {
      counters.add('gossip-too-large-to-publish');
      logger.error({ topic, sizeBytes: payload.length, maxGossipBytes: limits.maxGossipBytes }, 'a payload above maxGossipBytes was not published');
      return;
    }
    let outbox = this.#outboxes.get(topic);
    if (outbox === undefined) {
      outbox = { payloads: [], sizeBytes: 0, timer: undefined, scheduled: false };
      this.#outboxes.set(topic, outbox);
    }
    if (outbox.sizeBytes + payload.length > FRAME_TARGET_BYTES) this.#flush(topic, outbox);
    outbox.payloads.push(payload);
    outbox.sizeBytes += payload.length;
    if (outbox.scheduled) return;
    outbox.scheduled = true;
    const flush = () => {
      outbox.scheduled = false;
      this.#flush(topic, outbox);
    };
    if (delayMs[topic] === 0) queueMicrotask(flush);
    else outbox.timer = setTimeout(flush, delayMs[topic]);
  }

  #flush(topic: Topic, outbox: Outbox): void {
    if (this.#stopped || outbox.payloads.length === 0) return;
    const { pubsub, chainId, counters, logger } = this.#init;
    const frame = this.#frames.encode(outbox.payloads);
    counters.add('gossip-published', outbox.payloads.length);
    outbox.payloads = [];
    outbox.sizeBytes = 0;
    pubsub.publish(topicName(chainId, topic), frame).then(
      ({ recipients }) => {
        if (recipients.length < [...this.#init.linked()].length) this.#init.onShortfall();
      },
      (error: unknown) => {
        counters.add('gossip-publish-failed');
        logger.debug({ topic, err: error }, 'gossipsub did not publish');
      },
    );
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

  forget(peer: PublicKeyHex): void {
    this.#rejects.delete(peer);
  }

  #judge(topic: Topic, peerId: PeerId, data: Uint8Array): TopicValidatorResult | Promise<TopicValidatorResult> {
    const { counters, memberOf, mayJudge, limits } = this.#init;
    const from = memberOf(peerId);
    if (from === undefined) {
      counters.add('gossip-not-member');
      return TopicValidatorResult.Reject;
    }
    const frame = data.length > limits.maxGossipBytes + FRAME_OVERHEAD_BYTES ? undefined : decodeGossipFrame(data);
    if (frame === undefined) {
      this.#rejected(from, 'gossip-malformed');
      return TopicValidatorResult.Reject;
    }
    if (!mayJudge(from, frame.payloads.length, data.length)) return TopicValidatorResult.Ignore;
    const outcomes = frame.payloads.map((payload) => this.#deliver(topic, payload, from));
    const atOnce = outcomes.filter((outcome): outcome is GossipOutcome => !(outcome instanceof Promise));
    if (atOnce.length === outcomes.length) return this.#judgeFrame(from, frame.origin, atOnce);
    return Promise.all(outcomes.map((outcome) => Promise.resolve(outcome))).then((all) => this.#judgeFrame(from, frame.origin, all));
  }

  #judgeFrame(from: PublicKeyHex, origin: string, outcomes: readonly GossipOutcome[]): TopicValidatorResult {
    const verdicts = outcomes.map(({ verdict }) => verdict);
    if (verdicts.includes('reject')) return TopicValidatorResult.Reject;
    if (!verdicts.includes('accept') || !this.#isRelayNeeded(from, origin)) return TopicValidatorResult.Ignore;
    this.#init.counters.add('gossip-relayed');
    return TopicValidatorResult.Accept;
  }

  #deliver(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome> {
    let outcome: GossipOutcome | Promise<GossipOutcome>;
    try {
      outcome = this.#init.onGossip(topic, payload, from);
    } catch (error) {
      outcome = this.#failed(topic, error);
    }
    if (!(outcome instanceof Promise)) return this.#counted(from, outcome);
    return outcome.catch((error: unknown) => this.#failed(topic, error)).then((judged) => this.#counted(from, judged));
  }

  #failed(topic: Topic, error: unknown): GossipOutcome {
    this.#init.counters.add('gossip-handler-failed');
    this.#init.logger.error({ topic, err: error }, 'the gossip handler threw');
    return IGNORED;
  }

  #counted(from: PublicKeyHex, outcome: GossipOutcome): GossipOutcome {
    this.#init.counters.add(`gossip-${outcome.verdict}`);
    if (outcome.verdict === 'reject') this.#rejected(from, undefined);
    return outcome;
  }

  #rejected(from: PublicKeyHex, reason: string | undefined): void {
    if (reason !== undefined) this.#init.counters.add(reason);
    if (!this.#rejectsOf(from).take(1, this.#init.now())) this.#init.onTooManyRejects(from);
  }

  /**
   * A frame needs relaying where some member may not have got it: because its publisher has no link to a member that
   * this platform has a link to, or because it came through another member, so that links are missing somewhere.
   */
  #isRelayNeeded(from: PublicKeyHex, origin: string): boolean {
    if (origin !== originOf(from)) return true;
    const reach = this.#init.reachOf(from);
    if (reach === undefined) return true;
    for (const peer of this.#init.linked()) {
      if (peer !== from && !reach.has(peer)) return true;
    }
    return false;
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

function gossipStreams(connections: readonly Connection[], direction: 'inbound' | 'outbound'): readonly Stream[] {
  return connections.flatMap(({ streams }) =>
    streams.filter((stream) => stream.direction === direction && stream.status === 'open' && stream.protocol.startsWith('/meshsub/')),
  );
}
