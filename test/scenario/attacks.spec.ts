import assert from 'node:assert/strict';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { MessageBudget } from '../../src/sync/message-budget.js';
import { toMemberIndex, toPublicKeyHex, toSlot } from '../../src/types/ids.js';
import {
  Bench, block, checkpoint, equivocation, hashOf, prePrepare, prepare, signedHeader, skip, slowCertificate, viewChange,
} from '../unit/consensus/fixtures.js';

describe('what slot state is cut to (section 7)', () => {
  it('a peer that lacks more skipped slots than one answer holds gets over all of them in a few (section 2, long skip gaps)', () => {
    const budget = new MessageBudget({ maxBytes: 3 * 1024 * 1024, maxCount: 16_384 });
    const signers = Array.from({ length: 14 }, (_, signer) => signer);
    const gap = 3000;
    const messages = Array.from({ length: gap }, (_, slot): ConsensusMessage[] => [
      { type: 'CERTIFICATE', certificate: skip(slot, signers) }, ...signers.map((signer) => viewChange(slot, signer)),
    ]).flat();
    const peer = toPublicKeyHex('1'.repeat(64));
    // What a receiver does: certificates of slots it has reached move it on, those beyond its window are lost on it.
    let current = 0;
    for (let round = 0; round < 100 && current < gap; round += 1) {
      for (const message of budget.fit(messages, peer)) {
        if (message.type === 'CERTIFICATE' && message.certificate.slot === current) current += 1;
      }
    }
    assert.equal(current, gap);
  });
});

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

  it('what peers pass on of a dead leader is no sign of life (R8)', () => {
    const bench = new Bench();
    const stale: ConsensusMessage[] = [checkpoint(0, 0, hashOf('root')), prepare(2, 0, hashOf('old'))];
    bench.take(...stale);
    bench.pending();
    for (let skipped = 0; skipped < 13 && !bench.notices().includes('presumed-dead'); skipped += 1) {
      const { slot } = bench;
      bench.take(...stale);
      // Everyone but member 0 keeps talking; each slot is skipped.
      bench.step({ type: 'heard', member: toMemberIndex(1) });
      bench.step({ type: 'heard', member: toMemberIndex(2) });
      bench.passMs(20_000);
      bench.take(...stale);
      bench.certificate(skip(slot, [1, 2, 3]));
    }
    const dead = bench.of('notice').flatMap(({ notice }) => (notice.type === 'presumed-dead' ? [notice] : []));
    assert.deepEqual(dead.map(({ slot, leader }) => ({ slot, leader })), [{ slot: 12, leader: 0 }]);
  });
});

describe('what a Byzantine leader and its accomplices can make a platform hold (section 8)', () => {
  it('two bodies a slot, in the sixteen slots above the current one, however many headers it signs and they vote for', () => {
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

describe('what re-sending costs (section 4)', () => {
  const resends = (bench: Bench): number => bench.of('resend').length;

  it('while everything becomes final, slot state is exchanged every five seconds; once a block does not, every second', () => {
    const bench = new Bench();
    bench.pending();
    let parent = block({ slot: 0 });
    bench.fastFinal(parent);
    for (let slot = 1; slot <= 20; slot += 1) {
      const next = block({ slot, parent });
      bench.synced({ block: next, certificate: slowCertificate(slot, next.hash) });
      parent = next;
      bench.passMs(500);
    }
    assert.equal(resends(bench), 2);
    const before = resends(bench);
    for (let second = 0; second < 5; second += 1) bench.passMs(1000);
    assert.ok(resends(bench) - before >= 4, 'nothing moves any more');
  });
});
