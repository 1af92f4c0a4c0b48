import assert from 'node:assert/strict';
import type { MemberIndex } from '../../src/types/ids.js';
import { toSlot } from '../../src/types/ids.js';
import { Stall } from '../simulation/failures.js';
import type { SimPlatform } from '../simulation/world.js';
import { AMNESIAC } from './amnesiac.js';
import { DELAYER } from './delayer.js';
import { Play } from './play.js';
import { SELECTIVE_SENDER } from './selective-sender.js';
import { SPAMMER } from './spammer.js';
import { MUTE, PROPOSAL_TO_NEXT_LEADER, PROPOSAL_WITHHOLDER, VOTE_WITHHOLDER } from './withholder.js';

/** Messages that a Byzantine platform's core sent and an honest platform did not get. */
function withheld({ events, byzantine }: Play): number {
  return events.filter((event) => event.type === 'withheld' && byzantine.has(event.from) && !byzantine.has(event.to)).length;
}

/** Slots of one leader that an honest platform saw skipped. */
function skippedSlotsOf({ honest }: Play, leader: number): readonly number[] {
  return honest[0]?.notices.flatMap((notice) => (notice.type === 'slot-skipped' && Number(notice.leader) === leader ? [notice.slot] : [])) ?? [];
}

function finalSlots(platform: SimPlatform | undefined): readonly number[] {
  return platform?.chain.map(({ block }) => block.header.slot) ?? [];
}

describe('a member that keeps things to itself', () => {
  it('its votes: the three others of four decide without them, on the fast path', async () => {
    const play = await Play.through({ cast: { 3: VOTE_WITHHOLDER }, transactions: 20 });
    assert.ok(withheld(play) > 50);
    const fast = play.honest[0]?.chain.filter(({ certificate }) => certificate?.kind === 'FAST') ?? [];
    assert.ok(fast.some(({ certificate }) => certificate?.signatures.every(({ signer }) => signer !== 3)), 'F of n without it');
  });

  it('its proposals: its slots are skipped, and the work goes on in the others (R3)', async () => {
    const play = await Play.through({ cast: { 2: PROPOSAL_WITHHOLDER }, transactions: 30, everyMs: 300 });
    assert.ok(play.said('VIEW-CHANGE').some(({ message }) => message.slot % 4 === 2));
    assert.deepEqual(finalSlots(play.honest[0]).filter((slot) => slot % 4 === 2), []);
    assert.ok(skippedSlotsOf(play, 2).length >= 2);
  });

  it('its proposals, but from the next leader: the block is pulled or skipped, and nobody is stuck (section 7)', async () => {
    const play = await Play.through({ cast: { 1: PROPOSAL_TO_NEXT_LEADER }, transactions: 20, everyMs: 300 });
    const direct = play.arrived('PRE-PREPARE').filter(({ message }) => message.signer === 1);
    assert.ok(direct.length >= 2);
    assert.deepEqual([...new Set(direct.map(({ to }) => to))], [2], 'nobody else got one from it');
  });

  it('everything: its slots are skipped, and the others decide without it (R3)', async () => {
    const play = await Play.through({ cast: { 3: MUTE }, transactions: 30, everyMs: 300 });
    assert.equal(play.arrivals().length, 0);
    assert.ok(skippedSlotsOf(play, 3).length >= 2);
  });

  it('everything, two of four: with more than f nothing becomes final, as section 1 says', async () => {
    const stuck = Play.through({ cast: { 2: MUTE, 3: MUTE } });
    await assert.rejects(stuck, Stall);
  });

  it('votes and certificates but from one favourite: the others hear of them from that one', async () => {
    const play = await Play.through({ cast: { 2: SELECTIVE_SENDER }, transactions: 20, lossRate: 0.1 });
    const slots = new Map<number, Set<MemberIndex>>();
    for (const { to, message } of play.arrived('PREPARE')) if (message.signer === 2) slots.set(message.slot, (slots.get(message.slot) ?? new Set()).add(to));
    assert.ok(slots.size >= 5);
    assert.ok([...slots.values()].every((to) => to.size === 1), 'each slot\'s votes went to one platform');
  });
});

describe('a member that is late on purpose', () => {
  it('its proposals arrive around the expiry of timers: some vote for them and some give the slot up, and each slot is decided or skipped', async () => {
    const play = await Play.through({ cast: { 1: DELAYER }, transactions: 30, everyMs: 400, seed: 2 });
    const divided = [...new Set(play.said('VIEW-CHANGE').filter(({ message }) => message.first).map(({ message }) => message.slot))]
      .filter((slot) => play.said('PREPARE').some(({ message }) => message.first && message.slot === slot));
    assert.ok(divided.some((slot) => slot % 4 === 1), `slots in which block and timeout met: ${divided.join()}`);
  });

  it('two of seven: timers outgrow a delay that does not grow (section 4)', async () => {
    const play = await Play.through({ members: 7, cast: { 1: DELAYER, 2: DELAYER }, transactions: 20, everyMs: 400 });
    assert.ok(play.honest.some(({ notices }) => notices.some(({ type }) => type === 'timer-expired')));
  });
});

describe('a member that says too much', () => {
  it('stale, future and made-up statements: nothing is slower for it, and what is kept of them is bounded (section 8)', async () => {
    const play = await Play.through({ cast: { 3: SPAMMER }, transactions: 40 });
    const spam = play.arrivals().filter(({ altered }) => altered).length;
    assert.ok(spam > 200, `${spam} messages`);
    assert.ok(play.arrived('VIEW-CHANGE').some(({ message }) => message.slot > 10 ** 6));
    for (const { replica, notices } of play.honest) {
      assert.ok(replica.snapshot().slotsHeld <= 66);
      assert.ok(!notices.some(({ type }) => type === 'timer-expired'), 'no slot timed out');
    }
  });
});

describe('a member that forgets', () => {
  it('votes for a block, loses its disk, and gives up the same slot: a second first vote, which changes nothing for the others', async () => {
    const play = await Play.begin({ cast: { 3: AMNESIAC }, transactions: 0 });
    const { world } = play;
    const [leader, , , amnesiac] = world.platforms;
    assert.ok(leader !== undefined && amnesiac !== undefined);
    // The proposal reaches 3 alone.
    for (const other of [1, 2]) world.cut.add(`0>${other}`).add(`${other}>0`);
    world.submit('pending');
    await world.until(() => firstVotes(amnesiac, 0).includes('PREPARE'), 500, '3 voted for the block in slot 0');
    await world.runFor(20);
    world.cut.add('0>3').add('3>0');
    amnesiac.loseDisk();
    amnesiac.start();
    await world.until(() => firstVotes(amnesiac, 0).includes('VIEW-CHANGE'), 10_000, '3 gave slot 0 up');
    await world.runFor(20);
    world.heal();
    await play.settled();
    const received = play.arrivals().flatMap(({ message }) => ('first' in message && message.first && message.slot === toSlot(0) && message.signer === 3 ? [message.type] : []));
    assert.deepEqual([...new Set(received)].sort(), ['PREPARE', 'VIEW-CHANGE'], 'the honest platforms got both');
  });
});

function firstVotes({ sent }: SimPlatform, slot: number): readonly string[] {
  return sent.flatMap((message) => ('first' in message && message.first && message.slot === toSlot(slot) ? [message.type] : []));
}
