import assert from 'node:assert/strict';
import { Pacemaker } from '../../../src/consensus/pacemaker.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import { toMemberIndex, toSlot } from '../../../src/types/ids.js';

const OTHER = toMemberIndex(1);

function pacemaker({ slotTimeoutMs = 1000, maxSlotTimeoutMs = 100_000 } = {}): Pacemaker {
  return new Pacemaker({ slotTimeoutMs, maxSlotTimeoutMs }, quorumParameters(4), toMemberIndex(3), toSlot(0));
}

describe('section 4: slot timers', () => {
  it('section 4: stands still while nothing is pending', () => {
    assert.equal(pacemaker().deadlineMs, undefined);
  });
  it('section 4: starts when work becomes pending, and is not restarted while it stays so', () => {
    const timer = pacemaker();
    timer.setWorkPending(true, 100);
    timer.setWorkPending(true, 700);
    assert.equal(timer.deadlineMs, 1100);
  });
  it('section 4: starts afresh each time work becomes pending', () => {
    const timer = pacemaker();
    timer.setWorkPending(true, 100);
    timer.setWorkPending(false, 900);
    assert.equal(timer.deadlineMs, undefined);
    timer.setWorkPending(true, 950);
    assert.equal(timer.deadlineMs, 1950);
  });
  it('section 4: starts no earlier than the slot is entered', () => {
    const timer = pacemaker();
    timer.setWorkPending(true, 100);
    timer.enter(toSlot(1));
    assert.equal(timer.deadlineMs, undefined, 'stops when the slot is left');
    timer.setWorkPending(true, 600);
    assert.equal(timer.deadlineMs, 1600);
  });
  it('section 4: lasts T0 * 1.5^j; j+1 on expiry, j-2 on finality, not below 0', () => {
    const timer = pacemaker();
    const lasts = (): number => timer.timeoutMs;
    assert.equal(lasts(), 1000);
    timer.backOff();
    assert.equal(lasts(), 1500);
    timer.backOff();
    timer.backOff();
    assert.equal(lasts(), 3375);
    timer.calm();
    assert.equal(lasts(), 1500);
    timer.calm();
    assert.equal(lasts(), 1000);
    timer.backOff();
    assert.equal(lasts(), 1500);
  });
  it('section 4: never lasts longer than maxSlotTimeoutMs, however often it expired', () => {
    const timer = pacemaker({ maxSlotTimeoutMs: 5000 });
    for (let expiries = 0; expiries < 10_000; expiries += 1) timer.backOff();
    assert.equal(timer.timeoutMs, 5000);
  });
  it('section 4: delta is taken as T0 / 5', () => {
    assert.equal(pacemaker({ slotTimeoutMs: 750 }).networkDelayMs, 150);
  });
});

describe('R8: leaders presumed dead', () => {
  /** Passes the next slot led by member 1, silently or not, with a timer that ran or not; other slots without timers. */
  function passSlotOfOther(timer: Pacemaker, { ran = true, heard = false } = {}): void {
    while (timer.leader !== OTHER) timer.enter(timer.next());
    if (ran) timer.setWorkPending(true, 0);
    if (heard) timer.heard(OTHER);
    timer.enter(timer.next());
  }

  it('R8: silent through two slots in which timers ran', () => {
    const timer = pacemaker();
    passSlotOfOther(timer);
    assert.equal(timer.isPresumedDead(OTHER), false);
    passSlotOfOther(timer);
    assert.equal(timer.isPresumedDead(OTHER), true);
    assert.deepEqual(timer.presumedDead(), [OTHER]);
  });
  it('R8: slots in which no timer ran do not count, either way', () => {
    const timer = pacemaker();
    passSlotOfOther(timer);
    passSlotOfOther(timer, { ran: false });
    assert.equal(timer.isPresumedDead(OTHER), false);
    passSlotOfOther(timer);
    assert.equal(timer.isPresumedDead(OTHER), true);
  });
  it('R8: a timer that ran and stopped again counts', () => {
    const timer = pacemaker();
    for (let slots = 0; slots < 2; slots += 1) {
      while (timer.leader !== OTHER) timer.enter(timer.next());
      timer.setWorkPending(true, 0);
      timer.setWorkPending(false, 10);
      timer.enter(timer.next());
    }
    assert.equal(timer.isPresumedDead(OTHER), true);
  });
  it('R8: any message in the slot breaks the row', () => {
    const timer = pacemaker();
    passSlotOfOther(timer);
    passSlotOfOther(timer, { heard: true });
    passSlotOfOther(timer);
    assert.equal(timer.isPresumedDead(OTHER), false);
  });
  it('R8: any message afterwards, in whatever slot, ends the presumption', () => {
    const timer = pacemaker();
    passSlotOfOther(timer);
    passSlotOfOther(timer);
    timer.heard(OTHER);
    assert.equal(timer.isPresumedDead(OTHER), false);
  });
  it('R8: does not change j', () => {
    const timer = pacemaker();
    passSlotOfOther(timer);
    passSlotOfOther(timer);
    while (timer.leader !== OTHER) timer.enter(timer.next());
    assert.equal(timer.timeoutMs, 1000);
  });
  it('R8: a platform never presumes itself dead', () => {
    const timer = pacemaker();
    for (let slots = 0; slots < 12; slots += 1) {
      timer.setWorkPending(true, 0);
      timer.enter(timer.next());
    }
    assert.deepEqual(timer.presumedDead().map(Number), [0, 1, 2]);
  });
});
