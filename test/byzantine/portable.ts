import { AMNESIAC } from './amnesiac.js';
import { COLLUDERS } from './colluders.js';
import { DELAYER } from './delayer.js';
import { DUPLICATE_SIGNERS } from './duplicate-signers.js';
import { EQUIVOCATION_PER_HALF } from './equivocation-per-half.js';
import { EQUIVOCATION_PER_SUBSET } from './equivocation-per-subset.js';
import { EQUIVOCATION_TO_NEXT_LEADER } from './equivocation-to-next-leader.js';
import { FLIPPED_FIRST } from './flipped-first.js';
import { FORGED_JUSTIFICATION } from './forged-justification.js';
import { LYING_BLOCKS } from './lying-blocks.js';
import { LYING_STATUS } from './lying-status.js';
import type { Adversary } from './port.js';
import { SECOND_VOTES_IN_FAST } from './second-votes-in-fast.js';
import { SELECTIVE_SENDER } from './selective-sender.js';
import { SKIPPING_PROPOSER } from './skipping-proposer.js';
import { SPAMMER } from './spammer.js';
import { SWAPPED_STATEMENT } from './swapped-statement.js';
import { THREE_HEADERS, THREE_HEADERS_PER_SUBSET } from './three-headers.js';
import { VOTE_EQUIVOCATOR } from './vote-equivocator.js';
import { MUTE, PROPOSAL_TO_NEXT_LEADER, PROPOSAL_WITHHOLDER, VOTE_WITHHOLDER } from './withholder.js';

/** Every adversary that needs nothing but a port, and so runs inside a real process as well as in the simulated world. */
export const PORTABLE_ADVERSARIES: readonly Adversary[] = [
  EQUIVOCATION_PER_HALF, EQUIVOCATION_PER_SUBSET, EQUIVOCATION_TO_NEXT_LEADER, THREE_HEADERS, THREE_HEADERS_PER_SUBSET,
  VOTE_EQUIVOCATOR, AMNESIAC, VOTE_WITHHOLDER, PROPOSAL_WITHHOLDER, PROPOSAL_TO_NEXT_LEADER, MUTE, DELAYER, SELECTIVE_SENDER,
  SPAMMER, FORGED_JUSTIFICATION, SKIPPING_PROPOSER, FLIPPED_FIRST, SWAPPED_STATEMENT, DUPLICATE_SIGNERS, SECOND_VOTES_IN_FAST,
  LYING_STATUS, LYING_BLOCKS, COLLUDERS,
];
