import assert from 'node:assert/strict';
import { BLOCK_LIES, lyingAboutBlocks, LYING_BLOCKS } from './lying-blocks.js';
import { LYING_STATUS } from './lying-status.js';
import type { PlayOptions } from './play.js';
import { Play } from './play.js';

/** Answers that no honest platform could give: the other lies might be those of a slow one, or of one that has no more. */
const PROVEN_FALSE: ReadonlySet<string> = new Set<keyof typeof BLOCK_LIES>([
  'a history of its own under the certificates of the real one', 'a history of its own whose hashes are written into the real certificates',
  'a history of its own without proof', 'each with the certificate of the next', 'others than were asked for', 'real headers above fewer transactions',
]);

/** Platform 3 is cut off while the others decide ten blocks or more; then it has to ask for them. */
async function returning(options: PlayOptions): Promise<Play> {
  const play = await Play.begin({
    transactions: 30, slotTimeoutMs: 300, ...options,
    script: ({ world }) => { world.partition([3], world.platforms.map(({ index }) => index).filter((index) => index !== 3)); },
  });
  assert.ok((play.world.platforms[0]?.chain.length ?? 0) >= 10, 'there is something to fetch');
  assert.equal(play.world.platforms[3]?.chain.length, 0);
  play.world.heal();
  return play;
}

describe('a member that lies to one who catches up (section 7)', () => {
  it('made-up, withheld, truncated blocks and false certificates: it catches up from the others, and hangs up on the liar', async () => {
    const play = await returning({ cast: { 1: LYING_BLOCKS } });
    await play.settled();
    assert.ok(play.lies.length >= 1, 'it was asked, and lied');
    assert.deepEqual(play.world.platforms[3]?.chain.map(({ block }) => block.hash), play.world.platforms[0]?.chain.map(({ block }) => block.hash));
  });

  for (const [what, lie] of Object.entries(BLOCK_LIES)) {
    it(`${what}: not believed${PROVEN_FALSE.has(what) ? ', and held against it' : ''}`, async () => {
      const play = await returning({ cast: { 0: { name: what, against: 'section 7', create: lyingAboutBlocks([lie]) } } });
      // At first the liar is the only one it can reach.
      play.world.partition([3], [1, 2]);
      await play.world.runFor(3000);
      assert.equal(play.world.platforms[3]?.chain.length, 0);
      play.world.heal();
      await play.settled();
      assert.ok(play.lies.length >= 1, 'it was asked, and lied');
      assert.equal(play.penalties().length > 0, PROVEN_FALSE.has(what), play.penalties().join('\n'));
    });
  }

  it('a STATUS of someone far ahead, for ever: it is not believed, and what it cannot prove makes nobody wait', async () => {
    const play = await returning({ cast: { 1: LYING_STATUS } });
    await play.settled();
    assert.ok(play.lies.length >= 3);
    assert.ok(play.penalties().length >= 1, 'some of its statuses are proven false');
  });

  it('two liars of seven, one about blocks, one about where it stands', async () => {
    const play = await returning({ members: 7, cast: { 1: LYING_BLOCKS, 5: LYING_STATUS } });
    await play.settled();
    assert.ok(play.lies.length >= 2);
  });
});
