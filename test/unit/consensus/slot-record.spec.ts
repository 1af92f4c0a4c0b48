import assert from 'node:assert/strict';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import { SlotRecord } from '../../../src/consensus/slot-record.js';
import type { Certificate } from '../../../src/types/certificates.js';
import { toSlot } from '../../../src/types/ids.js';
import type { Vote } from '../../../src/types/messages.js';
import { block, commit, EPOCH, equivocation, fastCertificate, hashOf, prepare, prepareCertificate, prePrepare, skip, slowCertificate, viewChange } from './fixtures.js';

const B = hashOf('b');
const C = hashOf('c');
const D = hashOf('d');

/** Slot 0, led by member 0. */
function slotOf(members: number, fastPath?: number | 'off'): SlotRecord {
  return new SlotRecord(EPOCH, toSlot(0), quorumParameters(members, fastPath));
}

/** Counts each vote and returns the certificates that came of them. */
function count(record: SlotRecord, ...votes: readonly Vote[]): Certificate[] {
  return votes.flatMap((vote) => (record.addVote(vote) ? record.formCertificates() : []));
}
const kinds = (certificates: readonly Certificate[]): string[] => certificates.map(({ kind }) => kind);
const signersOf = (certificate: Certificate | undefined): number[] => (certificate?.signatures ?? []).map(({ signer }) => signer);

describe('section 2: counting votes', () => {
  it('section 2: a PREPARE, COMMIT or VIEW-CHANGE sent three times counts once', () => {
    const record = slotOf(4);
    for (const vote of [prepare(0, 1, B), commit(0, 1, B), viewChange(0, 1)]) {
      assert.deepEqual([1, 2, 3].map(() => record.addVote(vote)), [true, false, false]);
    }
    assert.deepEqual([record.prepareCount(B), record.commitCount(B), record.viewChangeCount()], [1, 1, 1]);
    assert.deepEqual(record.formCertificates(), []);
  });
  it('section 2: another signature on the same statement is the same vote (section 12: signatures are not unique)', () => {
    const record = slotOf(4);
    record.addVote(prepare(0, 1, B));
    assert.equal(record.addVote({ ...prepare(0, 1, B), signature: new Uint8Array(64).fill(1) }), false);
  });
  it('section 2: PREPAREs of either first count for one signer once', () => {
    const record = slotOf(4);
    assert.deepEqual(count(record, prepare(0, 1, B), prepare(0, 1, B, false), prepare(0, 2, B, false)), []);
    assert.equal(record.prepareCount(B), 2);
  });
  it('section 2: VIEW-CHANGEs of either first count for one signer once', () => {
    const record = slotOf(4);
    assert.deepEqual(count(record, viewChange(0, 1), viewChange(0, 1, B), viewChange(0, 2, B)), []);
    assert.equal(record.viewChangeCount(), 2);
  });
  it('section 2: votes for different blocks are not added up', () => {
    assert.deepEqual(count(slotOf(4), prepare(0, 1, B), prepare(0, 2, C), prepare(0, 3, B), commit(0, 1, B), commit(0, 2, C), commit(0, 3, C)), []);
  });
});

