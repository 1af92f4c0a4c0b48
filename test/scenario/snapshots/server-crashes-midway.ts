import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { alsoTell, assertSameState, openPruning, untilPruned } from './pruned.js';

export const serverCrashesMidway: Scenario = {
  name: 'snapshot-server-crashes-midway',
  source: 'SPEC section 7, Snapshots',
  rules: ['section 7, Snapshots'],
  story: 'Platform 3 comes back to others that have pruned what it needs, and reaches platform 0 alone. That one loses power as it is asked for the first chunk. '
    + 'Later the others can be reached, and have the same snapshot or a newer one; and while that is written, platform 3 loses power itself, twice.',
  weaknesses: [{ mutant: 'pruned-blocks-waited-for', fails: STUCK }],
  async play(watch) {
    const stage = await openPruning(watch);
    const { world } = stage;
    await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
    stage.at(3).crash();
    await untilPruned(stage, 1, [0, 1, 2]);
    let isAsked = false;
    alsoTell(stage, (event) => {
      if (event.type !== 'answered' || event.request.type !== 'CHUNK-REQUEST' || isAsked) return;
      isAsked = true;
      world.clock.after(0, () => { stage.at(0).crash(); });
    });
    world.partition([1, 2], [3]);
    stage.at(3).start();
    await stage.until(() => isAsked && !stage.at(0).up, 20_000, 'platform 0 is asked for a chunk, and loses power');
    world.heal();
    const executedSequence = (): number | undefined => stage.at(3).participant?.execution.executedSequence;
    await stage.until(() => executedSequence() === 0, 1000, 'it has its own state');
    await stage.until(() => executedSequence() === -1, 90_000, 'its own state is gone, the other is not there');
    await stage.restart(3);
    await stage.until(() => (executedSequence() ?? 0) > 0 && stage.at(3).replica.finalTip.sequence === 0, 90_000, 'the state is there, the block not yet');
    await stage.restart(3);
    stage.at(0).start();
    const last = stage.submit('last');
    await stage.untilFinal(last, 90_000, 'it is back');
    assert.equal(stage.at(3).chain.length, stage.at(0).chain.length);
    await stage.runFor(1000);
    await assertSameState(stage);
  },
};
