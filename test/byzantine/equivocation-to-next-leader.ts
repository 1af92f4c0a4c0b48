import { leaderOf } from '../../src/consensus/quorum.js';
import { toSlot } from '../../src/types/ids.js';
import { equivocating } from './faces.js';
import type { Adversary } from './port.js';

/**
 * Everyone is shown one block but the next leader, who is shown another: it would build its optimistic proposal on a
 * block that nobody else has. Its child is never justified (J), its own vote for it included, and once it knows that
 * its parent's leader signed two headers it builds on nothing of it unasked (R1, R9).
 */
export const EQUIVOCATION_TO_NEXT_LEADER: Adversary = {
  name: 'another header to the next leader only',
  against: 'J, R1, R9',
  create: (port) => equivocating(port, (to, slot) => Number(to === leaderOf(toSlot(slot + 1), port.quorum.memberCount))),
};
