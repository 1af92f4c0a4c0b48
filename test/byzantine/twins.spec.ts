import assert from 'node:assert/strict';
import type { MemberIndex } from '../../src/types/ids.js';
import { Play } from './play.js';
import { attachTwins, TWINS } from './twins.js';
import type { SimAdversary } from './in-world.js';

/** Slots in which a member said two things of which an honest one says one: two headers, or two first votes. */
function doubledSlots(play: Play, member: number): readonly number[] {
  const said = new Map<number, { readonly headers: Set<string>; readonly firsts: Set<string> }>();
  for (const { message } of play.arrivals()) {
    if (message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' || message.type === 'CHECKPOINT' || Number(message.signer) !== member) continue;
    const slot = said.get(message.slot) ?? { headers: new Set<string>(), firsts: new Set<string>() };
    said.set(message.slot, slot);
    if (message.type === 'PRE-PREPARE') slot.headers.add(message.block.hash);
    else if (message.type !== 'COMMIT' && message.first) slot.firsts.add(`${message.type} ${message.blockHash}`);
  }
  return [...said].filter(([, { headers, firsts }]) => headers.size > 1 || firsts.size > 1).map(([slot]) => slot);
}

/** Twins who are heard by these halves in every slot. */
function split(one: readonly number[]): SimAdversary {
  return { ...TWINS, attach: (world, self: MemberIndex) => { attachTwins(world, self, (to) => (one.includes(to) ? 0 : 1)); } };
}

describe('two copies with one key (Twins)', () => {
  it('heard by a part drawn for each slot: they contradict one another, and everything becomes final', async () => {
    const play = await Play.through({ cast: { 1: TWINS }, transactions: 40, lossRate: 0.05 });
    assert.ok(doubledSlots(play, 1).length >= 2, `slots ${doubledSlots(play, 1).join()}`);
  });

  it('each heard by one half, while the halves are cut off from one another for a while', async () => {
    const play = await Play.through({
      members: 5, cast: { 4: split([0, 1]) }, transactions: 30,
      script: ({ world }) => {
        for (const a of [0, 1]) for (const b of [2, 3]) world.cut.add(`${a}>${b}`).add(`${b}>${a}`);
        world.clock.after(2000, () => { world.heal(); });
      },
    });
    assert.ok(doubledSlots(play, 4).length >= 1);
  });

  it('with per-slot partitions among the honest, too: who hears whom is drawn anew for each slot', async () => {
    const play = await Play.through({
      members: 7, cast: { 0: TWINS, 3: TWINS }, transactions: 30,
      script: ({ world }) => {
        const sideOf = (member: number, slot: number): boolean => ((slot * 7 + member) * 2654435761) % 3 === 0;
        world.obstructs = (from, to, message) => ('slot' in message && message.slot < 12 && sideOf(from, message.slot) !== sideOf(to, message.slot));
      },
    });
    assert.ok(doubledSlots(play, 0).length + doubledSlots(play, 3).length >= 2);
  });

  it('two pairs among four, one more than f, with the halves apart: they fork the federation', async () => {
    const cast = { 2: split([0]), 3: split([0]) };
    const fork = Play.begin({
      cast, transactions: 20, script: ({ world }) => { world.cut.add('0>1').add('1>0'); },
    });
    await assert.rejects(fork, /fork|conflicting|diverged/);
  });
});
