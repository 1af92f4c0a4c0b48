import assert from 'node:assert/strict';
import { toSlot } from '../../src/types/ids.js';
import { SafetyViolation } from '../simulation/failures.js';
import { COLLUDERS } from './colluders.js';
import { EQUIVOCATION_PER_HALF } from './equivocation-per-half.js';
import { EQUIVOCATION_PER_SUBSET } from './equivocation-per-subset.js';
import { EQUIVOCATION_TO_NEXT_LEADER } from './equivocation-to-next-leader.js';
import { Play, weakened } from './play.js';
import { THREE_HEADERS, THREE_HEADERS_PER_SUBSET } from './three-headers.js';
import { VOTE_EQUIVOCATOR } from './vote-equivocator.js';

/** Two blocks at one sequence, as seen from outside, or by a platform that stopped because of it. */
function isFork(error: unknown): boolean {
  return error instanceof SafetyViolation && /fork|conflicting|diverged/.test(error.message);
}

/** The honest ones hear the Byzantine ones only, and not each other, until this has passed. */
function apartFor(durationMs: number): (play: Play) => void {
  return ({ world, honest }) => {
    for (const a of honest) for (const b of honest) if (a !== b) world.cut.add(`${a.index}>${b.index}`);
    world.clock.after(durationMs, () => { world.heal(); });
  };
}

describe('a leader that shows several blocks for one slot', () => {
  it('one per half, while the halves cannot talk: neither is final, and once they can talk everyone holds the proof against it', async () => {
    const play = await Play.through({ members: 5, cast: { 0: EQUIVOCATION_PER_HALF }, script: apartFor(800) });
    assert.ok(play.slotsWithHeaders(2).includes(0));
    assert.deepEqual(play.convicts(), [[0], [0], [0], [0]]);
  });

  it('one per half, with everyone talking: each time one of the two at most becomes final', async () => {
    const play = await Play.through({ cast: { 2: EQUIVOCATION_PER_HALF }, transactions: 40 });
    const equivocal = play.slotsWithHeaders(2);
    assert.ok(equivocal.length >= 3, `equivocated in slots ${equivocal.join()}`);
    const finalIn = new Set(play.honest[0]?.chain.map(({ block }) => block.header.slot));
    assert.ok(equivocal.some((slot) => finalIn.has(toSlot(slot))), 'in some of these slots a block is final all the same');
    assert.ok(play.convicts().flat().every((member) => member === 2));
  });

  it('with quorums of two in four the same leader forks the federation: the halves each think themselves enough', async () => {
    const fork = Play.begin({ cast: { 0: EQUIVOCATION_PER_HALF }, script: apartFor(800), weaken: weakened({ quorum: 2, fastQuorum: 2 }) });
    await assert.rejects(fork, isFork);
  });

  it('to drawn subsets, two such leaders of seven: no fork, and everyone holds proof against both', async () => {
    const play = await Play.through({ members: 7, cast: { 1: EQUIVOCATION_PER_SUBSET, 5: EQUIVOCATION_PER_SUBSET }, transactions: 30, seed: 3 });
    assert.ok(play.slotsWithHeaders(2).length >= 4);
    for (const convicts of play.convicts()) assert.deepEqual(convicts, [1, 5]);
  });

  it('another one to the next leader only, who builds on it: nobody votes for the child, its author included (J)', async () => {
    const play = await Play.through({ cast: { 1: EQUIVOCATION_TO_NEXT_LEADER }, transactions: 30 });
    const lures = play.arrived('PRE-PREPARE').filter(({ to, message }) => message.signer === 1 && Number(to) === (message.slot + 1) % 4);
    const lured = new Set(lures.map(({ message }) => message.block.hash));
    const children = play.said('PRE-PREPARE').filter(({ message }) => lured.has(message.block.header.parentHash));
    assert.ok(children.length >= 1, 'the next leader fell for it');
    const hashes = new Set(children.map(({ message }) => message.block.hash));
    const finalHashes = new Set(play.honest[0]?.chain.map(({ block }) => block.hash));
    for (const { platform, message } of play.said('PREPARE')) {
      if (!hashes.has(message.blockHash)) continue;
      const child = children.find(({ message: { block } }) => block.hash === message.blockHash);
      assert.ok(child !== undefined && finalHashes.has(child.message.block.header.parentHash), `platform ${platform} voted for a child of a block that nobody certified`);
    }
  });

  it('three, one per third, two such leaders of seven: every slot is decided or skipped, and everyone holds the proof (section 8)', async () => {
    const play = await Play.through({ members: 7, cast: { 0: THREE_HEADERS, 4: THREE_HEADERS }, everyMs: 500 });
    assert.ok(play.slotsWithHeaders(3).length >= 2);
    for (const convicts of play.convicts()) assert.deepEqual(convicts, [0, 4]);
  });

  it('three, to drawn subsets, three such leaders of ten', async () => {
    const cast = { 0: THREE_HEADERS_PER_SUBSET, 3: THREE_HEADERS_PER_SUBSET, 4: THREE_HEADERS_PER_SUBSET };
    const play = await Play.through({ members: 10, cast, transactions: 20 });
    assert.ok(play.slotsWithHeaders(3).length >= 2);
    for (const convicts of play.convicts()) assert.ok(convicts.length > 0 && convicts.every((member) => play.byzantine.has(member)));
  });
});

