import assert from 'node:assert/strict';
import { toMemberIndex } from '../../../src/types/ids.js';
import { Bench, block, chainOf, fastCertificate, hashOf, prepare, prepareCertificate, prePrepare, skip, slowCertificate, viewChange } from './fixtures.js';

const B = block({ slot: 0 });

/** Kinds and slots of the certificates passed on. */
function passedOn(bench: Bench): string[] {
  return bench.of('broadcast').flatMap(({ message }) => (message.type === 'CERTIFICATE' ? [`${message.certificate.kind} ${message.certificate.slot}`] : []));
}

describe('R7: advancing', () => {
  it('R7: a PREPARE or a VIEW-CHANGE certificate of the current slot moves on by one', () => {
    const bench = new Bench();
    bench.certificate(prepareCertificate(0, B.hash));
    assert.equal(bench.slot, 1);
    bench.certificate(skip(1));
    assert.equal(bench.slot, 2);
  });
  it('R7: certificates of later slots are stored and do not move it; they count once the gap closes (draft c)', () => {
    const bench = new Bench();
    bench.certificate(skip(1), prepareCertificate(2, hashOf('x')));
    assert.equal(bench.slot, 0);
    bench.certificate(skip(0));
    assert.equal(bench.slot, 3);
  });
  it('R7: finality in a slot at or above moves past it at once', () => {
    for (const certificate of [fastCertificate(7, hashOf('x')), slowCertificate(7, hashOf('x'))]) {
      const bench = new Bench();
      bench.certificate(certificate);
      assert.equal(bench.slot, 8);
    }
  });
  it('R7: finality below does not move back', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash), skip(1), skip(2), slowCertificate(0, B.hash));
    assert.equal(bench.replica.finalTip.slot, 0);
    assert.equal(bench.slot, 3);
  });
  it('R7: every new VIEW-CHANGE certificate is passed on once, formed or received, of a later slot, too', () => {
    const bench = new Bench();
    bench.certificate(skip(5), skip(5));
    bench.take(viewChange(0, 0), viewChange(0, 1), viewChange(0, 2));
    assert.deepEqual(passedOn(bench), ['VIEW-CHANGE 5', 'VIEW-CHANGE 0']);
  });
  it('R7: so is one that came inside a justification', () => {
    const bench = new Bench();
    bench.take(prePrepare(block({ slot: 1 }), { skips: [skip(0)] }));
    assert.deepEqual(passedOn(bench), ['VIEW-CHANGE 0']);
  });
  it('R7: a PREPARE certificate is passed on only if the slot\'s timer had expired', () => {
    const [calm, late] = [new Bench(), new Bench()];
    late.pending();
    late.passMs(1000);
    for (const bench of [calm, late]) bench.take(prePrepare(B), prepare(0, 0, B.hash), prepare(0, 1, B.hash), prepare(0, 2, B.hash, false));
    assert.equal(calm.slot, 1);
    assert.deepEqual(passedOn(calm), []);
    assert.deepEqual(passedOn(late), ['PREPARE 0']);
  });
  it('R7: long skip gaps (more than 64) are walked as the window moves', () => {
    const bench = new Bench();
    for (let slot = 0; slot < 200; slot += 1) bench.certificate(skip(slot));
    assert.equal(bench.slot, 200);
    assert.ok(bench.notices().filter((notice) => notice === 'slot-skipped').length === 200);
  });
});

