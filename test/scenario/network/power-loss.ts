import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const powerLossOfAll: Scenario = {
  name: 'power-loss-of-all',
  source: 'SPEC section 13; tendermint issue #3089: a guard against double signing so strict that nobody signs again after a restart, and all wait for ever',
  rules: ['section 5, restart', 'R10'],
  story: 'All platforms lose power at once, at each stage of a block: votes are durable at their authors, and lost on their way. Nothing said is unsaid: the same votes '
    + 'are signed and sent again, nobody takes its own for forgotten ones, and the block becomes final.',
  weaknesses: [{ mutant: 'votes-not-repeated', fails: STUCK }],
  async play(watch) {
    for (const [afterMs, arrives] of [[0, true], [6, true], [9, true], [11, true], [16, true], [20, false]] as const) {
      const stage = await Stage.open({ members: 4, syncMs: 1, watch });
      await stage.untilFinal(stage.submit('before'), 1000, 'the first block');
      if (!arrives) stage.hold(({ type }) => type === 'PREPARE');
      const during = stage.submit('during');
      await stage.runFor(afterMs);
      await stage.restart(0, 1, 2, 3);
      stage.hold();
      await stage.untilFinal(during, 10_000, `power was lost after ${afterMs} ms${arrives ? '' : ', and all votes with it'}`);
      await stage.runFor(1100);
      for (const { index, replica } of stage.honest) if (replica.snapshot().mode !== 'voting') throw new Error(`platform ${index} takes its own votes for lost ones`);
    }
  },
};
