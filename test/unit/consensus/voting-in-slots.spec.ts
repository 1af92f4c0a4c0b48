import assert from 'node:assert/strict';
import type { Effect } from '../../../src/consensus/events.js';
import { decodeBasis } from '../../../src/codec/basis.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import { toSlot, ZERO_HASH } from '../../../src/types/ids.js';
import { Bench, block, chainOf, CHAIN_ID, commit, fastCertificate, hashOf, prepare, prepareCertificate, prePrepare, skip, slowCertificate, START_WALL_MS, trusted, viewChange } from './fixtures.js';

const B = block({ slot: 0, label: 'b' });
const C = block({ slot: 0, label: 'c' });
const D = block({ slot: 0, label: 'd' });

/** Effects in short, notices left out. */
function inShort(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => {
    switch (effect.type) {
      case 'notice': return [];
      case 'persist': return [`persist ${effect.record.type === 'certificate' ? `${effect.record.certificate.kind} certificate` : effect.record.type === 'vote' ? `vote ${effect.record.vote.type}` : effect.record.type}`];
      case 'sign': return [`sign ${effect.statement.type}`];
      case 'broadcast': return [`broadcast ${effect.message.type === 'CERTIFICATE' ? `${effect.message.certificate.kind} certificate` : effect.message.type}`];
      default: return [effect.type];
    }
  });
}

describe('section 5: durable before sent', () => {
  it('section 5: PREPARE: body, vote, then signature, then sending', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    assert.deepEqual(inShort(bench.effects), ['persist block', 'persist vote PREPARE', 'sign PREPARE', 'broadcast PREPARE']);
  });
  it('section 5: the own vote is counted only once it is signed', () => {
    const bench = new Bench();
    const effects = bench.replica.step({ type: 'message', message: trusted(prePrepare(B)) }, { monotonicMs: 0, wallMs: START_WALL_MS });
    assert.ok(effects.some(({ type }) => type === 'sign'));
    assert.equal(bench.replica.snapshot().prepareVotes, 0);
  });
  it('section 5: PREPARE: the justification, parent\'s certificate and skips, is durable before the vote (draft a)', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    const child = block({ slot: 2, parent: B });
    const before = bench.effects.length;
    bench.take(prePrepare(child, { parent: prepareCertificate(0, B.hash), skips: [skip(1)] }));
    const order = inShort(bench.effects.slice(before)).filter((effect) => effect.startsWith('persist') || effect.startsWith('sign'));
    assert.deepEqual(order, [
      'persist VIEW-CHANGE certificate', 'persist PREPARE certificate', 'persist vote COMMIT', 'sign COMMIT',
      'persist block', 'persist vote PREPARE', 'sign PREPARE',
    ]);
  });
  it('section 5: COMMIT: body and PREPARE certificate before the vote', () => {
    const bench = new Bench();
    bench.take(prepare(0, 0, B.hash, false), prepare(0, 1, B.hash, false), prepare(0, 2, B.hash, false), viewChange(0, 0, B.hash));
    bench.take(prePrepare(B));
    const persisted = inShort(bench.effects).filter((effect) => effect.startsWith('persist') || effect === 'sign COMMIT');
    assert.deepEqual(persisted, ['persist PREPARE certificate', 'persist block', 'persist vote PREPARE', 'persist vote COMMIT', 'sign COMMIT']);
  });
  it('section 5: "final" is told after the final record', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), commit(0, 0, B.hash), commit(0, 1, B.hash), commit(0, 2, B.hash));
    const order = inShort(bench.effects);
    assert.ok(order.indexOf('persist SLOW certificate') >= 0 && order.indexOf('persist SLOW certificate') < order.indexOf('persist final'));
    assert.ok(order.indexOf('persist final') < order.indexOf('finalized'));
    assert.equal(bench.of('finalized').length, 1);
  });
  it('section 5: VIEW-CHANGE: the vote, and the certificate on which the slot was entered', () => {
    const bench = new Bench();
    bench.certificate(skip(0));
    bench.pending();
    bench.passMs(1000);
    const order = inShort(bench.effects);
    const steps = ['persist VIEW-CHANGE certificate', 'persist vote VIEW-CHANGE', 'sign VIEW-CHANGE', 'broadcast VIEW-CHANGE'].map((step) => order.indexOf(step));
    assert.ok(steps.every((at, index) => at >= 0 && at > (steps[index - 1] ?? -1)), order.join(', '));
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 1']);
  });
  it('section 5: a body is written once', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prepare(0, 0, B.hash), prepare(0, 1, B.hash, false));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0']);
    assert.equal(bench.of('persist').filter(({ record }) => record.type === 'block').length, 1);
  });
});

