import assert from 'node:assert/strict';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import type { VoteDecision } from '../../../src/consensus/voting.js';
import { nextVote } from '../../../src/consensus/voting.js';
import { toSlot } from '../../../src/types/ids.js';
import type { HeldSlot } from './fixtures.js';
import { block, hashOf, holdings, prepare, signedHeader, viewChange } from './fixtures.js';

const B = hashOf('b');
const C = hashOf('c');
const D = hashOf('d');
/** f = 1, T = 3, Te = 2. */
const FOUR = quorumParameters(4);
/** f = 2, T = 4, Te = 3. */
const SEVEN = quorumParameters(7);
const HEADERS = [signedHeader(block({ slot: 0, label: 'b' })), signedHeader(block({ slot: 0, label: 'c' }))] as const;

function decide(held: HeldSlot, { isCurrent = true, parameters = FOUR } = {}): VoteDecision | undefined {
  return nextVote(parameters, holdings(held), isCurrent);
}
const ruleOf = (held: HeldSlot, how: { isCurrent?: boolean; parameters?: typeof FOUR } = {}): string | undefined => decide(held, how)?.rule;

describe('R2: first vote', () => {
  it('R2: the first justified and valid block is prepared', () => {
    assert.deepEqual(decide({ votable: [B, C] }), { rule: 'R2', type: 'PREPARE', blockHash: B });
  });
  it('R2: nothing without a justified and valid block', () => {
    assert.equal(decide({ headerSeen: true }), undefined);
  });
  it('R2: a late first vote, in a slot already left, is allowed', () => {
    assert.equal(ruleOf({ votable: [B] }, { isCurrent: false }), 'R2');
  });
  it('R2: never a second first vote', () => {
    assert.equal(decide({ own: { first: B }, votable: [B, C] }), undefined);
  });
  it('R2: after a COMMIT only its block', () => {
    assert.equal(decide({ own: { commit: B }, votable: [C] }), undefined);
    assert.deepEqual(decide({ own: { commit: B }, votable: [C, B] }), { rule: 'R2', type: 'PREPARE', blockHash: B });
  });
});

describe('R3: time out', () => {
  it('R3: an expired timer gives up the slot', () => {
    assert.deepEqual(decide({ timerExpired: true }), { rule: 'R3', type: 'VIEW-CHANGE' });
  });
  it('R3: f+1 VIEW-CHANGEs give it up where no header was seen, f do not', () => {
    assert.equal(ruleOf({ viewChanges: 2 }), 'R3');
    assert.equal(ruleOf({ viewChanges: 1 }), undefined);
    assert.equal(ruleOf({ viewChanges: 3 }, { parameters: SEVEN }), 'R3');
    assert.equal(ruleOf({ viewChanges: 2 }, { parameters: SEVEN }), undefined);
  });
  it('R3: f+1 VIEW-CHANGEs do not where a header was seen', () => {
    assert.equal(ruleOf({ viewChanges: 3, headerSeen: true }), undefined);
  });
  it('R3: only in the current slot', () => {
    assert.equal(ruleOf({ timerExpired: true }, { isCurrent: false }), undefined);
    assert.equal(ruleOf({ viewChanges: 3 }, { isCurrent: false }), undefined);
  });
  it('R3: not after a first vote', () => {
    assert.equal(ruleOf({ own: { first: B }, timerExpired: true }), undefined);
    assert.equal(ruleOf({ own: { first: 'VIEW-CHANGE' }, timerExpired: true }), undefined);
  });
  it('R3: not after a COMMIT (a queued timeout firing after a local COMMIT)', () => {
    assert.equal(ruleOf({ own: { commit: B }, timerExpired: true }), undefined);
  });
});

