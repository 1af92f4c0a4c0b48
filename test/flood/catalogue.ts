import type { Attack } from './attack.js';
import { crowdedFrames, emptyPayloads, maximalFrames, muxerFrames, subscriptions } from './attacks/frames.js';
import { halfHandshakes } from './attacks/handshakes.js';
import { heavyFarProposal, heavyOwnProposals, overfullProposal } from './attacks/proposals.js';
import { blockRequests, chunkRequests, snapshotRequests, statusRequests, strayStreams } from './attacks/requests.js';
import { freshKeys, junkTransactions } from './attacks/transactions.js';
import { farVoteGossip, pushedVotes, relayedFrames } from './attacks/votes.js';

/** Several at once, each with what the limits allow it. */
function together(name: string, text: string, attacks: readonly Attack[]): Attack {
  return {
    name, text, invalid: attacks.some(({ invalid }) => invalid),
    prepare: async (attacker) => { for (const attack of attacks) await attack.prepare?.(attacker); },
    run: async (attacker, untilMs) => { await Promise.all(attacks.map((attack) => attack.run(attacker, untilMs))); },
  };
}

/** Every kind of message, request and stream, and some at once. */
export const ATTACKS: readonly Attack[] = [
  heavyFarProposal(), overfullProposal(), heavyOwnProposals(), farVoteGossip(), junkTransactions(), freshKeys(), relayedFrames(), emptyPayloads(),
  pushedVotes(), blockRequests(), chunkRequests(), snapshotRequests(), statusRequests(), strayStreams(), halfHandshakes(), subscriptions(),
  muxerFrames(), crowdedFrames(), maximalFrames(),
  together('all-requests', 'requests of every kind at once', [pushedVotes(), blockRequests(), statusRequests(), snapshotRequests()]),
  together('all-gossip', 'proposals, votes and transactions at once', [heavyFarProposal(), farVoteGossip(), freshKeys()]),
];
