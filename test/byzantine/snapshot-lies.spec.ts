import assert from 'node:assert/strict';
import { lyingAboutSnapshots, LYING_SNAPSHOTS, SNAPSHOT_LIES } from './lying-snapshots.js';
import type { PlayOptions } from './play.js';
import { Play } from './play.js';

/** Answers that no honest platform could give: the others might be those of one that is slow, or has no snapshot any more. */
const NOT_PROVEN_FALSE: ReadonlySet<string> = new Set<keyof typeof SNAPSHOT_LIES>([
  'no chunk, though it has it', 'no answer to who asks for a chunk', 'no answer to who asks for its offer',
]);

/** Platform 3 is cut off until none of the others has the blocks that it lacks. */
async function returning(options: PlayOptions): Promise<Play> {
  const play = await Play.begin({
    transactions: 30, slotTimeoutMs: 300, syncMs: 2, checkpointInterval: 2, snapshots: { intervalBlocks: 2, keepBlocks: 1, aboveBlocks: 1000 }, ...options,
    script: ({ world }) => { world.partition([3], world.platforms.map(({ index }) => index).filter((index) => index !== 3)); },
  });
  await play.world.runFor(3000);
  for (const platform of play.honest) if (platform.index !== 3) assert.ok((await platform.holdings()).firstSequence > 1, 'it has pruned');
  assert.equal(play.world.platforms[3]?.chain.length, 0);
  play.world.heal();
  return play;
}

/** It came back by a snapshot, and has everybody's state. */
async function assertBack(play: Play): Promise<void> {
  await play.settled();
  await play.world.runFor(2000);
  const [own, other] = await Promise.all([play.world.platforms[3]?.holdings(), play.honest[0]?.holdings()]);
  assert.ok(own !== undefined && own.firstSequence > 0);
  assert.deepEqual([own.executedSequence, own.stateRoot], [other?.executedSequence, other?.stateRoot]);
  assert.ok(play.lies.length >= 1, 'it was asked, and lied');
}

describe('a member that lies to one who comes back by a snapshot (section 7, Snapshots)', () => {
  it('now about this, now about that: the others serve it', async () => {
    await assertBack(await returning({ cast: { 1: LYING_SNAPSHOTS } }));
  });

  for (const [what, lie] of Object.entries(SNAPSHOT_LIES)) {
    it(`${what}: never its state${NOT_PROVEN_FALSE.has(what) ? '' : ', and held against it'}`, async () => {
      const play = await returning({ cast: { 0: { name: what, against: 'section 7', create: lyingAboutSnapshots([lie]) } } });
      // At first the liar is the only one it can reach.
      play.world.partition([3], [1, 2]);
      await play.world.runFor(25_000);
      assert.equal(play.world.platforms[3]?.chain.length, 0);
      assert.equal(play.penalties().length > 0, !NOT_PROVEN_FALSE.has(what), play.penalties().join('\n'));
      play.world.heal();
      await assertBack(play);
    });
  }
});
