import assert from 'node:assert/strict';
import { leaderOf } from '../../../src/consensus/quorum.js';
import { toMemberIndex, toSlot } from '../../../src/types/ids.js';
import { Bench, block, equivocation, hashOf, prePrepare, prepare, signedHeader } from './fixtures.js';

describe('what one Byzantine platform tried', () => {
  it('a header that names another platform as proposer convicts the slot\'s leader, not that platform (section 10, invariant 7)', () => {
    const bench = new Bench();
    const framed = toMemberIndex(2);
    const one = block({ slot: 5, label: 'one', header: { proposer: framed } });
    const other = block({ slot: 5, label: 'other', header: { proposer: framed } });
    bench.take(equivocation(one, other));
    const genuine = equivocation(block({ slot: 6, label: 'one' }), block({ slot: 6, label: 'other' }));
    bench.take(genuine);
    const evidence = bench.replica.snapshot().equivocations;
    assert.deepEqual(evidence.map(({ slot }) => leaderOf(slot, 4)), [1, 2]);
    assert.deepEqual(evidence[1], genuine, 'the framed platform\'s own later offence is still the first one known of it');
    assert.deepEqual(signedHeader(one).header.proposer, framed);
  });

  it('a header on the final block\'s hash with another slot is not passed on with a certificate that does not fit (section 7)', () => {
    const bench = new Bench();
    const final = block({ slot: 0 });
    bench.fastFinal(final);
    assert.equal(bench.replica.finalTip.slot, 0);
    const twisted = block({ slot: 2, parent: final, header: { parentSlot: toSlot(1) } });
    bench.take(prePrepare(twisted));
    const passedOn = bench.replica.slotStateAbove(toSlot(0)).find((message) => message.type === 'PRE-PREPARE' && message.block.hash === twisted.hash);
    assert.equal(passedOn?.type, 'PRE-PREPARE');
    assert.equal(passedOn.justification.parent, undefined, 'with a certificate of another slot every receiver would punish whoever passes it on');
  });

  it('a leader and its accomplices make a platform hold two bodies a slot, in the sixteen slots above the current one, however many they sign (section 8)', () => {
    const members = 7;
    const bench = new Bench({ members, self: 6 });
    for (let slot = 0; slot < 70; slot += members) {
      for (let header = 0; header < 12; header += 1) {
        const each = block({ slot, members, label: `${header}`, header: { parentSlot: toSlot(slot - 1), parentHash: hashOf('nowhere') } });
        for (const accomplice of [0, 1]) bench.take(prepare(slot, accomplice, each.hash));
        bench.take(prePrepare(each));
      }
    }
    const held = bench.replica.slotStateAbove(toSlot(-1)).filter(({ type }) => type === 'PRE-PREPARE');
    // Slots 0, 7 and 14.
    assert.equal(held.length, 6);
  });
});
