import type { PeerStatus, PeersStatus, UnreachableAddress } from '../api/platform-view.js';
import type { DialFailure, PeerRecord } from '../network/peer-records.js';
import type { NetworkSnapshot } from '../network/session.js';
import type { Hash, PlatformName, PublicKeyHex } from '../types/ids.js';
import { clockSkew } from './clock-skew.js';

/** Of the platform whose view it is. */
export interface PeersViewer {
  readonly platform: PlatformName;
  readonly chainId: Hash;
  readonly inTouch: boolean;
  readonly nameOf: (peer: PublicKeyHex) => PlatformName;
}

/** `GET /peers`. */
export function peersStatus(network: Pick<NetworkSnapshot, 'listening' | 'peers' | 'unreachable'>, viewer: PeersViewer): PeersStatus {
  return {
    platform: viewer.platform, chain_id: viewer.chainId, in_touch: viewer.inTouch, listening: network.listening,
    clock_offset_ms: ownClockOffsetMs(network.peers),
    peers: network.peers.map((record) => peerStatus(record, viewer.nameOf(record.peer))),
    unreachable: network.unreachable.map(unreachableAddress),
  };
}

/** This host's clock minus the members', by their median; null where none was compared. */
export function ownClockOffsetMs(peers: readonly PeerRecord[]): number | null {
  const skew = clockSkew(peers);
  return skew === undefined ? null : Math.round(skew.offsetMs);
}

function peerStatus(record: PeerRecord, platform: PlatformName): PeerStatus {
  const { peer, peerId, isLinked, forMs, addresses, lastFailure, roundTripMs, version, clock, otherChain } = record;
  return {
    platform, public_key: peer, peer_id: peerId, linked: isLinked, for_ms: Math.round(forMs), addresses,
    last_error: lastFailure === undefined ? null : unreachableAddress(lastFailure),
    round_trip_ms: roundTripMs === undefined ? null : Math.round(roundTripMs * 10) / 10,
    version: version ?? null,
    clock_offset_ms: clock === undefined ? null : Math.round(clock.offsetMs),
    clock_uncertainty_ms: clock === undefined ? null : Math.ceil(clock.uncertaintyMs),
    other_chain: otherChain ?? null,
  };
}

function unreachableAddress({ address, cause, agoMs }: DialFailure): UnreachableAddress {
  return { address, cause, ago_ms: Math.round(agoMs) };
}
