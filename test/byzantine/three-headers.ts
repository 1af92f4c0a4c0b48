import { drawnFaces } from './equivocation-per-subset.js';
import { equivocating } from './faces.js';
import type { Adversary } from './port.js';

/**
 * Three blocks for one slot, a third of the federation each. Two headers suffice as evidence, but the third block may
 * be the one that must be certified: a platform that dropped it would be stuck (section 8, draft e).
 */
export const THREE_HEADERS: Adversary = {
  name: 'three headers, one per third',
  against: 'R4a, R4b, R9, section 8',
  create: (port) => equivocating(port, (to) => to % 3),
};

/** Three blocks for one slot, who gets which drawn for each slot. */
export const THREE_HEADERS_PER_SUBSET: Adversary = {
  name: 'three headers, to drawn subsets',
  against: 'R4a, R4b, R9, section 8',
  create: (port) => equivocating(port, drawnFaces(port, 3)),
};
