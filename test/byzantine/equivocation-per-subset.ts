import type { MemberIndex, Slot } from '../../src/types/ids.js';
import { equivocating } from './faces.js';
import type { Casting } from './faces.js';
import type { Adversary, Port } from './port.js';
import { others } from './port.js';
import { Recent } from './recent.js';

/** Faces drawn anew for each slot, the same whenever they are asked for. */
export function drawnFaces(port: Port, faces: number): Casting {
  const drawn = new Recent<Slot, ReadonlyMap<MemberIndex, number>>();
  return (to, slot) => (
    drawn.at(slot, () => new Map(others(port).map((member) => [member, port.random.integer(0, faces - 1)]))).get(to) ?? 0);
}

/**
 * As `EQUIVOCATION_PER_HALF`, but who is shown which block is drawn anew for each slot: from one platform alone to all
 * but one. R4b and R4c decide what the smaller part may do afterwards.
 */
export const EQUIVOCATION_PER_SUBSET: Adversary = {
  name: 'two headers, to drawn subsets',
  against: 'R2, R4b, R4c, R5, R9',
  create: (port) => equivocating(port, drawnFaces(port, 2)),
};
