import assert from 'node:assert/strict';
import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import { TopicValidatorResult } from '@chainsafe/libp2p-gossipsub';
import type { PeerId } from '@libp2p/interface';
import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { encodeTransactionBatch } from '../../../src/codec/wire/transaction-batch.js';
import { ConflictingFinalityError } from '../../../src/consensus/chain.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import { bytesToHex, sha256Hash } from '../../../src/crypto/hash.js';
import { keyValueApplication } from '../../../src/ledger/key-value.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import { chunksOf } from '../../../src/ledger/state-chunks.js';
import { Counters } from '../../../src/network/counters.js';
import { Gossip, topicName } from '../../../src/network/gossip.js';
import { GossipFrameWriter } from '../../../src/network/gossip-frame.js';
import type { RequestProtocol } from '../../../src/network/network.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { HostClock, WishedTime } from '../../../src/node/host-clock.js';
import { Participant } from '../../../src/node/participant.js';
import { SnapshotKeeper } from '../../../src/node/snapshot-keeper.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import type { BlockStore } from '../../../src/storage/stores.js';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import { SyncError } from '../../../src/sync/sync-error.js';
import type { PublicKeyHex } from '../../../src/types/ids.js';
import { toMemberIndex, toSequence, toSlot } from '../../../src/types/ids.js';
import type { SnapshotManifest, SnapshotOffer } from '../../../src/types/snapshot.js';
import type { SyncRequest, SyncResponse } from '../../../src/types/sync.js';
import { OwnSigner } from '../../../src/validation/own-signer.js';
import { MemorySnapshotArchive } from '../../simulation/memory-archive.js';
import { encodedDisturbed } from '../disturbance.js';
import { concat, joinParts, splitParts } from '../entropy.js';
import { encodedMessage, encodedRequest, encodedResponse, genuineMessage } from '../signed-messages.js';
import { SOCIETY } from '../society.js';
import type { Outcome, Target } from '../target.js';

const SELF = toMemberIndex(3);
const MEMBERS = SOCIETY.genesis.membership.members.map(({ publicKey }) => publicKey);
const PEER = MEMBERS[0]!;
const PROTOCOLS: readonly RequestProtocol[] = ['status', 'blocks', 'slots', 'snapshots'];
const VALIDATOR = SOCIETY.validator();
const { limits: LIMITS } = VALIDATOR;
const TICK_MS = 250;
const MAX_TURNS = 200;

/** Time that moves only when told to, and turns that are given one by one. */
class SlowClock implements HostClock {
  #nowMs = 1000;
  readonly #timers: { readonly wake: () => void; atMs: number | undefined }[] = [];
  readonly #soon = new Set<() => void>();

