import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { FORK } from '../settings.js';
import { Stage } from '../stage.js';

/** Nothing is weakened here: the guarantee ends with f, and the fork is what must be seen. */
export const twoOfFourFork: Scenario = {
  name: 'two-of-four-fork',
  source: 'SPEC section 14, the original design: "2f+1 must collude to rewrite"; f+1 = 2 of 4 suffice to fork',
  rules: ['section 1, f', 'section 10'],
  story: 'Two of four members are Byzantine, one more than f. The leader of slot 0 and its accomplice show each of the two honest platforms a block of its own, and '
    + 'both blocks are final.',
  weaknesses: [],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0, 3], watch });
    const { society, world } = stage;
    world.partition([1], [2]);
    await assert.rejects(async () => {
      for (const index of [1, 2]) {
        const block = stage.block({ slot: 0, label: `for ${index}` });
        await stage.deliver(0, [index], society.prePrepare(block), society.prepare(0, 0, block.hash), society.prepare(0, 3, block.hash));
      }
      await stage.runFor(100);
    }, (error) => error instanceof Error && FORK.test(`${error.name}: ${error.message}`));
    assert.deepEqual([1, 2].map((index) => stage.at(index).chain.length), [1, 1]);
  },
};