describe('section 2: what votes state', () => {
  it('section 2: a first vote has a zero basis and the block\'s own view and sequence', () => {
    const bench = new Bench();
    bench.certificate(skip(0));
    bench.take(prePrepare(block({ slot: 1 }), { skips: [skip(0)] }));
    const [vote] = bench.said('PREPARE');
    assert.deepEqual([vote?.slot, vote?.view, vote?.sequence, vote?.first, vote?.basisHash], [1, 1, 0, true, ZERO_HASH]);
  });
  it('section 2: a first VIEW-CHANGE has zero block and basis, and newView + lastSequence = slot', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash), skip(1));
    bench.pending();
    bench.passMs(1000);
    const [vote] = bench.said('VIEW-CHANGE');
    assert.deepEqual([vote?.slot, vote?.first, vote?.blockHash, vote?.basisHash, vote?.newView, vote?.lastSequence], [2, true, ZERO_HASH, ZERO_HASH, 2, 0]);
  });
  it('R4a: a PREPARE(first=0) after a VIEW-CHANGE has a zero basis', () => {
    const bench = new Bench();
    bench.pending();
    bench.passMs(1000);
    bench.take(prePrepare(B));
    const [vote] = bench.said('PREPARE');
    assert.deepEqual([vote?.first, vote?.basisHash], [false, ZERO_HASH]);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0', 'PREPARE0 slot 0']);
  });
  it('R4b: names a durable basis of Te first votes of non-leaders', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prePrepare(C), prepare(0, 0, C.hash), prepare(0, 1, C.hash));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0'], 'the leader does not count');
    bench.take(prepare(0, 2, C.hash));
    const [, vote] = bench.said('PREPARE');
    assert.deepEqual([vote?.blockHash, vote?.first], [C.hash, false]);
    const basis = bench.of('persist').map(({ record }) => record).find(({ type }) => type === 'basis');
    assert.ok(basis?.type === 'basis' && vote !== undefined);
    assert.equal(basis.basisHash, vote.basisHash);
    assert.equal(sha256Hash(basis.bytes), vote.basisHash);
    const { votes, headers } = decodeBasis(CHAIN_ID, basis.bytes, 4);
    assert.equal(headers, undefined);
    assert.deepEqual(votes.map(({ signer, blockHash, first }) => [signer, blockHash, first]), [[1, C.hash, true], [2, C.hash, true]]);
    const order = inShort(bench.effects);
    assert.ok(order.indexOf('persist basis') < order.lastIndexOf('persist vote PREPARE') && order.lastIndexOf('persist vote PREPARE') < order.lastIndexOf('sign PREPARE'));
  });
  it('R4b: where Te = 0 the basis is empty and its hash is SHA-256 of nothing, not zero (section 10: zero would state a VIEW-CHANGE)', () => {
    const bench = new Bench({ members: 3, self: 2 });
    bench.take(prePrepare(B), prePrepare(C));
    const [, vote] = bench.said('PREPARE');
    assert.deepEqual([vote?.blockHash, vote?.first, vote?.basisHash], [C.hash, false, sha256Hash(new Uint8Array(0))]);
  });
  it('R4b: with the fast path off the basis hash is zero and nothing is kept', () => {
    const bench = new Bench({ fastPath: 'off' });
    bench.take(prePrepare(B), prePrepare(C));
    assert.deepEqual(bench.said('PREPARE').map(({ first, basisHash }) => [first, basisHash]), [[true, ZERO_HASH], [false, ZERO_HASH]]);
    assert.ok(bench.of('persist').every(({ record }) => record.type !== 'basis'));
  });
  it('R4c: names the block of the own first vote and its basis', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), viewChange(0, 0), viewChange(0, 1));
    bench.pending();
    bench.passMs(1000);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0'], 'T - 1 are not enough');
    bench.take(prepare(0, 2, C.hash));
    const [vote] = bench.said('VIEW-CHANGE');
    const basis = bench.of('persist').map(({ record }) => record).find(({ type }) => type === 'basis');
    assert.ok(basis?.type === 'basis' && vote !== undefined);
    assert.deepEqual([vote.first, vote.blockHash, vote.basisHash], [false, B.hash, sha256Hash(basis.bytes)]);
    assert.deepEqual(decodeBasis(CHAIN_ID, basis.bytes, 4).votes.map(({ signer, type }) => [signer, type]), [[0, 'VIEW-CHANGE'], [1, 'VIEW-CHANGE'], [2, 'PREPARE']]);
  });
  it('R4c: with two headers of the leader the basis begins with them', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prePrepare(C), viewChange(0, 1));
    bench.pending();
    bench.passMs(1000);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    bench.take(viewChange(0, 2));
    const basis = bench.of('persist').map(({ record }) => record).find(({ type }) => type === 'basis');
    assert.ok(basis?.type === 'basis');
    const { votes, headers } = decodeBasis(CHAIN_ID, basis.bytes, 4);
    assert.deepEqual(new Set(headers?.map(({ blockHash }) => blockHash)), new Set([B.hash, C.hash]));
    assert.deepEqual(votes.map(({ signer }) => Number(signer)), [1, 2]);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'VIEW-CHANGE0 slot 0']);
  });
});