describe('section 4: timers of a platform', () => {
  it('section 4: an idle platform never times out, sends nothing again and waits for nothing', () => {
    const bench = new Bench();
    assert.equal(bench.replica.deadlineMs, undefined);
    bench.passMs(1_000_000);
    assert.deepEqual(bench.votes(), []);
    assert.deepEqual(bench.of('resend'), []);
    assert.equal(bench.replica.workPending, false);
  });
  it('section 4 (a): pending transactions make work, and its end stops the timer', () => {
    const bench = new Bench();
    bench.pending();
    assert.equal(bench.replica.workPending, true);
    bench.passMs(999);
    bench.pending(false);
    bench.passMs(5000);
    assert.deepEqual(bench.votes(), []);
    bench.pending();
    bench.passMs(999);
    assert.deepEqual(bench.votes(), []);
    bench.passMs(1);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0']);
  });
  it('section 4 (b): a justified proposal makes work, an unjustified one does not (draft h)', () => {
    const bench = new Bench();
    bench.take(prePrepare(block({ slot: 1, parent: B })));
    assert.equal(bench.replica.workPending, false);
    bench.take(prePrepare(B));
    assert.equal(bench.replica.workPending, true);
  });
  it('section 4 (c): a certified block above final makes work until it is final', () => {
    const bench = new Bench();
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash));
    assert.equal(bench.slot, 1);
    assert.equal(bench.replica.workPending, true);
    bench.certificate(slowCertificate(0, B.hash));
    assert.equal(bench.replica.workPending, false);
  });
  it('section 4: timers lengthen by half from slot to slot that expires', () => {
    const bench = new Bench();
    bench.pending();
    bench.passMs(1000);
    bench.certificate(skip(0));
    bench.passMs(1499);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0']);
    bench.passMs(1);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0', 'VIEW-CHANGE1 slot 1']);
  });
  it('section 4: finality shortens them again', () => {
    const bench = new Bench();
    bench.pending();
    for (const slot of [0, 1]) {
      bench.passMs(5000);
      bench.certificate(skip(slot));
    }
    bench.certificate(slowCertificate(2, block({ slot: 2 }).hash));
    bench.take(prePrepare(block({ slot: 2 }), { skips: [skip(0), skip(1)] }));
    assert.equal(bench.replica.finalTip.slot, 2);
    assert.equal(bench.slot, 3);
    bench.passMs(1000);
    assert.ok(bench.votes().includes('VIEW-CHANGE1 slot 3'));
  });
  it('section 4: an expiry is once per slot, and re-sends; so does every second of pending work', () => {
    const bench = new Bench({ maxSlotTimeoutMs: 1500 });
    bench.pending();
    for (let ticks = 0; ticks < 35; ticks += 1) bench.passMs(100);
    assert.equal(bench.notices().filter((notice) => notice === 'timer-expired').length, 1);
    assert.equal(bench.of('resend').length, 4, 'at expiry, and at 1, 2 and 3 s');
    bench.pending(false);
    bench.passMs(10_000);
    assert.equal(bench.of('resend').length, 4);
  });
  it('section 4: while everything becomes final, slot state is exchanged every five seconds; once a block does not, every second', () => {
    const bench = new Bench();
    bench.pending();
    bench.fastFinal(B);
    let parent = B;
    for (let slot = 1; slot <= 20; slot += 1) {
      const next = block({ slot, parent });
      bench.synced({ block: next, certificate: slowCertificate(slot, next.hash) });
      parent = next;
      bench.passMs(500);
    }
    assert.equal(bench.of('resend').length, 2);
    for (let second = 0; second < 5; second += 1) bench.passMs(1000);
    assert.ok(bench.of('resend').length - 2 >= 4, 'nothing moves any more');
  });
  it('section 4: the deadline is when the timer expires', () => {
    const bench = new Bench();
    bench.passMs(50);
    bench.pending();
    assert.equal(bench.replica.deadlineMs, 1050);
  });
});

describe('R8: presumed dead', () => {
  /** Skips slots one after the other while work is pending, members hearing nothing of their leaders. */
  function skipTo(bench: Bench, slot: number): void {
    bench.pending();
    while (bench.slot < slot) bench.certificate(skip(bench.slot));
  }

  it('R8: after two silent slots a leader\'s third is given up on entering it, without lengthening timers', () => {
    const bench = new Bench();
    skipTo(bench, 8);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 8']);
    assert.ok(bench.notices().includes('presumed-dead'));
    assert.ok(!bench.notices().includes('timer-expired'));
    assert.deepEqual(bench.of('resend'), []);
    bench.step({ type: 'heard', member: toMemberIndex(1) });
    bench.certificate(skip(8));
    bench.passMs(999);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 8']);
    bench.passMs(1);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 8', 'VIEW-CHANGE1 slot 9'], 'member 1 was heard, j is still 0');
  });
  it('R8: any message, STATUS or sign of life ends it', () => {
    const signs = [
      (bench: Bench): void => { bench.take(viewChange(8, 0)); },
      (bench: Bench): void => { bench.step({ type: 'heard', member: toMemberIndex(0) }); },
      (bench: Bench): void => { bench.step({ type: 'peer-status', member: toMemberIndex(0), highestSlot: B.header.slot, observing: false }); },
    ];
    for (const sign of signs) {
      const bench = new Bench();
      skipTo(bench, 7);
      sign(bench);
      bench.certificate(skip(7));
      assert.equal(bench.slot, 8);
      assert.deepEqual(bench.votes(), []);
    }
  });
  it('R8: what peers pass on of a dead leader\'s old words is no sign of life', () => {
    const bench = new Bench();
    const old = [prepare(20, 0, hashOf('x')), prePrepare(block({ slot: 16, parent: B }))];
    bench.take(...old);
    skipTo(bench, 11);
    bench.take(...old);
    bench.certificate(skip(11));
    assert.ok(bench.votes().includes('VIEW-CHANGE1 slot 12'), 'silent in slots 4 and 8');
  });
  it('R8: not while no work is pending', () => {
    const bench = new Bench();
    skipTo(bench, 7);
    bench.pending(false);
    bench.certificate(skip(7));
    assert.deepEqual(bench.votes(), []);
    bench.pending();
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 8']);
  });
  it('R8: a dead leader\'s PREPARE certificate is passed on: its timer counts as expired', () => {
    const bench = new Bench();
    skipTo(bench, 8);
    bench.certificate(prepareCertificate(8, hashOf('x')));
    assert.equal(passedOn(bench).at(-1), 'PREPARE 8');
  });
});

describe('section 6: execution', () => {
  it('section 6: having executed, the platform signs a CHECKPOINT and counts it', () => {
    const bench = new Bench();
    const [first] = chainOf(1);
    assert.ok(first);
    bench.fastFinal(first);
    bench.step({ type: 'executed', sequence: first.header.sequence, stateRoot: hashOf('root') });
    assert.deepEqual(bench.said('CHECKPOINT').map(({ sequence, stateRoot }) => [sequence, stateRoot]), [[0, hashOf('root')]]);
    assert.equal(bench.replica.resendMessages().at(-1)?.type, 'CHECKPOINT');
  });
});
