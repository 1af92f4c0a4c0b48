import type { PublicKeyHex } from '../types/ids.js';

/** Gossip topics of one society. */
export type Topic = 'consensus' | 'transactions';
/** Request-response protocols; on the wire `/fb-pbft/<chainId>/<name>/1`. */
export type RequestProtocol = 'status' | 'blocks' | 'slots' | 'snapshots';
/** Gossip verdicts: `ignore` is not passed on, `reject` also counts against the peer that sent it. */
export type GossipVerdict = 'accept' | 'ignore' | 'reject';

/** What the network hands up. Peers are named by their platform's public key; only members ever appear. */
export interface NetworkHandlers {
  onGossip(topic: Topic, payload: Uint8Array, from: PublicKeyHex): GossipVerdict;
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