describe('R2 to R5 in a slot', () => {
  it('R2: what is not justified yet gets its vote when it is', () => {
    const bench = new Bench();
    const child = block({ slot: 1, parent: B });
    bench.take(prePrepare(child), prePrepare(B));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0', 'PREPARE1 slot 1']);
  });
  it('R2: a late first vote, in a slot already left', () => {
    const bench = new Bench();
    bench.certificate(skip(0));
    assert.equal(bench.slot, 1);
    bench.take(prePrepare(B));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
  });
  it('section 6: an early block is waited for, told of once, and then voted for', () => {
    const bench = new Bench();
    const early = block({ slot: 0, header: { timestampMs: START_WALL_MS + 500 + 200 } });
    bench.take(prePrepare(early));
    assert.deepEqual(bench.votes(), []);
    assert.equal(bench.replica.deadlineMs, 200);
    bench.passMs(199);
    assert.deepEqual(bench.votes(), []);
    bench.passMs(1);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    assert.deepEqual(bench.of('notice').map(({ notice }) => notice).filter(({ type }) => type === 'proposal-early'), [{ type: 'proposal-early', slot: 0, aheadMs: 200 }]);
  });
  it('R3: f+1 VIEW-CHANGEs without a header; with one the own timer decides', () => {
    const [bench, seen] = [new Bench(), new Bench()];
    const unjustified = block({ slot: 1, parent: B });
    for (const each of [bench, seen]) each.certificate(skip(0));
    seen.take(prePrepare(unjustified));
    for (const each of [bench, seen]) each.take(viewChange(1, 0), viewChange(1, 2));
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 1']);
    assert.deepEqual(seen.votes(), []);
  });
  it('R3: a timer does not fire into a slot with an own COMMIT (Besu #1734)', () => {
    const bench = new Bench({ members: 7, self: 6 });
    bench.take(...[0, 1, 2, 3, 4].map((signer) => prepare(0, signer, B.hash, false)), prePrepare(B));
    bench.pending();
    bench.passMs(5000);
    assert.deepEqual(bench.votes().filter((vote) => vote.endsWith('slot 0')), ['PREPARE1 slot 0', 'COMMIT slot 0']);
  });
  it('R4a: a further block with f+1 PREPAREs of non-leaders, the third header of one leader, too (draft e)', () => {
    const bench = new Bench();
    bench.pending();
    bench.passMs(1000);
    bench.take(prePrepare(B), prePrepare(C), prepare(0, 1, C.hash));
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0', 'PREPARE0 slot 0']);
    bench.take(prepare(0, 2, C.hash, false), prepare(0, 1, D.hash, false), prepare(0, 2, D.hash, false), prePrepare(D));
    assert.deepEqual(bench.said('PREPARE').map(({ blockHash }) => blockHash), [B.hash, C.hash, D.hash]);
  });
  it('R5: COMMIT is sent even where the same vote makes the block FAST-final', () => {
    const bench = new Bench();
    bench.fastFinal(B);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0']);
    const order = inShort(bench.effects);
    assert.ok(order.indexOf('sign COMMIT') >= 0 && order.includes('broadcast COMMIT') && order.includes('persist FAST certificate'));
  });
  it('R5: no COMMIT after the own VIEW-CHANGE, whatever gets certified', () => {
    const bench = new Bench();
    bench.pending();
    bench.passMs(1000);
    bench.take(prePrepare(B), prepare(0, 0, B.hash), prepare(0, 1, B.hash));
    assert.equal(bench.slot, 1);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0', 'PREPARE0 slot 0']);
  });
});