describe('a member that votes both ways', () => {
  it('prepares before one half and abandons the slot before the other: blocks become final all the same', async () => {
    const play = await Play.through({ cast: { 3: VOTE_EQUIVOCATOR }, transactions: 20 });
    const prepared = new Set(play.arrived('PREPARE').filter(({ message }) => message.first && message.signer === 3).map(({ message }) => message.slot));
    const both = play.arrived('VIEW-CHANGE').filter(({ message }) => message.first && message.signer === 3 && prepared.has(message.slot));
    assert.ok(both.length >= 5, 'the same slot both ways');
    assert.deepEqual(play.refusals(), [], 'each of its votes is in order by itself');
  });

  it('in a slow network, two of seven: nobody is stuck', async () => {
    const play = await Play.through({ members: 7, cast: { 2: VOTE_EQUIVOCATOR, 6: VOTE_EQUIVOCATOR }, transactions: 20, jitterMs: 600, slotTimeoutMs: 200, seed: 2 });
    const skipped = play.honest.flatMap(({ notices }) => notices.filter(({ type }) => type === 'slot-skipped'));
    assert.ok(skipped.length > 0, 'timers expired, so that its VIEW-CHANGEs counted');
  });
});

describe('several that collude', () => {
  it('f of them, two of seven, with private certificates: no fork, nobody stuck', async () => {
    const play = await Play.through({ members: 7, cast: { 0: COLLUDERS, 3: COLLUDERS }, transactions: 40, jitterMs: 30 });
    assert.ok(play.slotsWithHeaders(2).length >= 3, 'two blocks in one slot');
    const privately = play.arrived('CERTIFICATE').filter(({ message }) => message.certificate.kind !== 'VIEW-CHANGE');
    assert.ok(privately.length > 0, 'certificates for one platform only');
  });

  it('f of them, one of five, while the honest ones are apart: no fork, and everyone holds the proof', async () => {
    const play = await Play.through({ members: 5, cast: { 0: COLLUDERS }, script: apartFor(3000), transactions: 20 });
    assert.ok(play.slotsWithHeaders(2).length >= 1);
    assert.deepEqual(play.convicts(), [[0], [0], [0], [0]]);
  });

  it('f+1 of them, two of four, do fork the federation: this is what f stands for', async () => {
    const fork = Play.begin({ cast: { 0: COLLUDERS, 1: COLLUDERS } });
    await assert.rejects(fork, isFork);
  });

  it('f+1 of them, three of seven, do, too', async () => {
    const fork = Play.begin({ members: 7, cast: { 0: COLLUDERS, 1: COLLUDERS, 2: COLLUDERS } });
    await assert.rejects(fork, isFork);
  });
});
