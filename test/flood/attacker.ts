import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, Stream } from '@libp2p/interface';
import { encodeSyncRequest, decodeSyncResponse } from '../../src/codec/wire/sync.js';
import { messageOf } from '../../src/cli/cli-error.js';
import { wireLimits } from '../../src/codec/limits.js';
import type { WireLimits } from '../../src/codec/limits.js';
import { createSigner } from '../../src/crypto/ed25519.js';
import type { Ed25519Signer } from '../../src/crypto/ed25519.js';
import { loadPlatformKey } from '../../src/crypto/key-store.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { readFrame, writeFrame } from '../../src/network/frames.js';
import { topicName } from '../../src/network/gossip.js';
import { GossipFrameWriter } from '../../src/network/gossip-frame.js';
import { encodeIntroduction } from '../../src/network/introduction.js';
import { introductionProtocol } from '../../src/network/introductions.js';
import type { RequestProtocol, Topic } from '../../src/network/network.js';
import { answerPing, PING_PROTOCOL } from '../../src/network/ping.js';
import type { Genesis } from '../../src/types/genesis.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toMemberIndex, toSlot } from '../../src/types/ids.js';
import type { MemberIndex } from '../../src/types/ids.js';
import type { Status, SyncRequest, SyncResponse } from '../../src/types/sync.js';
import { RawPeer } from '../integration/raw-peer.js';

const REDIAL_MS = 250;
const REQUEST_TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** What was sent so far, to all victims together. */
export interface Sent {
  readonly count: number;
  readonly bytes: number;
}

/**
 * A member's own key, libp2p's real parts, and none of the rules: it introduces itself as a member with all links,
 * answers pings, and otherwise does what an attack tells it to.
 */
export class Attacker {
  readonly genesis: Genesis;
  readonly limits: WireLimits;
  readonly signer: Ed25519Signer;
  readonly self: MemberIndex;
  /** Of the limits: 1 is as much as is allowed. */
  readonly rate: number;
  readonly addresses: readonly string[];
  readonly #peer: RawPeer;
  readonly #frames: GossipFrameWriter;
  readonly #connections = new Map<string, Connection>();
  #count = 0;
  #bytes = 0;
  #cutOffs = 0;
  #hidesLinks = false;
  #lastFailure: string | undefined;

