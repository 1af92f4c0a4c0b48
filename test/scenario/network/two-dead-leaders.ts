import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const twoDeadLeaders: Scenario = {
  name: 'two-dead-leaders',
  source: 'SPEC sections 13 and 14: of the original design\'s two rotation formulas one asks for a crashed proposer for ever',
  rules: ['section 1, slots', 'R3', 'section 4, timers'],
  story: 'The leaders of slots 0 and 1 of seven platforms are dead. The rest goes on within their two timers.',
  weaknesses: [{ mutant: 'leader-never-moves-on', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 7, watch });
    stage.at(0).crash();
    stage.at(1).crash();
    const rest = [2, 3, 4, 5, 6];
    await stage.untilFinal(stage.submit('pending', rest), 1000 + 1500 + 200, 'both skipped', rest);
  },
};