describe('R4a: after an own VIEW-CHANGE', () => {
  const own = { first: 'VIEW-CHANGE' } as const;
  it('R4a: the first justified and valid block is prepared with first = 0, also after leaving the slot', () => {
    assert.deepEqual(decide({ own, votable: [B] }, { isCurrent: false }), { rule: 'R4a', type: 'PREPARE', blockHash: B });
  });
  it('R4a: a further one only with f+1 PREPAREs from non-leaders', () => {
    const later = { own: { ...own, fallback: [B] }, votable: [B, C] };
    assert.equal(ruleOf({ ...later, preparesFromNonLeaders: { [C]: 1 } }), undefined);
    assert.deepEqual(decide({ ...later, preparesFromNonLeaders: { [C]: 2 } }), { rule: 'R4a', type: 'PREPARE', blockHash: C });
    assert.equal(ruleOf({ ...later, preparesFromNonLeaders: { [C]: 2 } }, { parameters: SEVEN }), undefined);
  });
  it('R4a: a third one, too (draft e)', () => {
    const held = { own: { ...own, fallback: [B, C] }, votable: [B, C, D], preparesFromNonLeaders: { [D]: 2 } };
    assert.deepEqual(decide(held), { rule: 'R4a', type: 'PREPARE', blockHash: D });
  });
  it('R4a: never the same block twice', () => {
    assert.equal(decide({ own: { ...own, fallback: [B] }, votable: [B], preparesFromNonLeaders: { [B]: 3 } }), undefined);
  });
});

describe('R4b: another block after a first vote', () => {
  const own = { first: B };
  const votes = [prepare(0, 3, C), prepare(0, 1, C), prepare(0, 2, C)].sort((a, b) => a.signer - b.signer);
  it('R4b: with Te first votes of non-leaders, which are the basis, the lowest signers first', () => {
    const decision = decide({ own, votable: [B, C], firstPrepares: votes });
    assert.deepEqual(decision, { rule: 'R4b', type: 'PREPARE', blockHash: C, basis: { votes: votes.slice(0, 2), headers: undefined } });
  });
  it('R4b: not with Te-1', () => {
    assert.equal(ruleOf({ own, votable: [B, C], firstPrepares: votes.slice(0, 1) }), undefined);
    assert.equal(ruleOf({ own, votable: [B, C], firstPrepares: votes.slice(0, 2) }, { parameters: SEVEN }), undefined);
    assert.equal(ruleOf({ own, votable: [B, C], firstPrepares: votes }, { parameters: SEVEN }), 'R4b');
  });
  it('R4b: not after a COMMIT', () => {
    assert.equal(ruleOf({ own: { ...own, commit: B }, votable: [B, C], firstPrepares: votes }), undefined);
  });
  it('R4b: not for what is not justified', () => {
    assert.equal(ruleOf({ own, votable: [B], firstPrepares: votes }), undefined);
  });
  it('R4b: each block once', () => {
    assert.equal(ruleOf({ own: { ...own, fallback: [C] }, votable: [B, C], firstPrepares: votes }), undefined);
  });
  it('R4b: with the fast path off at once, and without a basis', () => {
    const decision = decide({ own, votable: [B, C] }, { parameters: quorumParameters(4, 'off') });
    assert.deepEqual(decision, { rule: 'R4b', type: 'PREPARE', blockHash: C, basis: undefined });
  });
  it('R4b: where Te is 0 at once, with a basis of no votes', () => {
    const decision = decide({ own, votable: [B, C] }, { parameters: quorumParameters(3) });
    assert.deepEqual(decision, { rule: 'R4b', type: 'PREPARE', blockHash: C, basis: { votes: [], headers: undefined } });
  });
});

