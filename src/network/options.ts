import type { LookupFunction } from 'node:net';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { RequestProtocol, Topic } from './network.js';

/** Where a pino logger, or any other of its shape, fits. */
export interface NetworkLogger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** Remembers where members were reachable, across restarts. What it loads is checked like any hint from outside. */
export interface AddressBook {
  load(): Promise<Readonly<Record<string, readonly string[]>>>;
  save(addresses: Readonly<Record<string, readonly string[]>>): Promise<void>;
}

/** An address book that forgets everything at the end of the process. */
export const NO_ADDRESS_BOOK: AddressBook = {
  load: () => Promise.resolve({}),
  save: () => Promise.resolve(),
};

export interface RequestLimits {
  readonly maxRequestBytes: number;
  /** Requests of one peer that are answered at the same time; more are refused. */
  readonly maxConcurrentPerPeer: number;
  /** The same over all peers. */
  readonly maxConcurrent: number;
}

export interface GossipLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
}

export interface NetworkLimits {
  /** One gossip payload; a society's largest block with its justification must fit. */
  readonly maxGossipBytes: number;
  /**
   * Per peer and topic; what is above is ignored and counted. Gossipsub's RPCs, whatever is in them, are held to the sum of
   * the messages.
   */
  readonly gossip: Readonly<Record<Topic, GossipLimits>>;
  /** Consensus messages in a peer's requests; a request that is above is refused and counted. */
  readonly pushedMessagesPerSecond: number;
  /** Streams that a peer opens, whatever for; what is above is reset and counted. */
  readonly streamsPerSecond: number;
  /** Frames of yamux, whatever for; what is above is counted. */
  readonly framesPerSecond: number;
  /** Of all that a peer sends; one that sends faster is read more slowly. */
  readonly bytesPerSecond: number;
  /** At the same time, in one connection; each may hold 1 MiB that nobody has read yet. */
  readonly maxInboundStreams: number;
  /** A peer that is above a limit by so many seconds of it in a minute is penalized for flooding. */
  readonly maxExcessSecondsPerMinute: number;
  /** Rejected payloads of one peer in a minute after which it is penalized. */
  readonly maxRejectsPerMinute: number;
  readonly requests: Readonly<Record<RequestProtocol, RequestLimits>>;
  /** Connections of unauthenticated hosts: at most this many unfinished handshakes, and new ones per host and second. */
  readonly maxPendingInbound: number;
  readonly maxPendingInboundPerHost: number;
  readonly maxInboundPerHostPerSecond: number;
  /** Handshakes of all hosts together that are no member's, and of the hosts of each member. */
  readonly inboundHandshakesPerSecond: number;
  readonly inboundHandshakesBurst: number;
}

export interface NetworkTimings {
  /** First pause before a member is dialled again; doubles up to the cap, plus or minus a quarter. */
  readonly redialMinMs: number;
  readonly redialMaxMs: number;
  /** For one address: TCP, Noise and the choice of muxer. */
  readonly dialTimeoutMs: number;
  /** A connection that went silent is noticed within interval and timeout together. */
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** The timeout where pings take long. */
  readonly maxPingTimeoutMs: number;
  /** How often links are looked over: gossip streams that broke are opened again, own addresses compared. */
  readonly linkCheckMs: number;
  /** A connection over which gossip cannot be set up in this time is closed and dialled afresh. */
  readonly linkSetupTimeoutMs: number;
  /** Of two connections younger than this the higher key's dial is given up; an older one is taken for dead. */
  readonly simultaneousDialMs: number;
  readonly penaltyMinMs: number;
  readonly penaltyMaxMs: number;
  /** News about addresses and links is gathered for this long before it is passed on; a new peer is told at once. */
  readonly exchangeDelayMs: number;
  readonly addressBookDelayMs: number;
  /** Payloads published within this time travel in one frame. 0: those of one turn of the event loop. */
  readonly gossipDelayMs: Readonly<Record<Topic, number>>;
  /** How long the answer to a peer's request may take, reading and writing included. */
  readonly serveTimeoutMs: number;
}

