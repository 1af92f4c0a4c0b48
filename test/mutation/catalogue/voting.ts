import type { Catcher, Mutant } from '../mutant.js';

const VOTING = 'src/consensus/voting.ts';
const QUORUM = 'src/consensus/quorum.ts';
const RULES: Catcher = { kind: 'specs', files: ['test/unit/consensus/quorum.spec.ts', 'test/unit/consensus/voting.spec.ts', 'test/unit/consensus/voting-in-slots.spec.ts'] };
/** Every state of one slot, for one to seven members. */
const EXHAUSTIVE: Catcher = { kind: 'specs', files: ['test/exhaustive/slot.spec.ts'], title: 'as specified' };
const SLOT: Catcher = { kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts'] };
const SEEDS: Catcher = { kind: 'seeds', from: 1, to: 40 };

/** Sizes of quorums, and the rules R2 to R5. */
export const VOTING_MUTANTS: readonly Mutant[] = [
  {
    name: 'quorum-minus-one',
    rule: 'section 1, Q',
    why: 'two quorums need not share an honest platform: two blocks become final in one slot',
    patches: [{ file: QUORUM, find: 'Math.ceil((memberCount + f + 1) / 2);', replace: 'Math.max(1, Math.ceil((memberCount + f + 1) / 2) - 1);' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'quorum-two-f-plus-one',
    rule: 'section 1, Q',
    why: 'the textbook\'s 2f+1 gives disjoint quorums at n = 6: a 3/3 partition forks',
    patches: [{ file: QUORUM, find: 'Math.ceil((memberCount + f + 1) / 2);', replace: '2 * f + 1;' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'fast-quorum-minus-one',
    rule: 'section 1, F',
    why: 'a block is fast-final at one platform although the others can still prove that it is not, and skip it',
    patches: [{ file: QUORUM, find: 'fastQuorum: memberCount - p,', replace: 'fastQuorum: Math.max(1, memberCount - p - 1),' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'fallback-threshold-minus-one',
    rule: 'section 1, T; R4c',
    why: 'a platform gives up a slot whose block may be fast-final elsewhere',
    patches: [{ file: QUORUM, find: 'fallbackThreshold: f + p + 1,', replace: 'fallbackThreshold: f + p,' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'equivocation-threshold-minus-one',
    rule: 'section 1, Te; R4b, R4c',
    why: 'a platform prepares another block, or gives up, where the first may be fast-final',
    patches: [{ file: QUORUM, find: 'equivocationThreshold: f + p,\n', replace: 'equivocationThreshold: Math.max(0, f + p - 1),\n' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'equivocation-threshold-plus-one',
    rule: 'section 1, Te; R4b, R4c',
    why: 'where a leader signed two headers, the honest platforms cannot help either block and cannot skip: stuck for ever',
    patches: [{ file: QUORUM, find: 'equivocationThreshold: f + p,\n', replace: 'equivocationThreshold: f + p + 1,\n' }],
    catchers: [EXHAUSTIVE, RULES],
  },
  {
    name: 'first-vote-for-every-block',
    rule: 'R2',
    why: 'two blocks of an equivocating leader both get a fast quorum',
    patches: [
      {
        file: VOTING,
        find: '  if (own.first !== undefined) return undefined;\n  for (const blockHash of held.votable()) {\n',
        replace: '  for (const blockHash of held.votable()) {\n    if (own.first === blockHash || own.fallback.has(blockHash)) continue;\n',
      },
      {
        file: 'src/consensus/ballot.ts',
        find: 'if (vote.first) own.first = vote.blockHash;',
        // The other blocks are remembered somewhere, or it would vote for ever.
        replace: 'if (vote.first && own.first === undefined) own.first = vote.blockHash;',
      },
    ],
    catchers: [SEEDS, RULES],
  },
  {
    name: 'first-vote-beside-commit',
    rule: 'R2',
    why: 'a platform first-votes a block in a slot where its COMMIT bound it to another',
    patches: [{ file: VOTING, find: 'if (own.commit === undefined || own.commit === blockHash) return', replace: 'return' }],
    catchers: [RULES],
  },
  {
    name: 'timeout-after-commit',
    rule: 'R3',
    why: 'a queued timeout fires after the local COMMIT (Besu #1734): the slot is skipped and final',
    patches: [{ file: VOTING, find: 'if (!isCurrent || own.first !== undefined || own.commit !== undefined) return undefined;', replace: 'if (!isCurrent || own.first !== undefined) return undefined;' }],
    catchers: [RULES],
  },
  {
    name: 'timeout-in-other-slots',
    rule: 'R3',
    why: 'platforms give up slots that they have not reached',
    patches: [{ file: VOTING, find: 'if (!isCurrent || own.first !== undefined', replace: 'if (own.first !== undefined' }],
    catchers: [RULES],
  },
  {
    name: 'no-joining-of-view-changes',
    rule: 'R3',
    why: 'a platform in whose view nothing is pending never joins the others that give up a dead leader\'s slot',
    patches: [{ file: VOTING, find: 'return held.timerExpired || othersGaveUp ?', replace: 'return held.timerExpired ?' }],
    catchers: [RULES],
  },
  {
    name: 'second-thoughts-for-every-block',
    rule: 'R4a',
    why: 'a leader that signs many headers gets a vote of everyone who timed out for each of them',
    patches: [{ file: VOTING, find: 'if (own.fallback.size === 0 || held.preparesFromNonLeaders(blockHash) > parameters.faultTolerance) {', replace: 'if (own.fallback.size >= 0) {' }],
    catchers: [RULES],
  },
  {
    name: 'second-thoughts-once-only',
    rule: 'R4a',
    why: 'with two headers, those who timed out may help the wrong one only: neither is certified, nothing can be skipped',
    patches: [{ file: VOTING, find: 'if (own.fallback.size === 0 || held.preparesFromNonLeaders(blockHash) > parameters.faultTolerance) {', replace: 'if (own.fallback.size === 0) {' }],
    catchers: [RULES],
  },
  {
    name: 'prepare-elsewhere-without-proof',
    rule: 'R4b',
    why: 'a second block is certified where the first is fast-final',
    patches: [{ file: VOTING, find: 'if (votes.length >= parameters.equivocationThreshold) {', replace: 'if (votes.length >= 0) {' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'prepare-elsewhere-after-commit',
    rule: 'R4b, R5',
    why: 'a platform helps to certify another block than the one it committed',
    patches: [{ file: VOTING, find: "if (own.first === undefined || own.first === 'VIEW-CHANGE' || own.commit !== undefined) return undefined;\n  for", replace: "if (own.first === undefined || own.first === 'VIEW-CHANGE') return undefined;\n  for" }],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'view-change-without-proof',
    rule: 'R4c',
    why: 'a slot is skipped whose block is fast-final at a platform that was cut off',
    patches: [{ file: VOTING, find: 'if (elsewhere.length >= parameters.fallbackThreshold) {', replace: 'if (elsewhere.length >= 0) {' }],
    catchers: [SEEDS, EXHAUSTIVE, RULES],
  },
  {
    name: 'view-change-without-equivocation-proof',
    rule: 'R4c',
    why: 'the smaller threshold is taken although the leader is not known to have signed two headers',
    patches: [
      { file: VOTING, find: 'if (held.leaderHeaders !== undefined) {', replace: 'if (elsewhere.length > 0) {' },
    ],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'view-change-counts-the-equivocator',
    rule: 'R4c',
    why: 'a leader that signed two headers adds its own vote to the proof against the block',
    patches: [{ file: VOTING, find: 'elsewhere.filter((vote) => vote.signer !== vote.slot % parameters.memberCount);', replace: 'elsewhere;' }],
    catchers: [RULES],
  },
  {
    name: 'view-change-after-commit',
    rule: 'R4c, R5',
    why: 'a slot with a SLOW-final block is skipped (IBFT\'s, and the original design\'s, fork)',
    patches: [{ file: VOTING, find: 'if (own.commit !== undefined || own.viewChangeFallback || !held.timerExpired) return undefined;', replace: 'if (own.viewChangeFallback || !held.timerExpired) return undefined;' }],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'commit-not-exclusive',
    rule: 'R5',
    why: 'platforms that helped another block, or gave up, make a block final beside it',
    patches: [
      { file: VOTING, find: "if (own.commit !== undefined || own.first === 'VIEW-CHANGE' || own.viewChangeFallback) return undefined;", replace: 'if (own.commit !== undefined) return undefined;' },
      { file: VOTING, find: 'if (firstAllows && fallbackAllows) return', replace: 'if (firstAllows || !firstAllows || fallbackAllows) return' },
    ],
    catchers: [SEEDS, RULES],
  },
  {
    name: 'commit-after-fallback',
    rule: 'R5',
    why: 'a platform that prepared another block on second thoughts helps this one to be final',
    patches: [{ file: VOTING, find: 'if (firstAllows && fallbackAllows) return', replace: 'if (firstAllows) return' }],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'commit-beside-first-vote',
    rule: 'R5',
    why: 'a platform that first-voted another block helps this one to be final',
    patches: [{ file: VOTING, find: 'if (firstAllows && fallbackAllows) return', replace: 'if (fallbackAllows) return' }],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'commit-after-second-view-change',
    rule: 'R5',
    why: 'a platform that gave the slot up after its first vote makes its block final all the same',
    patches: [{ file: VOTING, find: " || own.first === 'VIEW-CHANGE' || own.viewChangeFallback) return undefined;", replace: " || own.first === 'VIEW-CHANGE') return undefined;" }],
    catchers: [RULES, EXHAUSTIVE],
  },
  {
    name: 'two-first-votes-count-for-nobody',
    rule: 'section 2, counting',
    why: 'a member that first-voted two blocks no longer counts against either, so an honest minority cannot prove enough: stuck',
    patches: [{
      file: 'src/consensus/slot-record.ts',
      find: "firstVotes.find((held) => held.type === 'VIEW-CHANGE' || held.blockHash !== blockHash);",
      replace: "firstVotes.length > 1 ? undefined : firstVotes.find((held) => held.type === 'VIEW-CHANGE' || held.blockHash !== blockHash);",
    }],
    catchers: [SLOT, RULES],
  },
];