  /**
   * Has no connections yet: while it signs what it will send it would not answer pings.
   * @param addresses of the victims, each a multiaddr
   */
  static async start(home: string, genesisFile: string, addresses: readonly string[], rate: number): Promise<Attacker> {
    const { seed } = await loadPlatformKey(home);
    const genesis = await readGenesisFile(genesisFile);
    const peer = await RawPeer.start(seed, genesis.chainId);
    const attacker = new Attacker(peer, genesis, createSigner(seed), addresses, rate);
    await peer.node.handle(introductionProtocol(genesis.chainId), (stream) => attacker.#introduce(stream), { force: true });
    await peer.node.handle(PING_PROTOCOL, answerPing, { force: true });
    return attacker;
  }

  private constructor(peer: RawPeer, genesis: Genesis, signer: Ed25519Signer, addresses: readonly string[], rate: number) {
    this.#peer = peer;
    this.genesis = genesis;
    this.signer = signer;
    this.addresses = addresses;
    this.rate = rate;
    this.limits = wireLimits(genesis.parameters, genesis.membership.members.length);
    this.self = toMemberIndex(genesis.membership.members.findIndex(({ publicKey }) => publicKey === signer.publicKey));
    this.#frames = new GossipFrameWriter();
  }

  get sent(): Sent {
    return { count: this.#count, bytes: this.#bytes };
  }

  /** Connections that victims ended. */
  get cutOffs(): number {
    return this.#cutOffs;
  }

  /** Why something was not sent, the last time; undefined where all was. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  get memberCount(): number {
    return this.genesis.membership.members.length;
  }

  note(count: number, sizeBytes: number): void {
    this.#count += count;
    this.#bytes += sizeBytes;
  }

  /** Has a connection to every victim that takes one. */
  async connect(): Promise<void> {
    await Promise.all(this.addresses.map((address) => this.connection(address).catch(() => undefined)));
  }

  /** An open connection, made anew where the victim has ended the last. @throws where the victim refuses */
  async connection(address: string): Promise<Connection> {
    const known = this.#connections.get(address);
    if (known?.status === 'open') return known;
    if (known !== undefined) {
      this.#connections.delete(address);
      this.#cutOffs += 1;
    }
    const connection = await this.#peer.dial(address);
    this.#connections.set(address, connection);
    return connection;
  }

  /** From now on it says that it has links to nobody, so that others have to pass on what it sends. */
  async hideLinks(): Promise<void> {
    this.#hidesLinks = true;
    await Promise.all(this.addresses.map(async (address) => {
      const connection = await this.connection(address);
      const stream = await connection.newStream(introductionProtocol(this.genesis.chainId));
      await Promise.all([writeFrame(stream, this.#introduction(), AbortSignal.timeout(REQUEST_TIMEOUT_MS)), readFrame(stream, MAX_ANSWER_BYTES)]);
    }));
  }

  /** Gossips payloads in one fresh frame to all that are connected. */
  async gossip(topic: Topic, payloads: readonly Uint8Array[]): Promise<void> {
    const frame = this.#frames.encode(payloads);
    const { recipients } = await this.#peer.node.services.pubsub.publish(topicName(this.genesis.chainId, topic), frame);
    this.note(payloads.length * recipients.length, frame.byteLength * recipients.length);
  }

  /** @throws where the victim refuses, or does not answer in time */
  async request(address: string, protocol: RequestProtocol, request: SyncRequest | Uint8Array): Promise<SyncResponse> {
    const bytes = request instanceof Uint8Array ? request : encodeSyncRequest(request);
    const connection = await this.connection(address);
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const stream = await connection.newStream(this.#peer.protocol(protocol), { signal });
    this.note(1, bytes.byteLength);
    const [, answer] = await Promise.all([writeFrame(stream, bytes, signal), readFrame(stream, MAX_ANSWER_BYTES)]);
    return decodeSyncResponse(answer, this.limits);
  }

  /** Where a victim says that it stands. */
  async statusOf(address: string): Promise<Status> {
    const answer = await this.request(address, 'status', { type: 'STATUS-REQUEST', status: this.genesisStatus() });
    if (answer.type !== 'STATUS-RESPONSE') throw new Error(`STATUS was answered with ${answer.type}`);
    return answer.status;
  }

  /** It claims nothing that would need a proof. */
  genesisStatus(): Status {
    return {
      epoch: this.genesis.membership.epoch, finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: this.genesis.chainId,
      finalityCertificate: undefined, highestCertificate: undefined, currentSlot: toSlot(0), observing: false,
    };
  }

  /** Does `act` so many times a second, several at once where they take long, until the time is over. */
  async paced(perSecond: number, untilMs: number, act: () => Promise<void>): Promise<void> {
    const startMs = performance.now();
    const running = new Set<Promise<void>>();
    const maxRunning = Math.max(8, Math.ceil(perSecond / 10));
    for (let done = 0; performance.now() < untilMs;) {
      const dueCount = ((performance.now() - startMs) * perSecond) / 1000;
      if (done >= dueCount || running.size >= maxRunning) {
        await delay(2);
        // What could not be done in time is left out: it would be above the limit later.
        if (running.size >= maxRunning) done = Math.max(done, Math.floor(dueCount) - 1);
        continue;
      }
      done += 1;
      const one = act().catch((error: unknown) => { this.#lastFailure = messageOf(error); }).then(() => { running.delete(one); });
      running.add(one);
    }
    await Promise.race([Promise.all(running), delay(REQUEST_TIMEOUT_MS)]);
  }

  /** Does `act` with each victim, again and again; pauses where the victim refuses. */
  async eachVictim(untilMs: number, act: (address: string) => Promise<void>): Promise<void> {
    await Promise.all(this.addresses.map(async (address) => {
      while (performance.now() < untilMs) await act(address).catch(() => delay(REDIAL_MS));
    }));
  }

  async stop(): Promise<void> {
    await this.#peer.stop();
  }

  async #introduce(stream: Stream): Promise<void> {
    try {
      await readFrame(stream, MAX_ANSWER_BYTES);
      await writeFrame(stream, this.#introduction(), AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    } catch {
      // Whoever asked has gone.
    }
  }

  #introduction(): Uint8Array {
    const others = this.genesis.membership.members.map(({ publicKey }) => publicKey).filter((key) => key !== this.signer.publicKey);
    return encodeIntroduction({ addresses: [], links: this.#hidesLinks ? [] : others, known: {} });
  }
}