describe('R6: finality', () => {
  it('R6: F first votes, or Q COMMITs; a final block makes its ancestors final', () => {
    const bench = new Bench();
    const [first, second, third] = chainOf(3);
    assert.ok(first && second && third);
    bench.take(prePrepare(first), prePrepare(second, { parent: prepareCertificate(0, first.hash) }), prePrepare(third, { parent: prepareCertificate(1, second.hash) }));
    assert.deepEqual(bench.of('finalized'), []);
    bench.certificate(slowCertificate(2, third.hash));
    const [finalized] = bench.of('finalized');
    assert.deepEqual(finalized?.blocks.map(({ block: { hash }, certificate }) => [hash, certificate?.kind]), [[first.hash, undefined], [second.hash, undefined], [third.hash, 'SLOW']]);
    const records = bench.of('persist').flatMap(({ record }) => (record.type === 'final' ? [record.sequence] : []));
    assert.deepEqual(records.map(Number), [0, 1, 2]);
    assert.equal(bench.replica.finalTip.hash, third.hash);
  });
  it('R6: a PREPARE certificate never makes a block final', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(bench.of('finalized'), []);
  });
  it('R6: proof of finality without its chain asks for the blocks, once, and is used when they come', () => {
    const bench = new Bench();
    const [first, second] = chainOf(2);
    assert.ok(first && second);
    bench.certificate(fastCertificate(1, second.hash));
    bench.passMs(10);
    assert.equal(bench.of('behind').length, 1);
    assert.equal(bench.slot, 2, 'R7: finality in a later slot moves current at once');
    bench.synced({ block: first, certificate: undefined }, { block: second, certificate: fastCertificate(1, second.hash) });
    assert.equal(bench.replica.finalTip.hash, second.hash);
    assert.deepEqual(bench.of('finalized').flatMap(({ blocks }) => blocks.map(({ block: { hash } }) => hash)), [first.hash, second.hash]);
  });
  it('R6: synced blocks that do not continue the final chain are left alone, or, with proof, stop the platform', () => {
    const bench = new Bench();
    bench.fastFinal(B);
    const [other, child] = chainOf(2, 'other');
    assert.ok(other && child);
    bench.synced({ block: child, certificate: fastCertificate(1, child.hash) });
    assert.equal(bench.replica.finalTip.hash, B.hash);
    assert.throws(() => { bench.synced({ block: other, certificate: undefined }, { block: child, certificate: fastCertificate(1, child.hash) }); }, { name: 'ConflictingFinalityError' });
  });
  it('section 13: two conflicting proofs of finality stop the platform', () => {
    const bench = new Bench();
    bench.fastFinal(B);
    const [other, child] = chainOf(2, 'other');
    assert.ok(other && child);
    bench.take(prePrepare(child));
    assert.throws(() => { bench.certificate(fastCertificate(1, child.hash)); }, { name: 'ConflictingFinalityError' });
  });
});

