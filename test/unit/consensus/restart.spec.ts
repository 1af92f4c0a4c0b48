import assert from 'node:assert/strict';
import { Participation } from '../../../src/consensus/participation.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import type { DurableState } from '../../../src/consensus/records.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import { toMemberIndex, toSlot } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { Bench, block, chainOf, commit, fastCertificate, hashOf, ownVote, prepare, prepareCertificate, prePrepare, SIGNATURE, skip, tipOf, viewChange } from './fixtures.js';

const B = block({ slot: 0 });
const SELF = 3;
const held = (proposed: typeof B, signature = SIGNATURE): DurableState['blocks'] => [{ slot: proposed.header.slot, block: proposed, signature }];

describe('section 5: restart', () => {
  it('section 5: the same votes are signed and sent again, before anything else', () => {
    const votes = [prepare(0, SELF, B.hash), commit(0, SELF, B.hash), viewChange(1, SELF)];
    const bench = new Bench({ comparing: true, durable: { blocks: held(B), votes: votes.map(ownVote), certificates: [prepareCertificate(0, B.hash)] } });
    assert.deepEqual(bench.said('PREPARE').map(({ blockHash, first }) => [blockHash, first]), [[B.hash, true]]);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0', 'VIEW-CHANGE1 slot 1']);
    assert.deepEqual(bench.of('broadcast').map(({ message }) => message.type), ['PREPARE', 'COMMIT', 'VIEW-CHANGE']);
    assert.ok(bench.of('persist').every(({ record }) => record.type !== 'vote'), 'they are durable already');
  });
  it('section 5: no second first vote: a PREPARE binds (vote A, restart, vote B)', () => {
    const bench = new Bench({ durable: { blocks: held(B), votes: [ownVote(prepare(0, SELF, B.hash))] } });
    bench.take(prePrepare(block({ slot: 0, label: 'other' })));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    bench.pending();
    bench.passMs(5000);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0'], 'nor a VIEW-CHANGE in its place');
  });
  it('section 5: a VIEW-CHANGE binds, and so do a fallback PREPARE and a COMMIT', () => {
    const [vc, fallback, committed] = [
      [viewChange(0, SELF)], [viewChange(0, SELF), prepare(0, SELF, B.hash, false)], [commit(0, SELF, B.hash)],
    ].map((votes) => new Bench({ durable: { votes: votes.map(ownVote) } }));
    assert.ok(vc && fallback && committed);
    for (const bench of [vc, fallback, committed]) bench.take(prePrepare(block({ slot: 0, label: 'other' })));
    assert.deepEqual(vc.votes(), ['VIEW-CHANGE1 slot 0', 'PREPARE0 slot 0']);
    assert.deepEqual(fallback.votes(), ['VIEW-CHANGE1 slot 0', 'PREPARE0 slot 0']);
    assert.deepEqual(committed.votes(), ['COMMIT slot 0']);
  });
  it('R1: no second proposal; the first one is signed and sent again with its justification', () => {
    const parent = prepareCertificate(0, B.hash);
    const child = block({ slot: 1, parent: B, label: 'own' });
    const bench = new Bench({
      self: 1, pool: ['tx'],
      durable: { blocks: [...held(B), { slot: child.header.slot, block: child, signature: undefined }], proposed: [{ slot: child.header.slot, blockHash: child.hash }], certificates: [parent] },
    });
    bench.pending();
    assert.deepEqual(bench.said('PRE-PREPARE').map(({ block: { hash }, justification }) => [hash, justification.parent]), [[child.hash, parent]]);
    assert.ok(bench.votes().includes('PREPARE1 slot 1'), 'and it may be voted for after that');
  });
  it('section 5: certificates and blocks above final are there again: the slot, the parent, what is served', () => {
    const bench = new Bench({ durable: { blocks: held(B), certificates: [prepareCertificate(0, B.hash), skip(1)] } });
    assert.equal(bench.slot, 2);
    assert.deepEqual(bench.replica.slotStateAbove(toSlot(-1)).map(({ type }) => type).filter((type) => type !== 'COMMIT' && type !== 'PREPARE'), ['CERTIFICATE', 'PRE-PREPARE', 'CERTIFICATE']);
  });
  it('section 5: nothing is signed at or below the durable final slot', () => {
    const tip = tipOf(B);
    const old = [ownVote(prepare(0, SELF, B.hash))];
    const bench = new Bench({ durable: { finalTip: tip, votes: old, proposed: [{ slot: toSlot(0), blockHash: B.hash }], blocks: held(B) } });
    bench.take(prePrepare(B), prePrepare(block({ slot: 0, label: 'other' })), viewChange(0, 0), viewChange(0, 1), viewChange(0, 2));
    assert.deepEqual(bench.of('sign'), []);
    assert.equal(bench.slot, 1);
  });
  it('section 5: nothing new is signed up to a known final slot, though its block is damaged; what was said is repeated, and what is shown proves no loss', () => {
    const chain = chainOf(3);
    const [first, second, third] = chain;
    assert.ok(first && second && third);
    const bench = new Bench({ pool: ['tx'], durable: { floorSlot: toSlot(1), votes: [ownVote(prepare(0, SELF, first.hash))] } });
    bench.take(prePrepare(first), prePrepare(second, { parent: prepareCertificate(0, first.hash) }), commit(1, SELF, second.hash));
    bench.certificate(prepareCertificate(1, second.hash, [0, 1, SELF]));
    assert.equal(bench.replica.snapshot().mode, 'voting');
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0'], 'repeated; no COMMIT for it, nor anything in slot 1');
    bench.take(prePrepare(third));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'PREPARE1 slot 2']);
  });
  it('R10: while newer final blocks are damaged, its answer does not count for others that lost their votes', () => {
    const chain = syncedChain(3);
    const bench = new Bench({ durable: { floorSlot: toSlot(2) } });
    assert.equal(bench.replica.status().observing, true);
    assert.equal(bench.replica.snapshot().mode, 'voting');
    bench.synced(...chain);
    assert.equal(bench.replica.status().observing, false);
  });
  it('section 5: while comparing nothing new is signed, neither votes nor proposals nor CHECKPOINTs', () => {
    const bench = new Bench({ comparing: true, self: 1, pool: ['tx'] });
    bench.pending();
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(bench.of('sign'), []);
    assert.equal(bench.replica.snapshot().mode, 'comparing');
    bench.step({ type: 'compared' });
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0', 'PREPARE1 slot 1']);
  });
  it('section 5: the comparison lasts one slot timeout at most', () => {
    const bench = new Bench({ comparing: true });
    bench.take(prePrepare(B));
    assert.equal(bench.replica.deadlineMs, 1000);
    bench.passMs(999);
    assert.deepEqual(bench.of('sign'), []);
    bench.passMs(1);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
  });
  it('section 6: what was executed while comparing is told as a CHECKPOINT afterwards', () => {
    const bench = new Bench({ comparing: true, durable: { finalTip: tipOf(B) } });
    bench.step({ type: 'executed', sequence: B.header.sequence, stateRoot: hashOf('root') });
    assert.deepEqual(bench.said('CHECKPOINT'), []);
    bench.step({ type: 'compared' });
    assert.deepEqual(bench.said('CHECKPOINT').map(({ sequence }) => Number(sequence)), [0]);
  });
});