export interface Libp2pNetworkOptions {
  /** The platform's Ed25519 seed, 32 bytes. */
  readonly seed: Uint8Array;
  readonly chainId: Hash;
  /** Whom the gater admits. Asked afresh at each decision, so that it may change with the epochs. */
  readonly members: () => readonly PublicKeyHex[];
  /** Multiaddrs such as `/ip4/0.0.0.0/tcp/9000`; port 0 takes a free one. */
  readonly listen: readonly string[];
  /** What to tell others instead of the addresses listened on: behind NAT or with a DNS name. */
  readonly announce?: readonly string[];
  /** Multiaddrs with or without `/p2p/…`; DNS names are resolved afresh at each try. */
  readonly bootstrap: readonly string[];
  readonly addressBook?: AddressBook;
  /** Of this project, as other members are told it. */
  readonly version?: string;
  readonly logger: NetworkLogger;
  /** Resolves host names, asked afresh at each dial; default the host's own resolver. */
  readonly lookup?: LookupFunction;
  readonly limits?: Partial<NetworkLimits>;
  readonly timings?: Partial<NetworkTimings>;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: NetworkLimits = {
  maxGossipBytes: 4 * MIB,
  gossip: {
    // 20 members that make 30 blocks a second say 60 votes a second each; a second of view changes says no more.
    consensus: { messagesPerSecond: 1_500, bytesPerSecond: 8 * MIB },
    // 4,000 transactions a second of 250 bytes are 1 MiB.
    transactions: { messagesPerSecond: 1_000, bytesPerSecond: 4 * MIB },
  },
  // Five of the largest pushes, as many as an honest member makes (MAX_PUSHED_MESSAGES of codec/limits.ts).
  pushedMessagesPerSecond: 2_560,
  // One costs half a millisecond, whatever for; catching up takes some 60 a second.
  streamsPerSecond: 150,
  framesPerSecond: 20_000,
  bytesPerSecond: 32 * MIB,
  maxInboundStreams: 64,
  maxExcessSecondsPerMinute: 3,
  // An honest member verifies what it passes on.
  maxRejectsPerMinute: 30,
  requests: {
    status: { maxRequestBytes: 256 * 1024, maxConcurrentPerPeer: 4, maxConcurrent: 32 },
    blocks: { maxRequestBytes: 4 * 1024, maxConcurrentPerPeer: 4, maxConcurrent: 16 },
    slots: { maxRequestBytes: 8 * MIB, maxConcurrentPerPeer: 4, maxConcurrent: 32 },
    snapshots: { maxRequestBytes: 1024, maxConcurrentPerPeer: 4, maxConcurrent: 8 },
  },
  maxPendingInbound: 64,
  maxPendingInboundPerHost: 24,
  maxInboundPerHostPerSecond: 64,
  // Of 7 to 9 ms each for half of one; at once a society's largest number of members several times over.
  inboundHandshakesPerSecond: 16,
  inboundHandshakesBurst: 64,
};

export const DEFAULT_TIMINGS: NetworkTimings = {
  redialMinMs: 250,
  redialMaxMs: 3_000,
  dialTimeoutMs: 3_000,
  pingIntervalMs: 2_000,
  pingTimeoutMs: 3_000,
  maxPingTimeoutMs: 10_000,
  linkCheckMs: 2_000,
  linkSetupTimeoutMs: 10_000,
  simultaneousDialMs: 5_000,
  penaltyMinMs: 30_000,
  penaltyMaxMs: 300_000,
  exchangeDelayMs: 500,
  addressBookDelayMs: 1_000,
  gossipDelayMs: { consensus: 0, transactions: 2 },
  serveTimeoutMs: 20_000,
};
