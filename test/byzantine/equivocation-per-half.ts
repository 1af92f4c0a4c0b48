import { equivocating } from './faces.js';
import type { Adversary } from './port.js';

/**
 * As a leader it shows one half of the federation one block and the other half another, and votes for each before
 * those who know it. No two quorums fit between Q voters and f liars (section 1), first votes are cast once (R2), and
 * two headers of one slot are evidence (R9).
 */
export const EQUIVOCATION_PER_HALF: Adversary = {
  name: 'two headers, one per half',
  against: 'R2, R4b, R5, R9, section 1',
  create: (port) => equivocating(port, (to) => to % 2),
};
