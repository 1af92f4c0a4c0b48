import { FORK, fastFinalAtOne, nothingElseIsDecided, proposeBeside } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const fastFinalThenIsolated: Scenario = {
  name: 'fast-final-then-isolated',
  source: 'Abraham, Gueta, Malkhi, Alvisi, Kotla, Martin 2017, "Revisiting Fast Practical Byzantine Fault Tolerance": Zyzzyva and FaB lose a block decided on the fast path',
  rules: ['R4c', 'T'],
  story: 'Block b is final on first votes at its leader alone, which is then cut off. Byzantine member 1 gives slot 0 up after having voted for b, and so did '
    + 'platform 3. If platform 2, which voted for b, gives it up too, slot 0 is skipped and member 1 puts another block in b\'s place.',
  weaknesses: [
    { mutant: 'fallback-threshold-minus-one', fails: FORK },
    { mutant: 'view-change-without-proof', fails: FORK },
  ],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    const setting = await fastFinalAtOne(stage);
    await stage.deliver(1, [2, 3], stage.society.viewChange(0, 1));
    await stage.runFor(20);
    await proposeBeside(stage, setting, []);
    await nothingElseIsDecided(stage, setting);
  },
};
