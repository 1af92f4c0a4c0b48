import './promise-with-resolvers.js';
import { noise } from '@chainsafe/libp2p-noise';
import type { GossipSub } from '@chainsafe/libp2p-gossipsub';
import { identify, type Identify } from '@libp2p/identify';
import type { ComponentLogger, Connection, ConnectionGater, Libp2p, Logger, PrivateKey, Stream } from '@libp2p/interface';
import { tcp } from '@libp2p/tcp';
import { createLibp2p } from 'libp2p';
import type { LookupFunction } from 'node:net';
import type { Hash } from '../types/ids.js';
import { NetworkError } from './errors.js';
import { gossipService } from './gossip.js';
import { guardedYamux } from './muxer.js';
import { NameLookup } from './name-lookup.js';
import type { NetworkLimits, NetworkTimings } from './options.js';

export type Libp2pNode = Libp2p<{ readonly identify: Identify; readonly pubsub: GossipSub }>;

const INITIAL_WINDOW_BYTES = 1024 * 1024;
const MAX_CONNECTIONS = 1_024;

export interface NodeInit {
  readonly privateKey: PrivateKey;
  readonly chainId: Hash;
  readonly listen: readonly string[];
  readonly announce: readonly string[];
  readonly version: string;
  readonly gater: ConnectionGater;
  readonly limits: NetworkLimits;
  readonly timings: NetworkTimings;
  /** Resolves host names; default the host's own. */
  readonly lookup?: LookupFunction | undefined;
  /** Told of each gossip stream that a peer opens, before it is read. */
  readonly onGossipStream?: (stream: Stream, connection: Connection) => void;
}

/** libp2p over TCP, Noise and yamux; made, not yet started. Its own redialling is not used: see Supervisor. */
export function createNode(init: NodeInit): Promise<Libp2pNode> {
  const { limits, timings } = init;
  // libp2p hands these on to net.connect, of whose options its type names only some.
  const dialOpts = { noDelay: true, lookup: new NameLookup(init.lookup).lookup };
  return createLibp2p({
    start: false,
    privateKey: init.privateKey,
    nodeInfo: { name: 'fb-pbft', version: init.version, userAgent: `fb-pbft/${init.version}` },
    addresses: { listen: [...init.listen], announce: [...init.announce] },
    transports: [tcp({ dialOpts })],
    connectionEncrypters: [noise()],
    // The default window of 256 KiB makes a large block wait for several round trips.
    streamMuxers: [guardedYamux({ maxInboundStreams: limits.maxInboundStreams, streamOptions: { initialStreamWindowSize: INITIAL_WINDOW_BYTES } })],
    connectionGater: init.gater,
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      maxIncomingPendingConnections: limits.maxPendingInbound,
      inboundConnectionThreshold: limits.maxInboundPerHostPerSecond,
      inboundUpgradeTimeout: 2 * timings.dialTimeoutMs,
      // Each dial brings its own deadline, of at most this.
      addressDialTimeout: 2 * timings.dialTimeoutMs,
      outboundStreamProtocolNegotiationTimeout: timings.dialTimeoutMs,
      inboundStreamProtocolNegotiationTimeout: timings.dialTimeoutMs,
      connectionCloseTimeout: 500,
      reconnectRetries: 0,
    },
    // See LinkPings.
    connectionMonitor: { enabled: false },
    services: { identify: identify(), pubsub: gossipService(init.chainId, limits, init.onGossipStream) },
    ...(process.env['DEBUG'] === undefined ? { logger: SILENT } : {}),
  });
}

/** libp2p builds a named logger for each connection and stream; that is worth its cost only where DEBUG asks for them. */
const silent: Logger = Object.assign(() => undefined, {
  enabled: false,
  error: () => undefined,
  trace: () => undefined,
  newScope: (): Logger => silent,
});
const SILENT: ComponentLogger = { forComponent: () => silent };

/** What libp2p's failure to listen means, with what to do about it. */
export function listenError(error: unknown, listen: readonly string[]): NetworkError {
  const text = error instanceof Error ? error.message : String(error);
  // libp2p puts the reason for each address into one text: "  ADDRESS: reason".
  const failed = listen.filter((address) => text.includes(`${address}: `));
  const where = (failed.length > 0 ? failed : listen).join(', ');
  if (text.includes('EADDRINUSE')) {
    return new NetworkError(
      'port-in-use',
      `cannot listen on ${where}: the port is in use. Stop the process that has it, or choose another port (0 takes any free one)`,
      { cause: error },
    );
  }
  if (text.includes('EADDRNOTAVAIL') || text.includes('ENOTFOUND')) {
    return new NetworkError('bad-address', `cannot listen on ${where}: it is not an address of this host; /ip4/0.0.0.0/tcp/PORT listens on all of its addresses`, {
      cause: error,
    });
  }
  if (text.includes('EACCES')) {
    return new NetworkError('listen-failed', `cannot listen on ${where}: not permitted; ports below 1024 usually need privileges, choose a higher one`, {
      cause: error,
    });
  }
  return new NetworkError('listen-failed', `cannot listen on ${where}: ${text}`, { cause: error });
}