describe('section 8: window', () => {
  it('section 8: slots in (final, current + 64] are kept, others dropped', () => {
    const bench = new Bench();
    bench.fastFinal(B);
    assert.equal(bench.slot, 1);
    bench.take(prepare(65, 1, hashOf('x')), prepare(66, 1, hashOf('x')), prepare(0, 1, hashOf('x')));
    bench.certificate(skip(66), prepareCertificate(66, hashOf('x')), skip(0));
    assert.equal(bench.replica.snapshot().slotsHeld, 1);
    assert.ok(bench.replica.slotStateAbove(toSlot(-1)).every((message) => message.type === 'PREPARE' && message.slot === 65));
  });
  it('section 8: bodies are kept for slots up to current + 16; certificates above that, and the body is asked for when it comes near', () => {
    const bench = new Bench();
    const [near, far] = [block({ slot: 16 }), block({ slot: 17 })];
    bench.take(prePrepare(near), prePrepare(far), prepare(17, 1, far.hash), prepare(17, 2, far.hash));
    const bodies = (): number[] => bench.replica.slotStateAbove(toSlot(-1)).flatMap((message) => (message.type === 'PRE-PREPARE' ? [Number(message.slot)] : []));
    assert.deepEqual(bodies(), [16]);
    bench.passMs(200);
    bench.passMs(200);
    assert.deepEqual(bench.of('missing-block'), []);
    bench.certificate(skip(0));
    bench.passMs(100);
    assert.deepEqual(bench.of('missing-block').map(({ slot }) => Number(slot)), [17]);
    bench.take(prePrepare(far));
    assert.deepEqual(bodies(), [16, 17]);
  });
  it('section 8: proof of finality beyond the window is kept: it says that one is behind', () => {
    const bench = new Bench();
    bench.certificate(slowCertificate(1000, hashOf('far')));
    assert.equal(bench.slot, 1001);
    assert.equal(bench.replica.snapshot().provenFinalSlot, 1000);
    assert.deepEqual(bench.of('behind').map(({ certificate }) => Number(certificate.slot)), [1000]);
  });
  it('section 8: while far behind slots do not pile up, and nothing new is said in those given up', () => {
    const bench = new Bench();
    for (let slot = 0; slot < 3000; slot += 1) {
      bench.take(prepare(slot, 1, hashOf('x')));
      bench.certificate(slowCertificate(slot, hashOf(`final ${slot}`)));
      assert.ok(bench.replica.snapshot().slotsHeld <= 257);
    }
    const before = bench.votes().length;
    bench.take(prePrepare(B));
    assert.equal(bench.votes().length, before);
  });
});

describe('section 7: missing blocks', () => {
  it('section 7: a block that votes name is asked for after Δ/2, and again while it is missing', () => {
    const bench = new Bench();
    bench.take(prepare(0, 1, B.hash));
    assert.equal(bench.replica.deadlineMs, 100);
    bench.passMs(99);
    assert.deepEqual(bench.of('missing-block'), []);
    bench.passMs(1);
    assert.deepEqual(bench.of('missing-block'), [{ type: 'missing-block', slot: 0, blockHash: B.hash }]);
    bench.passMs(100);
    assert.equal(bench.of('missing-block').length, 2);
    bench.take(prePrepare(B));
    bench.passMs(1000);
    assert.equal(bench.of('missing-block').length, 2);
  });
});