describe('section 2: certificates', () => {
  it('section 2: Q PREPAREs of either first make a PREPARE certificate with what each signature covers', () => {
    const votes = [prepare(0, 3, B, false), prepare(0, 1, B), prepare(0, 2, B, false)];
    const [certificate] = count(slotOf(4), ...votes);
    assert.ok(certificate?.kind === 'PREPARE');
    assert.deepEqual(certificate.signatures.map(({ signer, first, basisHash }) => [signer, first, basisHash]), [
      [1, true, '0'.repeat(64)], [2, false, hashOf('basis')], [3, false, hashOf('basis')],
    ]);
  });
  it('section 2: a FAST certificate takes F first votes, and no PREPARE with first = 0', () => {
    const record = slotOf(4);
    assert.deepEqual(kinds(count(record, prepare(0, 0, B), prepare(0, 1, B), prepare(0, 2, B, false))), ['PREPARE']);
    const [fast] = count(record, prepare(0, 3, B));
    assert.ok(fast?.kind === 'FAST');
    assert.deepEqual(fast.signatures.map(({ signer, first }) => [signer, first]), [[0, true], [1, true], [3, true]]);
  });
  it('R6: F first votes at n=7 are 6, Q are 5', () => {
    const record = slotOf(7);
    const formed = [0, 1, 2, 3, 4, 5].map((signer) => kinds(count(record, prepare(0, signer, B))));
    assert.deepEqual(formed, [[], [], [], [], ['PREPARE'], ['FAST']]);
  });
  it('R6: with the fast path off first votes never make a block final', () => {
    const record = slotOf(4, 'off');
    assert.deepEqual(kinds(count(record, ...[0, 1, 2, 3].map((signer) => prepare(0, signer, B)))), ['PREPARE']);
  });
  it('R6: Q COMMITs make a SLOW certificate', () => {
    const record = slotOf(4);
    assert.deepEqual(count(record, commit(0, 3, B), commit(0, 1, B)), []);
    const [slow] = count(record, commit(0, 0, B));
    assert.equal(slow?.kind, 'SLOW');
    assert.deepEqual(signersOf(slow), [0, 1, 3]);
  });
  it('section 2: Q VIEW-CHANGEs of either first make a VIEW-CHANGE certificate with what each signature covers', () => {
    const [certificate] = count(slotOf(4), viewChange(0, 3), viewChange(0, 1, B), viewChange(0, 2));
    assert.ok(certificate?.kind === 'VIEW-CHANGE');
    assert.deepEqual(certificate.signatures.map(({ signer, first, blockHash }) => [signer, first, blockHash]), [
      [1, false, B], [2, true, '0'.repeat(64)], [3, true, '0'.repeat(64)],
    ]);
  });
  it('section 2: a certificate is formed once, and one of its kind for its block is kept', () => {
    const record = slotOf(4);
    count(record, prepare(0, 0, B), prepare(0, 1, B), prepare(0, 2, B));
    assert.deepEqual(record.formCertificates(), []);
    const again = [prepareCertificate(0, B), fastCertificate(0, B), slowCertificate(0, B)];
    assert.deepEqual(again.map((certificate) => record.addCertificate(certificate)), [false, false, false]);
    assert.equal(record.addCertificate(prepareCertificate(0, C)), true);
    assert.deepEqual([skip(0), skip(0)].map((certificate) => record.addCertificate(certificate)), [true, false]);
  });
});

describe('section 2: tallies of first votes', () => {
  it('R4b: first votes for a block are counted without the leader, in signer order', () => {
    const record = slotOf(4);
    count(record, prepare(0, 3, B), prepare(0, 0, B), prepare(0, 1, B), prepare(0, 2, B, false));
    assert.deepEqual(record.firstPreparesFromNonLeaders(B).map(({ signer }) => signer), [1, 3]);
  });
  it('R4a: PREPAREs of either first are counted without the leader, each signer once', () => {
    const record = slotOf(4);
    count(record, prepare(0, 0, B), prepare(0, 1, B), prepare(0, 1, B, false), prepare(0, 2, B, false));
    assert.equal(record.preparesFromNonLeaders(B), 2);
  });
  it('R4c: one vote per signer that is not for the block: other blocks and VIEW-CHANGEs with first = 1, in signer order', () => {
    const record = slotOf(7);
    count(record, viewChange(0, 5), prepare(0, 4, C), prepare(0, 1, B), prepare(0, 2, C, false), viewChange(0, 3, B), prepare(0, 0, D));
    assert.deepEqual(record.firstVotesElsewhere(B).map(({ signer, type }) => [signer, type]), [[0, 'PREPARE'], [4, 'PREPARE'], [5, 'VIEW-CHANGE']]);
  });
  it('R4c: one who signed two different first votes counts as "not b" for every b, once', () => {
    const record = slotOf(7);
    count(record, prepare(0, 1, B), prepare(0, 1, C), prepare(0, 2, B), viewChange(0, 2));
    for (const hash of [B, C, D]) assert.deepEqual(record.firstVotesElsewhere(hash).map(({ signer }) => signer), [1, 2], hash);
    assert.ok(record.firstVotesElsewhere(B).every((vote) => vote.type === 'VIEW-CHANGE' || vote.blockHash !== B));
  });
});