  now(): { readonly monotonicMs: number; readonly wallMs: number } {
    return { monotonicMs: this.#nowMs, wallMs: SOCIETY.genesis.timestampMs + this.#nowMs };
  }

  timer(wake: () => void): WishedTime {
    const timer: { readonly wake: () => void; atMs: number | undefined } = { wake, atMs: undefined };
    this.#timers.push(timer);
    return { at: (atMs) => { timer.atMs = atMs; } };
  }

  soon(run: () => void): () => void {
    this.#soon.add(run);
    return () => { this.#soon.delete(run); };
  }

  pass(durationMs: number): void {
    this.#nowMs += durationMs;
    for (const timer of this.#timers) {
      if (timer.atMs === undefined || timer.atMs > this.#nowMs) continue;
      timer.atMs = undefined;
      timer.wake();
    }
  }

  /** Until nothing more follows by itself. */
  async settle(): Promise<void> {
    for (let turn = 0, quiet = 0; quiet < 2; turn += 1) {
      assert.ok(turn < MAX_TURNS, `no rest after ${MAX_TURNS} turns: one input keeps the platform busy`);
      await new Promise(setImmediate);
      const due = [...this.#soon];
      this.#soon.clear();
      for (const run of due) run();
      quiet = due.length === 0 ? quiet + 1 : 0;
    }
  }
}

/** A whole participant of a federation on a simulated disk, whose peers send what an input holds. */
class Besieged {
  readonly clock = new SlowClock();
  readonly participant: Participant;
  readonly ledger: Ledger;
  readonly penalties: string[] = [];
  fatal: Error | undefined;

  private constructor(ledger: Ledger, participant: (host: Besieged) => Participant) {
    this.ledger = ledger;
    this.participant = participant(this);
  }

  /** @param answer what a peer answers to a request; undefined for no answer at all */
  static async start(answer: (protocol: RequestProtocol, request: Uint8Array) => Uint8Array | undefined, options: { readonly snapshots?: SnapshotKeeper; readonly snapshotAboveBlocks?: number } = {}): Promise<Besieged> {
    const { genesis, chainId } = SOCIETY;
    const opened = await openMemoryStore(new MemoryDisk(), { chainId, genesisTip: genesisTip(chainId, genesis.timestampMs), limits: LIMITS });
    const [durable, ledger] = await Promise.all([opened.consensus.load(), Ledger.open(opened.state, keyValueApplication)]);
    const ignored = (): void => undefined;
    const besieged = new Besieged(ledger, (host) => new Participant({
      genesis, self: SELF, quorum: quorumParameters(SOCIETY.n, genesis.parameters.fastPath), slotTimeoutMs: 1000, application: keyValueApplication, clock: host.clock,
      validator: VALIDATOR, signer: new OwnSigner({ chainId, member: SELF, sign: (statement) => SOCIETY.signers[SELF]!.sign(statement) }),
      store: opened, durable, ledger, snapshots: options.snapshots,
      ...(options.snapshotAboveBlocks === undefined ? {} : { syncSettings: { snapshotAboveBlocks: options.snapshotAboveBlocks } }),
      network: {
        publish: ignored,
        request: (_peer, protocol, request) => {
          const response = answer(protocol, request);
          return response === undefined ? Promise.reject(new Error('not connected')) : Promise.resolve(response);
        },
        penalize: (_peer, reason) => { host.penalties.push(reason); },
      },
      events: {
        proposalSeen: ignored, said: ignored, refused: ignored, finalized: ignored, executed: ignored, spent: ignored, stateRoot: ignored, checkpointStable: ignored,
        equivocation: ignored, notice: ignored, syncNotice: ignored, fatal: (error) => { host.fatal ??= error; },
      },
    }));
    besieged.participant.start();
    return besieged;
  }

  async pass(durationMs: number): Promise<void> {
    this.clock.pass(durationMs);
    await this.clock.settle();
  }

  /** It may have stopped for what only more than f members can do; nothing else is a reason. */
  async end(): Promise<void> {
    await this.clock.settle();
    const { fatal, participant } = this;
    participant.stop();
    if (fatal !== undefined && !(fatal instanceof ConflictingFinalityError) && !fatal.message.startsWith('state diverged')) throw fatal;
    assert.ok(participant.syncProgress().bufferedBytes <= DEFAULT_SYNC_SETTINGS.maxBufferedBytes + DEFAULT_SYNC_SETTINGS.maxRangeBytes);
    assert.ok(participant.replica.snapshot().slotsHeld <= 400, 'slots held are bounded');
  }
}

/** Gossip's own judge of frames, in front of a participant. */
function judgeOf(besieged: Besieged, counters: Counters): (topic: 'consensus' | 'transactions', frame: Uint8Array) => unknown {
  type Judge = (peer: PeerId, message: { readonly data: Uint8Array }) => unknown;
  const topicValidators = new Map<string, Judge>();
  const gossip = new Gossip({
    chainId: SOCIETY.chainId, pubsub: { topicValidators, subscribe: () => undefined } as unknown as GossipSub,
    limits: { ...DEFAULT_LIMITS, maxGossipBytes: LIMITS.maxMessageBytes }, delayMs: { consensus: 0, transactions: 0 }, counters, now: () => 1, mayJudge: () => true,
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    memberOf: () => PEER, onGossip: (topic, payload, from) => besieged.participant.onGossip(topic, payload, from),
    linked: () => [], memberCount: () => MEMBERS.length, connectionsTo: () => [], reachOf: () => undefined, onTooManyRejects: () => undefined, onShortfall: () => undefined,
  });
  gossip.start();
  return (topic, frame) => topicValidators.get(topicName(SOCIETY.chainId, topic))!({} as PeerId, { data: frame });
}

/** Frames, each with its topic in the first byte; time passes between them. */
const gossip: Target = {
  name: 'gossip',
  generate: (random) => {
    const writer = new GossipFrameWriter();
    const slot = random.integer(0, 3);
    return joinParts(Array.from({ length: random.integer(1, 5) }, () => {
      const isTransactions = random.chance(0.2);
      const payload = (): Uint8Array => (isTransactions ? encodeTransactionBatch(SOCIETY.pool.slice(0, random.integer(0, 5)).map(({ bytes }) => bytes))
        : random.chance(0.8) ? encodeConsensusMessage(genuineMessage(random, SOCIETY, slot)) : encodedMessage(random, SOCIETY));
      return concat(Uint8Array.of(isTransactions ? 1 : 0), writer.encode(Array.from({ length: random.integer(1, 4) }, payload)));
    }));
  },
  run: async (input) => {
    const besieged = await Besieged.start(() => undefined);
    const counters = new Counters();
    const judge = judgeOf(besieged, counters);
    for (const part of splitParts(input).slice(0, 30)) {
      const verdict = judge((part[0] ?? 0) % 2 === 1 ? 'transactions' : 'consensus', part.subarray(1));
      assert.ok(Object.values<unknown>(TopicValidatorResult).includes(verdict), 'there is a verdict');
      await besieged.pass(TICK_MS);
    }
    await besieged.end();
    assert.equal(counters.get('gossip-handler-failed'), 0, 'the handler threw');
    return counters.get('gossip-accept') + counters.get('gossip-ignore') > 0 ? 'accepted' : 'rejected';
  },
  leastAccepted: 0.6,
  weight: 0.03,
};

/** Requests, each with its protocol in the first byte: answered, or refused with a SyncError. */
const requests: Target = {
  name: 'sync-request-handler',
  generate: (random) => joinParts(Array.from({ length: random.integer(1, 4) }, () => {
    const request = encodedRequest(random, SOCIETY);
    // The protocol that the request is of, as its field number tells.
    const protocol = random.chance(0.95) ? ((request[0] ?? 0) >>> 3) - 1 : random.integer(0, 2);
    return concat(Uint8Array.of(protocol), request);
  })),
  run: async (input) => {
    const besieged = await Besieged.start(() => undefined);
    besieged.participant.onPeerConnected(PEER);
    let outcome: Outcome = 'rejected';
    for (const part of splitParts(input).slice(0, 30)) {
      const answering = answered(besieged, PROTOCOLS[(part[0] ?? 0) % PROTOCOLS.length]!, part.subarray(1), MEMBERS[(part[0] ?? 0) % SELF]!);
      await besieged.pass(TICK_MS);
      if (await answering) outcome = 'accepted';
    }
    await besieged.end();
    return outcome;
  },
  leastAccepted: 0.6,
  weight: 0.03,
};

async function answered(besieged: Besieged, protocol: RequestProtocol, request: Uint8Array, from: PublicKeyHex): Promise<boolean> {
  return await answerTo(besieged, protocol, request, from) !== undefined;
}

/** Undefined where it was refused. */
async function answerTo({ participant }: Besieged, protocol: RequestProtocol, request: Uint8Array, from: PublicKeyHex): Promise<SyncResponse | undefined> {
  try {
    const response = await participant.onRequest(protocol, request, from);
    assert.ok(response.byteLength <= LIMITS.maxSyncBytes);
    return decodeSyncResponse(response, LIMITS);
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return undefined;
  }
}

/** The first member's newest snapshot, of the state that the chain up to it leads to. */
async function servedSnapshot(): Promise<ServedSnapshot> {
  const store = await openMemoryStore(new MemoryDisk(), { chainId: SOCIETY.chainId, genesisTip: genesisTip(SOCIETY.chainId, SOCIETY.genesis.timestampMs), limits: LIMITS });
  const ledger = await Ledger.open(store.state, keyValueApplication);
  await ledger.executeAll(SOCIETY.blocks.slice(0, SNAPSHOT_SEQUENCE + 1));
  const { stateRoot, entries } = await ledger.export();
  const chunks: Uint8Array[] = [];
  let entryCount = 0;
  for await (const chunk of chunksOf(entries)) {
    chunks.push(chunk.bytes);
    entryCount += chunk.entryCount;
  }
  const manifest: SnapshotManifest = {
    sequence: toSequence(SNAPSHOT_SEQUENCE), stateRoot, entryCount, sizeBytes: chunks.reduce((sum, { byteLength }) => sum + byteLength, 0), chunkHashes: chunks.map((bytes) => sha256Hash(bytes)),
  };
  const checkpoints = SOCIETY.range(SOCIETY.quorum).map((signer) => SOCIETY.checkpoint(signer, SNAPSHOT_SEQUENCE, { stateRoot }));
  const certified = SOCIETY.committed.findIndex(({ certificate }, at) => at >= SNAPSHOT_SEQUENCE && certificate !== undefined);
  return { offer: { manifest, checkpoints, blocks: SOCIETY.committed.slice(SNAPSHOT_SEQUENCE, certified + 1) }, chunks };
}

interface ServedSnapshot {
  readonly offer: SnapshotOffer;
  readonly chunks: readonly Uint8Array[];
}
const SNAPSHOT_SEQUENCE = 10;
const SERVED = await servedSnapshot();

/** Keeps a snapshot that others may ask for, or none; of the chain it sees what is given. */
async function snapshotKeeper(served: ServedSnapshot | undefined): Promise<SnapshotKeeper> {
  const archive = new MemorySnapshotArchive();
  if (served !== undefined) {
    const { manifest, checkpoints } = served.offer;
    await archive.begin('made', manifest.sequence);
    for (const [index, bytes] of served.chunks.entries()) await archive.writeChunk('made', manifest.sequence, index, bytes);
    await archive.publish('made', manifest.sequence, JSON.stringify({ ...manifest, checkpoints: checkpoints.map((checkpoint) => bytesToHex(encodeConsensusMessage(checkpoint))) }));
  }
  const blocks: BlockStore = {
    finalSequence: () => toSequence(SOCIETY.committed.length - 1), firstSequence: () => toSequence(0), bySequence: () => Promise.resolve(undefined), byHash: () => Promise.resolve(undefined),
    range: (from, maxCount) => Promise.resolve(SOCIETY.committed.slice(from, from + maxCount)), equivocations: () => Promise.resolve([]), prune: () => Promise.resolve(false),
  };
  return SnapshotKeeper.open({
    archive, blocks, ledger: { export: () => assert.fail('none is made') }, limits: LIMITS, intervalBlocks: 0, keepBlocks: undefined,
    made: () => undefined, failed: (error) => { throw error; },
  });
}

/** Requests for snapshots and their chunks, to a member that has one: what it answers is true, or it is a refusal. */
const snapshotRequests: Target = {
  name: 'snapshots-request-handler',
  generate: (random) => joinParts(Array.from({ length: random.integer(1, 4) }, () => encodedDisturbed<SyncRequest>(random, 0.3, random.pick<SyncRequest>([
    { type: 'SNAPSHOT-REQUEST' }, { type: 'CHUNK-REQUEST', sequence: toSequence(random.pick([SNAPSHOT_SEQUENCE, SNAPSHOT_SEQUENCE, 0, 2 ** 40])), index: random.pick([0, 0, 1, 2 ** 32 - 1]) },
  ]), encodeSyncRequest))),
  run: async (input) => {
    const besieged = await Besieged.start(() => undefined, { snapshots: await snapshotKeeper(SERVED) });
    besieged.participant.onPeerConnected(PEER);
    let outcome: Outcome = 'rejected';
    for (const part of splitParts(input).slice(0, 30)) {
      const answering = answerTo(besieged, 'snapshots', part, PEER);
      await besieged.clock.settle();
      const response = await answering;
      if (response === undefined) continue;
      outcome = 'accepted';
      if (response.type === 'SNAPSHOT-RESPONSE') assert.ok(response.offer !== undefined && VALIDATOR.validateSnapshotOffer(response.offer).ok, 'what is offered convinces others');
      else if (response.type === 'CHUNK-RESPONSE') assert.ok(response.chunk === undefined || sha256Hash(response.chunk) === SERVED.offer.manifest.chunkHashes[0]);
      else assert.fail(`snapshots was answered with ${response.type}`);
    }
    await besieged.end();
    return outcome;
  },
  leastAccepted: 0.6,
  weight: 0.05,
};

const TRUTH = 1;
const CERTIFIED_SEQUENCE = 15;

/** What a peer far ahead answers that tells the truth: where it stands, or its blocks. */
function truthOf(protocol: RequestProtocol): Uint8Array {
  const { hash } = SOCIETY.blocks[CERTIFIED_SEQUENCE]!;
  const finalityCertificate = SOCIETY.slowCertificate(CERTIFIED_SEQUENCE, hash);
  if (protocol === 'blocks') {
    const blocks = SOCIETY.blocks.slice(0, CERTIFIED_SEQUENCE + 1).map((block, sequence) => ({ block, certificate: sequence === CERTIFIED_SEQUENCE ? finalityCertificate : undefined }));
    return encodeSyncResponse({ type: 'BLOCKS-RESPONSE', finalSequence: toSequence(CERTIFIED_SEQUENCE), firstSequence: toSequence(0), blocks });
  }
  const status = {
    epoch: SOCIETY.genesis.membership.epoch, finalSlot: toSlot(CERTIFIED_SEQUENCE), finalSequence: toSequence(CERTIFIED_SEQUENCE), finalHash: hash, finalityCertificate,
    highestCertificate: undefined, currentSlot: toSlot(CERTIFIED_SEQUENCE + 1), observing: false,
  };
  return encodeSyncResponse(protocol === 'status' ? { type: 'STATUS-RESPONSE', status } : { type: 'SLOTS-RESPONSE', status, messages: [] });
}

/** What peers answer, one part for each request: nothing, the truth (a byte of 1), or what follows the first byte. */
const responses: Target = {
  name: 'sync-response-handler',
  generate: (random) => joinParts(Array.from({ length: random.integer(3, 8) }, () => (
    random.chance(0.6) ? Uint8Array.of(TRUTH) : random.chance(0.1) ? new Uint8Array(0) : concat(Uint8Array.of(0), encodedResponse(random, SOCIETY, random.integer(0, 3)))))),
  run: async (input) => {
    const parts = splitParts(input).slice(0, 30);
    const besieged = await Besieged.start((protocol) => {
      const part = parts.shift();
      if (part === undefined || part.byteLength === 0) return undefined;
      return part[0] === TRUTH ? truthOf(protocol) : part.subarray(1);
    });
    const { participant } = besieged;
    for (const peer of MEMBERS.slice(0, SELF)) participant.onPeerConnected(peer);
    for (let turn = 0; turn < 12 && (parts.length > 0 || turn < 2); turn += 1) await besieged.pass(TICK_MS);
    await besieged.end();
    const { finalTip } = participant.replica;
    if (finalTip.sequence >= 0) assert.ok([...SOCIETY.blocks, ...SOCIETY.rivals].some(({ hash }) => hash === finalTip.hash), 'nothing is final that nobody signed for');
    return finalTip.sequence >= 0 ? 'accepted' : 'rejected';
  },
  leastAccepted: 0.2,
  weight: 0.03,
};

/** What a member with a snapshot answers, and a liar. */
function snapshotAnswer(request: Uint8Array): SyncResponse {
  const asked = decodeSyncRequest(request, LIMITS);
  return asked.type === 'CHUNK-REQUEST' ? { type: 'CHUNK-RESPONSE', chunk: SERVED.chunks[asked.index] } : { type: 'SNAPSHOT-RESPONSE', offer: SERVED.offer };
}

/** What peers answer to a platform that wants a snapshot, one part for each request: nothing, the truth (a byte of 1), or what follows the first byte. */
const snapshotResponses: Target = {
  name: 'snapshots-response-handler',
  generate: (random) => joinParts(Array.from({ length: random.integer(1, 8) }, () => {
    if (random.chance(0.6)) return Uint8Array.of(TRUTH);
    if (random.chance(0.1)) return new Uint8Array(0);
    const lie = random.pick<SyncResponse>([{ type: 'CHUNK-RESPONSE', chunk: SERVED.chunks[0] }, { type: 'SNAPSHOT-RESPONSE', offer: SERVED.offer }]);
    return concat(Uint8Array.of(0), encodedDisturbed(random, 0.9, lie, encodeSyncResponse));
  })),
  run: async (input) => {
    const parts = splitParts(input).slice(0, 30);
    const besieged = await Besieged.start((protocol, request) => {
      if (protocol !== 'snapshots') return protocol === 'blocks' ? undefined : truthOf(protocol);
      const part = parts.shift();
      if (part === undefined || part.byteLength === 0) return undefined;
      return part[0] === TRUTH ? encodeSyncResponse(snapshotAnswer(request)) : part.subarray(1);
    }, { snapshots: await snapshotKeeper(undefined), snapshotAboveBlocks: 0 });
    for (const peer of MEMBERS.slice(0, SELF)) besieged.participant.onPeerConnected(peer);
    for (let turn = 0; turn < 4; turn += 1) await besieged.pass(TICK_MS);
    await besieged.end();
    const { ledger } = besieged;
    const executed = ledger.executedSequence();
    assert.ok(executed < 0 || executed >= SNAPSHOT_SEQUENCE, 'half a state is none');
    if (executed === SNAPSHOT_SEQUENCE) assert.equal(await ledger.stateRoot(), SERVED.offer.manifest.stateRoot);
    return executed < 0 ? 'rejected' : 'accepted';
  },
  leastAccepted: 0.2,
  weight: 0.03,
};

export const PARTICIPANT_TARGETS: readonly Target[] = [gossip, requests, snapshotRequests, responses, snapshotResponses];
