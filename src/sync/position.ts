import type { FinalityCertificate } from '../types/certificates.js';
import type { Epoch, Slot } from '../types/ids.js';
import type { OwnPosition } from './events.js';

/** Place of a final block in the order of finality. Slots of a later epoch come after all slots of an earlier one. */
export interface Position {
  readonly epoch: Epoch;
  readonly slot: Slot;
}

/** True where `a` is final after `b`. */
export function isAfter(a: Position, b: Position): boolean {
  return a.epoch === b.epoch ? a.slot > b.slot : a.epoch > b.epoch;
}

export function positionOf(certificate: FinalityCertificate): Position {
  return { epoch: certificate.epoch, slot: certificate.slot };
}

export function ownPosition(own: OwnPosition): Position {
  return { epoch: own.epoch, slot: own.finalSlot };
}

/**
 * What a peer's claimed final sequence can be at most and at least, given that it is proven to be final at `peer`.
 * Certificates prove slots, not sequences: a claim beyond these bounds is cut to them, so that nobody can make this
 * platform chase a sequence that does not exist for longer than it takes to find that no one serves it.
 */
export function plausibleSequence(claimed: number, peer: Position, own: OwnPosition): number {
  if (!isAfter(peer, ownPosition(own))) return Math.min(claimed, own.finalSequence);
  // Each slot holds at most one block of a branch, and sequence never exceeds slot.
  const most = peer.epoch === own.epoch ? own.finalSequence + (peer.slot - own.finalSlot) : peer.slot;
  return Math.max(own.finalSequence + 1, Math.min(claimed, most));
}
