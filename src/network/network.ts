import type { PublicKeyHex } from '../types/ids.js';

/** Gossip topics of one society. */
export type Topic = 'consensus' | 'transactions';
/** Request-response protocols; on the wire `/fb-pbft/<chainId>/<name>/1`. */
export type RequestProtocol = 'status' | 'blocks' | 'slots' | 'snapshots';
/** What became of a gossiped payload. */
export type GossipOutcome =
  /** Nothing is passed on, nobody is blamed: known, not wanted here, or more than the sender's share. */
  | { readonly verdict: 'ignore' }
  /** What no honest member sends or passes on: it counts against the member that it came from. */
  | { readonly verdict: 'reject' }
  /** New here and verified whole; `verified` may be passed on: of a batch only what was new and valid. */
  | { readonly verdict: 'accept'; readonly verified: Uint8Array };
export type AcceptedOutcome = Extract<GossipOutcome, { verdict: 'accept' }>;
export type GossipVerdict = GossipOutcome['verdict'];

export const IGNORED: GossipOutcome = { verdict: 'ignore' };
export const REJECTED: GossipOutcome = { verdict: 'reject' };

/** What the network hands up. Peers are named by their platform's public key; only members ever appear. */
export interface NetworkHandlers {
  /** Judged at once, or later where that takes long. Neither throws nor rejects, whatever the payload is. */
  onGossip(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipOutcome | Promise<GossipOutcome>;
  /** Answers a request; a rejection closes the stream and counts against the peer. */
  onRequest(protocol: RequestProtocol, request: Uint8Array, from: PublicKeyHex): Promise<Uint8Array>;
  onPeerConnected(peer: PublicKeyHex): void;
  onPeerDisconnected(peer: PublicKeyHex): void;
}

export interface RequestOptions {
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

/** Member-to-member communication. Implemented over libp2p, and in process for tests. */
export interface Network {
  start(handlers: NetworkHandlers): Promise<void>;
  stop(): Promise<void>;
  /** Best effort, to every member. Identical payloads may be published again and are delivered again. */
  publish(topic: Topic, payload: Uint8Array): void;
  /** @throws NetworkError when the peer is not connected, does not answer in time or answers too much */
  request(peer: PublicKeyHex, protocol: RequestProtocol, request: Uint8Array, options: RequestOptions): Promise<Uint8Array>;
  connectedPeers(): readonly PublicKeyHex[];
  /**
   * True where the peer may have so many messages, which its request pushes, looked at now. Otherwise the request is to be
   * refused; a peer that goes on is penalized.
   */
  takePushed(peer: PublicKeyHex, messageCount: number): boolean;
  /** Ends the connection with a peer that misbehaved; it may not come back for a while. */
  penalize(peer: PublicKeyHex, reason: string): void;
}
