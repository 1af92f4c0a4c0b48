import { libp2pPrivateKey } from '../../src/crypto/identity.js';
import { topicName } from '../../src/network/gossip.js';
import { createNode, type Libp2pNode } from '../../src/network/libp2p-node.js';
import { DEFAULT_LIMITS, DEFAULT_TIMINGS } from '../../src/network/options.js';
import type { Connection, Stream } from '@libp2p/interface';
import type { Topic } from '../../src/network/network.js';
import { multiaddr } from '@multiformats/multiaddr';
import type { Hash } from '../../src/types/ids.js';
import { CHAIN_ID } from './loopback-members.js';

/** libp2p without the rules of the network: an outsider, or a member that misbehaves. */
export class RawPeer {
  readonly node: Libp2pNode;
  /** Streams that others opened to this peer, by protocol. */
  readonly opened: string[] = [];
  readonly #chainId: Hash;

  /** @param chainId of the society in whose protocols it speaks */
  static async start(seed: Uint8Array, chainId = CHAIN_ID): Promise<RawPeer> {
    const node = await createNode({
      privateKey: await libp2pPrivateKey(seed),
      chainId,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      announce: [], version: 'raw',
      gater: { denyDialMultiaddr: () => false },
      limits: DEFAULT_LIMITS,
      timings: DEFAULT_TIMINGS,
    });
    const raw = new RawPeer(node, chainId);
    await node.start();
    for (const topic of ['consensus', 'transactions'] as const) node.services.pubsub.subscribe(topicName(chainId, topic));
    await node.handle(raw.protocol('addresses'), (stream) => {
      raw.opened.push(stream.protocol);
    });
    return raw;
  }

  private constructor(node: Libp2pNode, chainId: Hash) {
    this.node = node;
    this.#chainId = chainId;
  }

  get address(): string {
    return String(this.node.getMultiaddrs()[0]);
  }

  protocol(name: string): string {
    return `/fb-pbft/${this.#chainId}/${name}/1`;
  }

  /** A new connection, whatever others there are. */
  dial(address: string): Promise<Connection> {
    return this.node.dial(multiaddr(address), { force: true });
  }

  open(address: string, name: string): Promise<Stream> {
    return this.node.dialProtocol(multiaddr(address), this.protocol(name));
  }

  async publish(topic: Topic | 'other', data: Uint8Array): Promise<void> {
    const name = topic === 'other' ? this.protocol('other') : topicName(this.#chainId, topic);
    await this.node.services.pubsub.publish(name, data);
  }

  async stop(): Promise<void> {
    await this.node.stop();
  }
}
