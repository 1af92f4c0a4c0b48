import { duplicateSigner } from './byzzfuzz/duplicate-signer.js';
import { foreignChain } from './byzzfuzz/foreign-chain.js';
import { flippedFirst, secondVotesInFast } from './byzzfuzz/second-votes-in-fast.js';
import { shiftedSlot } from './byzzfuzz/shifted-slot.js';
import { staleJustification } from './byzzfuzz/stale-justification.js';
import { swappedType } from './byzzfuzz/swapped-type.js';
import { unsignedMutations } from './byzzfuzz/unsigned-mutations.js';
import { amnesiaAfterRestart } from './classic/amnesia-after-restart.js';
import { fastFinalThenIsolated } from './classic/fast-final-then-isolated.js';
import { finalByCommitsThenCutOff } from './classic/final-by-commits-then-cut-off.js';
import { lockDeadlock } from './classic/lock-deadlock.js';
import { lostVoteStore } from './classic/lost-vote-store.js';
import { restoredSnapshot } from './classic/restored-snapshot.js';
import { timeoutAfterCommit } from './classic/timeout-after-commit.js';
import { viewChangeCarriesNoProof } from './classic/view-change-carries-no-proof.js';
import { justificationLost } from './drafts/a-justification-lost.js';
import { leaderAheadOfItsParent } from './drafts/b-leader-ahead-of-its-parent.js';
import { enteringByALaterCertificate } from './drafts/c-entering-by-a-later-certificate.js';
import { finalParentWithoutPrepares } from './drafts/d-final-parent-without-prepares.js';
import { threeHeadersAnySplit, threeHeadersOfSeven, threePreparesOfOne } from './drafts/e-three-headers.js';
import { votingAgainTooEarly } from './drafts/f-voting-again-too-early.js';
import { stateRootInHeader } from './drafts/g-state-root-in-header.js';
import { unjustifiedIsWork } from './drafts/h-unjustified-is-work.js';
import { gapsBelowTheHighestCertificate } from './drafts/i-gaps-below-the-highest-certificate.js';
import { nobodyMayCommit } from './drafts/j-nobody-may-commit.js';
import { idleAndBehind } from './drafts/o-idle-and-behind.js';
import { forgottenCopy } from './network/forgotten-copy.js';
import { certificateShownToOne } from './network/certificate-shown-to-one.js';
import { leaderWithTwoFaces, twinsAgainstOneFinal } from './network/leader-with-two-faces.js';
import { longOutage } from './network/long-outage.js';
import { lateCopy } from './network/late-copy.js';
import { longSkipGap } from './network/long-skip-gap.js';
import { powerLossOfAll } from './network/power-loss.js';
import { proposalAtTimerExpiry } from './network/proposal-at-timer-expiry.js';
import { proposalToNextLeader } from './network/proposal-to-next-leader.js';
import { spentAtOne } from './network/spent-at-one.js';
import { slowDisk } from './network/slow-disk.js';
import { threeOneSplit } from './network/three-one-split.js';
import { timestampAtTheEdge } from './network/timestamp-at-the-edge.js';
import { twoDeadLeaders } from './network/two-dead-leaders.js';
import { twoTwoSplit } from './network/two-two-split.js';
import { votesToHalves } from './network/votes-to-halves.js';
import { workKnownToOne } from './network/work-known-to-one.js';
import { disjointQuorums } from './origin/disjoint-quorums.js';
import { equivocationBehindFinality } from './origin/equivocation-behind-finality.js';
import { hiddenEquivocation } from './origin/hidden-equivocation.js';
import { madeUpBlock } from './origin/made-up-block.js';
import { noViewSynchronisation } from './origin/no-view-synchronisation.js';
import { twoOfFourFork } from './origin/two-of-four-fork.js';
import { voteSentThreeTimes } from './origin/vote-sent-three-times.js';
import { votesBeforeTheProposal } from './origin/votes-before-the-proposal.js';
import type { Scenario } from './scenario.js';
import { everybodyPruned } from './snapshots/everybody-pruned.js';
import { finalInSkippedBlocks } from './snapshots/final-in-skipped-blocks.js';
import { joinedUnderLoad } from './snapshots/joined-under-load.js';
import { serverCrashesMidway } from './snapshots/server-crashes-midway.js';
import { snapshotOfALiar } from './snapshots/snapshot-of-a-liar.js';

/**
 * Every scenario of SPEC section 13 by name. Of the drafts of this protocol, (k) to (n) belong to membership changes
 * (section 9), which are not built yet.
 */
export const SCENARIOS: readonly Scenario[] = [
  fastFinalThenIsolated, finalByCommitsThenCutOff, viewChangeCarriesNoProof, lockDeadlock, timeoutAfterCommit, amnesiaAfterRestart, restoredSnapshot, lostVoteStore,
  proposalToNextLeader, proposalAtTimerExpiry, certificateShownToOne, votesToHalves, twoTwoSplit, threeOneSplit, longSkipGap, timestampAtTheEdge,
  twoDeadLeaders, workKnownToOne, leaderWithTwoFaces, twinsAgainstOneFinal, longOutage, powerLossOfAll, slowDisk, lateCopy, forgottenCopy, spentAtOne,
  duplicateSigner, foreignChain, flippedFirst, secondVotesInFast, shiftedSlot, staleJustification, swappedType, unsignedMutations,
  justificationLost, leaderAheadOfItsParent, enteringByALaterCertificate, finalParentWithoutPrepares, threeHeadersOfSeven, threeHeadersAnySplit, threePreparesOfOne,
  votingAgainTooEarly, stateRootInHeader, unjustifiedIsWork, gapsBelowTheHighestCertificate, nobodyMayCommit, idleAndBehind,
  joinedUnderLoad, serverCrashesMidway, snapshotOfALiar, everybodyPruned, finalInSkippedBlocks,
  voteSentThreeTimes, disjointQuorums, noViewSynchronisation, votesBeforeTheProposal, madeUpBlock, hiddenEquivocation, equivocationBehindFinality, twoOfFourFork,
];
