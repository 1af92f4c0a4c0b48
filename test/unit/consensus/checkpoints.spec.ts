import assert from 'node:assert/strict';
import { Checkpoints } from '../../../src/consensus/checkpoints.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import { toMemberIndex, toSequence } from '../../../src/types/ids.js';
import { checkpoint, hashOf } from './fixtures.js';

const ROOT = hashOf('root');
const OTHER = hashOf('other root');
const tallies = (): Checkpoints => new Checkpoints(quorumParameters(4));

describe('section 6: CHECKPOINTs', () => {
  it('section 6: Q matching ones make a root stable, once', () => {
    const checkpoints = tallies();
    const outcomes = [0, 1, 2, 3].map((signer) => checkpoints.add(checkpoint(5, signer, ROOT)));
    assert.deepEqual(outcomes.map((each) => each.map(({ type }) => type)), [[], [], ['stable'], []]);
    assert.deepEqual(checkpoints.stable, { sequence: 5, stateRoot: ROOT });
    const [stable] = outcomes[2] ?? [];
    assert.ok(stable?.type === 'stable');
    assert.deepEqual(stable.proof.map(({ signer }) => Number(signer)), [0, 1, 2]);
  });
  it('section 6: one signer counts once, even with two roots; different roots or sequences are not added up', () => {
    const checkpoints = tallies();
    const given = [checkpoint(5, 0, ROOT), checkpoint(5, 0, ROOT), checkpoint(5, 0, OTHER), checkpoint(5, 1, ROOT), checkpoint(5, 2, OTHER), checkpoint(6, 3, ROOT)];
    assert.deepEqual(given.flatMap((each) => checkpoints.add(each)), []);
    assert.equal(checkpoints.stable, undefined);
  });
  it('section 6: Q for another root than the own is a divergence, whichever comes first', () => {
    const early = tallies();
    early.addOwnRoot(toSequence(5), OTHER);
    const outcomes = [0, 1, 2].flatMap((signer) => early.add(checkpoint(5, signer, ROOT)));
    assert.deepEqual(outcomes[0], { type: 'diverged', sequence: 5, ownRoot: OTHER, certifiedRoot: ROOT });
    const late = tallies();
    for (const signer of [0, 1, 2]) late.add(checkpoint(5, signer, ROOT));
    assert.deepEqual(late.addOwnRoot(toSequence(5), OTHER), [{ type: 'diverged', sequence: 5, ownRoot: OTHER, certifiedRoot: ROOT }]);
    assert.deepEqual(late.addOwnRoot(toSequence(5), ROOT), []);
  });
  it('section 6: fewer than Q for another root are none', () => {
    const checkpoints = tallies();
    checkpoints.addOwnRoot(toSequence(5), OTHER);
    assert.deepEqual([0, 1].flatMap((signer) => checkpoints.add(checkpoint(5, signer, ROOT))), []);
  });
  it('section 6: stability never goes back', () => {
    const checkpoints = tallies();
    for (const sequence of [7, 5]) for (const signer of [0, 1, 2]) checkpoints.add(checkpoint(sequence, signer, ROOT));
    assert.equal(checkpoints.stable?.sequence, 7);
  });
  it('section 8: eight per signer, the oldest gives way; own ones are re-sent from the last', () => {
    const checkpoints = tallies();
    for (let sequence = 0; sequence < 1000; sequence += 1) checkpoints.add(checkpoint(sequence, 0, ROOT));
    assert.equal(checkpoints.latestOf(toMemberIndex(0))?.sequence, 999);
    assert.deepEqual(checkpoints.latest().map(({ sequence }) => Number(sequence)), [999]);
    for (const sequence of [991, 992]) for (const signer of [1, 2]) checkpoints.add(checkpoint(sequence, signer, ROOT));
    assert.equal(checkpoints.stable?.sequence, 992, '991 of member 0 is forgotten');
  });
});
