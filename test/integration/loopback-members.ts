import { libp2pPrivateKey, peerIdOf } from '../../src/crypto/identity.js';
import { createLibp2pNetwork, type Libp2pNetwork } from '../../src/network/libp2p-network.js';
import type { GossipOutcome, GossipVerdict, NetworkHandlers, RequestProtocol, Topic } from '../../src/network/network.js';
import { DEFAULT_LIMITS, type Libp2pNetworkOptions, type NetworkLimits, type NetworkLogger, type NetworkTimings } from '../../src/network/options.js';
import { toHash, toPublicKeyHex, type PublicKeyHex } from '../../src/types/ids.js';

export const CHAIN_ID = toHash('c4'.repeat(32));

/** Redials, pings and penalties fast enough for tests; still real time. */
const FAST_TIMINGS: Partial<NetworkTimings> = {
  redialMinMs: 40,
  redialMaxMs: 200,
  dialTimeoutMs: 1_000,
  linkCheckMs: 100,
  exchangeDelayMs: 5,
  addressBookDelayMs: 20,
};

const SILENT: NetworkLogger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Of messages on each topic; bytes as ever. */
export function gossipLimits(messagesPerSecond: number): NetworkLimits['gossip'] {
  const { consensus, transactions } = DEFAULT_LIMITS.gossip;
  return { consensus: { ...consensus, messagesPerSecond }, transactions: { ...transactions, messagesPerSecond } };
}

/** Resolves once `condition` holds; rejects, saying what was waited for, if it does not within `deadlineMs`. */
export async function eventually(what: string, condition: () => boolean, deadlineMs = 12_000): Promise<void> {
  const endMs = performance.now() + deadlineMs;
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`waited ${deadlineMs} ms in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export interface Received {
  readonly topic: Topic;
  readonly text: string;
  readonly from: PublicKeyHex;
}

/** One platform's network with a record of all that it handed up. */
export class LoopbackMember implements NetworkHandlers {
  readonly publicKey: PublicKeyHex;
  readonly network: Libp2pNetwork;
  readonly received: Received[] = [];
  readonly events: string[] = [];
  verdict: (payload: string) => GossipVerdict = () => 'accept';
  answer: (protocol: RequestProtocol, request: Uint8Array) => Promise<Uint8Array> = (_, request) => Promise.resolve(request);

  constructor(publicKey: PublicKeyHex, network: Libp2pNetwork) {
    this.publicKey = publicKey;
    this.network = network;
  }

  onGossip(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipOutcome {
    const text = Buffer.from(payload).toString();
    this.received.push({ topic, text, from });
    const verdict = this.verdict(text);
    return verdict === 'accept' ? { verdict, verified: payload } : { verdict };
  }

  onRequest(protocol: RequestProtocol, request: Uint8Array): Promise<Uint8Array> {
    return this.answer(protocol, request);
  }

  onPeerConnected(peer: PublicKeyHex): void {
    this.events.push(`+${peer}`);
  }

  onPeerDisconnected(peer: PublicKeyHex): void {
    this.events.push(`-${peer}`);
  }

  publish(text: string, topic: Topic = 'consensus'): void {
    this.network.publish(topic, Buffer.from(text));
  }

  isConnectedTo(...others: readonly LoopbackMember[]): boolean {
    return others.every((other) => this.network.connectedPeers().includes(other.publicKey));
  }

  /** With its peer id. */
  get address(): string {
    const [address] = this.network.listenAddresses();
    if (address === undefined) throw new Error('does not listen');
    return address;
  }

  /** Without its peer id. */
  get bareAddress(): string {
    return this.address.replace(/\/p2p\/.*$/, '');
  }

  count(reason: string): number {
    return this.network.snapshot().counters[reason] ?? 0;
  }

  texts(): readonly string[] {
    return this.received.map(({ text }) => text);
  }
}

/** Members with fixed keys on 127.0.0.1, on free ports. `stop()` ends all that were started. */
export class LoopbackFederation {
  readonly keys: readonly PublicKeyHex[];
  readonly seeds: readonly Uint8Array[];
  readonly #started = new Set<LoopbackMember>();

  static async create(size: number): Promise<LoopbackFederation> {
    const seeds = Array.from({ length: size }, (_, i) => new Uint8Array(32).fill(i + 1));
    const keys = await Promise.all(seeds.map(async (seed) => toPublicKeyHex(Buffer.from((await libp2pPrivateKey(seed)).publicKey.raw).toString('hex'))));
    return new LoopbackFederation(seeds, keys);
  }

  private constructor(seeds: readonly Uint8Array[], keys: readonly PublicKeyHex[]) {
    this.seeds = seeds;
    this.keys = keys;
  }

  key(i: number): PublicKeyHex {
    return this.keys[i]!;
  }

  peerId(i: number): string {
    return peerIdOf(this.key(i));
  }

  make(i: number, options: Partial<Libp2pNetworkOptions> = {}): LoopbackMember {
    const network = createLibp2pNetwork({
      seed: this.seeds[i]!,
      chainId: CHAIN_ID,
      members: () => this.keys,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      bootstrap: [],
      logger: SILENT,
      ...options,
      timings: { ...FAST_TIMINGS, ...options.timings },
    });
    const member = new LoopbackMember(this.key(i), network);
    this.#started.add(member);
    return member;
  }

  async start(i: number, options: Partial<Libp2pNetworkOptions> = {}): Promise<LoopbackMember> {
    const member = this.make(i, options);
    await member.network.start(member);
    return member;
  }

  async stopMember(member: LoopbackMember): Promise<void> {
    this.#started.delete(member);
    await member.network.stop();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#started].map((member) => this.stopMember(member)));
  }
}
