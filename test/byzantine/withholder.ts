import { leaderOf } from '../../src/consensus/quorum.js';
import { toSlot } from '../../src/types/ids.js';
import { nothingKnown } from './nothing-known.js';
import type { Adversary } from './port.js';
import { onOwn } from './port.js';

/**
 * Proposes in its turn, but its votes reach others in three cases of ten only. With one of four doing so, Q and F are
 * still there without it (section 1).
 */
export const VOTE_WITHHOLDER: Adversary = {
  name: 'withholder of votes',
  against: 'section 1, R6',
  create: (port) => onOwn(port, (message) => (message.type === 'PRE-PREPARE' || port.random.chance(0.3) ? [{ message }] : [])),
};

/** Votes in every slot but never proposes in its own: each of them costs a timeout (R3), since it is never silent (R8). */
export const PROPOSAL_WITHHOLDER: Adversary = {
  name: 'withholder of proposals',
  against: 'R3, R7',
  create: (port) => onOwn(port, (message) => (message.type === 'PRE-PREPARE' ? [] : [{ message }])),
};

/**
 * Its proposals reach the next leader only, who builds on them; the others neither know the block nor its child's
 * parent. They pull it (section 7), or skip the slot, and then nobody votes for the child (J).
 */
export const PROPOSAL_TO_NEXT_LEADER: Adversary = {
  name: 'proposals to the next leader only',
  against: 'J, R1, R3, section 7',
  create: (port) => onOwn(port, (message, to) => (
    message.type === 'PRE-PREPARE' && to !== leaderOf(toSlot(message.slot + 1), port.quorum.memberCount) ? [] : [{ message }])),
};

/**
 * Listens and asks, but says nothing, nor answers. What it asks is a sign of life, so that it is never presumed dead (R8)
 * and each of its slots costs a timeout; the others decide without it (section 1).
 */
export const MUTE: Adversary = {
  name: 'mute',
  against: 'R3, section 1',
  create: ({ chainId }) => ({
    outgoing: () => [],
    request: (request) => ('status' in request ? { ...request, status: nothingKnown(request.status, chainId) } : request),
    response: () => undefined,
  }),
};