describe('section 8: memory of one slot', () => {
  for (const members of [4, 7, 10]) {
    const kept = Math.ceil(members / 2) + 2;
    it(`section 8: at n=${members} one signer's first ${kept} distinct PREPAREs are kept (draft e)`, () => {
      const record = slotOf(members);
      const taken = Array.from({ length: 20 }, (_, index) => record.addVote(prepare(0, 1, hashOf(`${index}`), index % 2 === 0)));
      assert.equal(taken.filter(Boolean).length, kept);
      assert.ok(taken.slice(0, kept).every(Boolean));
      assert.equal(record.addVote(prepare(0, 2, hashOf('19'))), true);
    });
  }
  it('section 8: one VIEW-CHANGE of each first, one COMMIT and one conflicting one', () => {
    const record = slotOf(4);
    assert.deepEqual([viewChange(0, 1), viewChange(0, 1, B), viewChange(0, 1, C)].map((vote) => record.addVote(vote)), [true, true, false]);
    assert.deepEqual([commit(0, 1, B), commit(0, 1, C), commit(0, 1, D)].map((vote) => record.addVote(vote)), [true, true, false]);
    assert.equal(record.votes().length, 4);
  });
  it('section 8: two headers are kept as evidence, and every further one that is certified or has the PREPAREs of R4a or R4b (draft e)', () => {
    const record = slotOf(7);
    const [one, two, three, four, five] = ['one', 'two', 'three', 'four', 'five'].map((label) => block({ slot: 0, label }));
    assert.ok(one && two && three && four && five);
    for (const each of [one, two]) {
      assert.equal(record.wantsProposal(each.hash), true);
      record.addProposal(prePrepare(each), false);
      assert.equal(record.wantsProposal(each.hash), false, 'held already');
    }
    count(record, prepare(0, 0, three.hash), prepare(0, 1, three.hash), prepare(0, 2, three.hash, false));
    assert.equal(record.wantsProposal(three.hash), false, 'f of non-leaders and the leader itself are too few');
    record.addVote(prepare(0, 3, three.hash));
    record.addCertificate(prepareCertificate(0, four.hash));
    assert.deepEqual([three, four, five].map(({ hash }) => record.wantsProposal(hash)), [true, true, false]);
  });
  it('section 8: with f = 0 one PREPARE is enough to keep a third header', () => {
    const record = slotOf(3);
    for (const label of ['one', 'two']) record.addProposal(prePrepare(block({ slot: 0, label })), false);
    assert.equal(record.wantsProposal(B), false);
    record.addVote(prepare(0, 1, B));
    assert.equal(record.wantsProposal(B), true);
  });
  it('section 7: blocks that votes and certificates name are missing until they are held', () => {
    const record = slotOf(4);
    const named = block({ slot: 0 });
    record.addVote(prepare(0, 1, named.hash));
    record.addCertificate(slowCertificate(0, B));
    assert.deepEqual(new Set(record.missingBlocks()), new Set([named.hash, B]));
    record.addProposal(prePrepare(named), false);
    assert.deepEqual(record.missingBlocks(), [B]);
  });
});

describe('section 3: what a slot record offers the rules', () => {
  it('R5: a certified block can be committed only once its body is held', () => {
    const record = slotOf(4);
    const proposed = block({ slot: 0 });
    record.addCertificate(prepareCertificate(0, proposed.hash));
    assert.deepEqual([...record.committable()], []);
    record.addProposal(prePrepare(proposed), false);
    assert.deepEqual([...record.committable()], [proposed.hash]);
  });
  it('R3: a header counts as seen when a proposal or evidence of two headers is held', () => {
    const [proposal, evidence, none] = [slotOf(4), slotOf(4), slotOf(4)];
    proposal.addProposal(prePrepare(block({ slot: 0 })), false);
    evidence.equivocation = equivocation(block({ slot: 0 }), block({ slot: 0, label: 'c' }));
    assert.deepEqual([proposal, evidence, none].map(({ headerSeen }) => headerSeen), [true, true, false]);
  });
  it('R7: a certified block or a VIEW-CHANGE certificate lets the slot be left, votes alone do not', () => {
    const leavable = [prepareCertificate(0, B), fastCertificate(0, B), slowCertificate(0, B), skip(0)].map((certificate) => {
      const record = slotOf(4);
      record.addVote(prepare(0, 1, B));
      assert.equal(record.leavable, false);
      record.addCertificate(certificate);
      return [record.leavable, record.certified];
    });
    assert.deepEqual(leavable, [[true, true], [true, true], [true, true], [true, false]]);
  });
});