/** Final blocks in consecutive slots of view 0, the last certified, as sync brings them. */
function syncedChain(count: number): CommittedBlock[] {
  const blocks = chainOf(count);
  return blocks.map((each, index) => ({ block: each, certificate: index === count - 1 ? fastCertificate(each.header.slot, each.hash) : undefined }));
}

describe('R10: a lost or rolled-back vote store', () => {
  const unknownVotes: readonly (readonly [string, ConsensusMessage])[] = [
    ['PREPARE', prepare(5, SELF, hashOf('x'))],
    ['PREPARE with first = 0', prepare(5, SELF, hashOf('x'), false)],
    ['COMMIT', commit(5, SELF, hashOf('x'))],
    ['VIEW-CHANGE', viewChange(5, SELF)],
    ['VIEW-CHANGE with first = 0', viewChange(5, SELF, hashOf('x'))],
    ['PRE-PREPARE', prePrepare(block({ slot: 3 }))],
    ['PREPARE inside a certificate', { type: 'CERTIFICATE', certificate: prepareCertificate(5, hashOf('x'), [0, 1, SELF]) }],
    ['VIEW-CHANGE inside a certificate', { type: 'CERTIFICATE', certificate: skip(5, [0, 1, SELF]) }],
    ['PREPARE inside a justification', prePrepare(block({ slot: 1, parent: B }), { parent: prepareCertificate(0, B.hash, [0, 1, SELF]) })],
  ];
  for (const [what, message] of unknownVotes) {
    it(`R10: an own ${what} that it does not have makes a platform observe`, () => {
      const bench = new Bench();
      bench.take(message);
      assert.equal(bench.replica.snapshot().mode, 'observing');
      assert.equal(bench.of('vote-store-lost').length, 1);
      assert.ok(bench.notices().includes('observing'));
      bench.take(prePrepare(B));
      bench.pending();
      bench.passMs(5000);
      assert.deepEqual(bench.of('sign'), []);
      assert.equal(bench.replica.status().observing, true);
    });
  }
  it('R10: an own vote inside the certificate of a synced block is such a sign, too (restored machine snapshot)', () => {
    const bench = new Bench({ comparing: true });
    bench.synced({ block: B, certificate: fastCertificate(0, B.hash, [0, 1, SELF]) });
    assert.equal(bench.replica.snapshot().mode, 'observing');
    assert.equal(bench.replica.finalTip.hash, B.hash);
    const other = new Bench({ comparing: true, durable: { votes: [ownVote(prepare(0, SELF, B.hash))] } });
    other.synced({ block: B, certificate: fastCertificate(0, B.hash, [0, 1, SELF]) });
    assert.equal(other.replica.snapshot().mode, 'comparing');
  });
  it('R10: it notices while comparing, too', () => {
    const bench = new Bench({ comparing: true });
    bench.take(commit(5, SELF, hashOf('x')));
    bench.step({ type: 'compared' });
    assert.equal(bench.replica.snapshot().mode, 'observing');
  });
  it('R10: what it does have, in memory or reloaded, is no such sign, nor what is at or below final', () => {
    const bench = new Bench({ durable: { finalTip: tipOf(B), votes: [prepare(2, SELF, hashOf('x')), commit(2, SELF, hashOf('x'))].map(ownVote) } });
    const second = block({ slot: 1, parent: B });
    bench.take(prePrepare(second));
    bench.take(prepare(0, SELF, hashOf('y')), prepare(1, SELF, second.hash), prepare(2, SELF, hashOf('x')), commit(2, SELF, hashOf('x')));
    bench.certificate(prepareCertificate(1, second.hash, [0, 1, SELF]), skip(0, [0, 1, SELF]), prepareCertificate(2, hashOf('x'), [0, 1, SELF]));
    assert.equal(bench.replica.snapshot().mode, 'voting');
  });
  it('R10: certificates with other platforms\' votes are no sign', () => {
    const bench = new Bench();
    bench.certificate(prepareCertificate(0, B.hash), skip(5), fastCertificate(6, hashOf('x')));
    assert.equal(bench.replica.snapshot().mode, 'voting');
  });

  /** Observing, with answers of these members that name the highest certified slot each. */
  function observer(answers: readonly (readonly [member: number, slot: number, observing?: boolean])[]): Bench {
    const bench = new Bench({ voteStoreLost: true });
    for (const [member, slot, observing = false] of answers) {
      bench.step({ type: 'peer-status', member: toMemberIndex(member), highestSlot: toSlot(slot), observing });
    }
    return bench;
  }
  const mode = (bench: Bench): string => bench.replica.snapshot().mode;

  it('R10: votes again above a block final by its own certificate in a slot above S + 8', () => {
    const bench = observer([[0, 2], [1, 4], [2, 3]]);
    const chain = syncedChain(14);
    bench.synced(...syncedChain(13));
    assert.equal(mode(bench), 'observing', 'slot 12 = S + 8');
    const last = chain[13];
    assert.ok(last);
    bench.synced(last);
    assert.equal(mode(bench), 'voting');
    assert.deepEqual(bench.of('notice').map(({ notice }) => notice).filter(({ type }) => type === 'voting'), [{ type: 'voting', fromSlot: 14 }]);
    bench.take(prePrepare(block({ slot: 14, parent: last.block })));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 14']);
  });
  it('R10: S is the highest slot among at least Q answers; fewer, repeated ones or those of observers do not count', () => {
    const chain = syncedChain(40);
    for (const answers of [[[0, 2], [1, 2]], [[0, 2], [0, 2], [0, 2]], [[0, 2], [1, 2], [2, 2, true]]] as const) {
      const bench = observer(answers);
      bench.synced(...chain);
      assert.equal(mode(bench), 'observing');
      bench.step({ type: 'peer-status', member: toMemberIndex(2), highestSlot: toSlot(2), observing: false });
    }
    const bench = observer([[0, 2], [1, 31], [2, 2]]);
    bench.synced(...chain);
    assert.equal(mode(bench), 'observing', 'S + 8 = 39');
  });
  it('R10: a finality that is proven but not reached by the own chain does not count yet', () => {
    const bench = observer([[0, 2], [1, 2], [2, 2]]);
    bench.certificate(fastCertificate(30, hashOf('x')));
    assert.equal(mode(bench), 'observing');
  });
  it('R10: a restart that knows of the loss observes from the start and proposes nothing', () => {
    const bench = new Bench({ voteStoreLost: true, self: 0, pool: ['tx'] });
    bench.pending();
    bench.passMs(5000);
    bench.step({ type: 'executed', sequence: B.header.sequence, stateRoot: hashOf('root') });
    assert.deepEqual(bench.of('sign'), []);
    assert.ok(bench.notices().includes('observing'));
  });
  it('R10: with fewer than Q others (always so at n <= 2) it never resumes by itself', () => {
    const bench = new Bench({ members: 2, self: 1, voteStoreLost: true });
    bench.step({ type: 'peer-status', member: toMemberIndex(0), highestSlot: toSlot(0), observing: false });
    bench.synced(...chainOf(40).map((each, index) => ({ block: each, certificate: index === 39 ? fastCertificate(39, each.hash) : undefined })));
    assert.equal(mode(bench), 'observing');
    const reasons = bench.of('notice').flatMap(({ notice }) => (notice.type === 'observing' ? [notice.reason] : []));
    assert.match(reasons.join(), /new epoch/);
    const recoverable = observer([]).of('notice').flatMap(({ notice }) => (notice.type === 'observing' ? [notice.reason] : []));
    assert.doesNotMatch(recoverable.join(), /new epoch/);
  });
  it('R10: what was answered before the loss was noticed, this one or another, counts no more', () => {
    for (const answered of [[0, 1], [0, 1, 2]]) {
      const participation = new Participation(quorumParameters(4), true, toSlot(0), 0);
      for (const member of answered) participation.answer(toMemberIndex(member), toSlot(3));
      participation.observe();
      participation.answer(toMemberIndex(2), toSlot(3));
      assert.equal(participation.resume(toSlot(30)), false, `${answered.length} answers before`);
    }
  });
  it('R10: coming back does not lower the floor', () => {
    const participation = new Participation(quorumParameters(4), true, toSlot(50), 0);
    for (const member of [0, 1, 2]) participation.answer(toMemberIndex(member), toSlot(3));
    assert.ok(participation.resume(toSlot(12)));
    assert.deepEqual([13, 50, 51].map((slot) => participation.maySignIn(toSlot(slot))), [false, false, true]);
  });
});