describe('R4c: VIEW-CHANGE after a first vote', () => {
  const own = { first: B };
  /** The leader of slot 0 is member 0. */
  const three = [prepare(0, 0, C), prepare(0, 1, C), viewChange(0, 2)];
  it('R4c: T first votes elsewhere allow it; they are the basis', () => {
    const decision = decide({ own, timerExpired: true, elsewhere: three });
    assert.deepEqual(decision, { rule: 'R4c', type: 'VIEW-CHANGE', blockHash: B, basis: { votes: three, headers: undefined } });
  });
  it('R4c: T-1 do not', () => {
    assert.equal(ruleOf({ own, timerExpired: true, elsewhere: three.slice(1) }), undefined);
    assert.equal(ruleOf({ own, timerExpired: true, elsewhere: three }, { parameters: SEVEN }), undefined);
  });
  it('R4c: where the leader signed two headers, Te non-leaders are enough, and the headers belong to the basis', () => {
    const decision = decide({ own, timerExpired: true, elsewhere: three.slice(1), headers: HEADERS });
    assert.deepEqual(decision, { rule: 'R4c', type: 'VIEW-CHANGE', blockHash: B, basis: { votes: three.slice(1), headers: HEADERS } });
  });
  it('R4c: the leader itself does not count towards Te', () => {
    assert.equal(ruleOf({ own, timerExpired: true, elsewhere: three.slice(0, 2), headers: HEADERS }), undefined);
  });
  it('R4c: without two headers Te are not enough', () => {
    assert.equal(ruleOf({ own, timerExpired: true, elsewhere: three.slice(1) }), undefined);
  });
  it('R4c: not before the timer expired', () => {
    assert.equal(ruleOf({ own, elsewhere: three }), undefined);
  });
  it('R4c: not after a COMMIT, and once only', () => {
    assert.equal(ruleOf({ own: { ...own, commit: B }, timerExpired: true, elsewhere: three }), undefined);
    assert.equal(ruleOf({ own: { ...own, viewChangeFallback: true }, timerExpired: true, elsewhere: three }), undefined);
  });
  it('R4c: not without a first vote for a block', () => {
    assert.equal(ruleOf({ own: { first: 'VIEW-CHANGE' }, timerExpired: true, elsewhere: three }), undefined);
  });
  it('R4c: with the fast path off the timer alone is enough, without a basis', () => {
    const decision = decide({ own, timerExpired: true }, { parameters: quorumParameters(4, 'off') });
    assert.deepEqual(decision, { rule: 'R4c', type: 'VIEW-CHANGE', blockHash: B, basis: undefined });
  });
});

describe('R5: COMMIT', () => {
  const committable = [B];
  it('R5: a certified block is committed, with or without an own first vote for it', () => {
    assert.deepEqual(decide({ committable }), { rule: 'R5', type: 'COMMIT', blockHash: B });
    assert.equal(ruleOf({ own: { first: B }, committable }), 'R5');
  });
  it('R5: also in a slot already left', () => {
    assert.equal(ruleOf({ own: { first: B }, committable }, { isCurrent: false }), 'R5');
  });
  it('R5: once', () => {
    assert.equal(ruleOf({ own: { first: B, commit: B }, committable }), undefined);
    assert.equal(ruleOf({ own: { commit: C }, committable }), undefined);
  });
  it('R5: not after a first vote for another block', () => {
    assert.equal(ruleOf({ own: { first: C }, committable }), undefined);
  });
  it('R5: not after a first VIEW-CHANGE', () => {
    assert.equal(ruleOf({ own: { first: 'VIEW-CHANGE' }, committable }), undefined);
    assert.equal(ruleOf({ own: { first: 'VIEW-CHANGE', fallback: [B] }, committable }), undefined);
  });
  it('R5: not after a VIEW-CHANGE with first = 0', () => {
    assert.equal(ruleOf({ own: { first: B, viewChangeFallback: true }, committable }), undefined);
  });
  it('R5: not after a fallback PREPARE of another block', () => {
    assert.equal(ruleOf({ own: { first: B, fallback: [C] }, committable }), undefined);
    assert.equal(ruleOf({ own: { first: B, fallback: [B, C] }, committable }), undefined);
  });
});

describe('section 3: order of the rules', () => {
  it('R2 before R3: a block that arrived with the timeout is voted for', () => {
    assert.equal(ruleOf({ votable: [B], timerExpired: true }), 'R2');
  });
  it('R5 before R3 and R4c: a slot that can still decide is not abandoned', () => {
    assert.equal(ruleOf({ committable: [B], timerExpired: true }), 'R5');
    assert.equal(ruleOf({ own: { first: B }, committable: [B], timerExpired: true, elsewhere: [prepare(0, 0, C), prepare(0, 1, C), viewChange(0, 2)] }), 'R5');
  });
  it('R4c: counts the leader of the slot that the votes are for', () => {
    const votes = [prepare(5, 0, C), prepare(5, 1, C)];
    assert.equal(toSlot(5) % 4, 1);
    assert.equal(ruleOf({ own: { first: B }, timerExpired: true, elsewhere: votes, headers: HEADERS }), undefined);
  });
});
