import { MAX_CLOCK_LEAD_MS } from '../consensus/chain.js';
import type { PeerRecord } from '../network/peer-records.js';

/** How this host's clock stands to those of connected members. */
export interface ClockSkew {
  /** This host's clock minus the members', by their median, in milliseconds. */
  readonly offsetMs: number;
  /** Members that were compared. */
  readonly compared: number;
  /** Of them, those whose clocks differ by more than blocks may be ahead, on the side that more of them are on. */
  readonly apart: number;
}

/** Undefined where no member's clock is known. */
export function clockSkew(peers: readonly PeerRecord[]): ClockSkew | undefined {
  const known = peers.map(({ clock }) => clock).filter((clock) => clock !== undefined);
  const sorted = known.map(({ offsetMs }) => 0 - offsetMs).sort((a, b) => a - b);
  const ahead = known.filter(({ offsetMs, uncertaintyMs }) => -offsetMs - uncertaintyMs > MAX_CLOCK_LEAD_MS).length;
  const behind = known.filter(({ offsetMs, uncertaintyMs }) => offsetMs - uncertaintyMs > MAX_CLOCK_LEAD_MS).length;
  // Of the two in the middle of an even number the one nearer to none: no alarm from half of the members.
  const [low = 0, high = 0] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  const offsetMs = Math.abs(low) < Math.abs(high) ? low : high;
  return known.length === 0 ? undefined : { offsetMs, compared: known.length, apart: Math.max(ahead, behind) };
}

/**
 * Whether it is this host's clock that is wrong: more than half of the other members, connected or not, and more than can
 * lie, say so. A liar is wrong about itself only, and the first to be connected may be the one whose clock is wrong.
 */
export function isOwnClockWrong({ apart }: ClockSkew, otherMembers: number, faultTolerance: number): boolean {
  return apart > faultTolerance && 2 * apart > otherMembers;
}
