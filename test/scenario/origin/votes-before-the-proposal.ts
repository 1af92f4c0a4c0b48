import type { Scenario } from '../scenario.js';
import { proposedBy, STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const votesBeforeTheProposal: Scenario = {
  name: 'votes-before-the-proposal',
  source: 'SPEC section 14, the original design: only the next expected message is taken, so a COMMIT that overtakes its PRE-PREPARE is lost',
  rules: ['section 7', 'section 8'],
  story: 'All votes for the first block reach platform 3 before its proposal, and none is repeated. It is final there as soon as the proposal comes.',
  weaknesses: [{ mutant: 'votes-before-proposal-dropped', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    const { world } = stage;
    stage.hold((message, _from, to) => to === 3 && (message.type === 'PRE-PREPARE' || message.type === 'CERTIFICATE' || world.clock.nowMs > 60));
    world.interceptResponse = (_from, to, _request, response) => (to === 3 ? undefined : response);
    const first = stage.submit('first');
    await stage.runTo(80);
    const proposal = stage.society.prePrepare(proposedBy(stage, 0, 0));
    await stage.deliver(0, [3], proposal);
    await stage.until(() => stage.at(3).hasFinal(first), 20, 'final as soon as the proposal is there');
  },
};
