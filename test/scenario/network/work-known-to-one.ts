import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const workKnownToOne: Scenario = {
  name: 'work-known-to-one',
  source: 'SPEC section 13',
  rules: ['section 4, re-sending'],
  story: 'One platform alone has a transaction, which gossip lost on its way to the others, each platform in turn. The others are idle, so their timers do not run: '
    + 'it must tell them.',
  weaknesses: [{ mutant: 'transactions-not-resent', fails: STUCK }],
  async play(watch) {
    for (const knower of [0, 1, 2, 3]) {
      const stage = await Stage.open({ members: 4, watch });
      stage.world.partition([knower], [0, 1, 2, 3].filter((index) => index !== knower));
      const lonely = stage.submit('lonely', [knower]);
      await stage.runFor(20);
      stage.world.heal();
      await stage.untilFinal(lonely, 6000, `only platform ${knower} knew of it`);
    }
  },
};
