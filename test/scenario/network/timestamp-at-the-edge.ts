import assert from 'node:assert/strict';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

export const timestampAtTheEdge: Scenario = {
  name: 'timestamp-at-the-edge',
  source: 'SPEC section 13; clocks differ, and validity must not depend on whose clock it was',
  rules: ['section 6, timestamps'],
  story: 'The Byzantine leader\'s block is 501 ms ahead of the clocks when it reaches platform 1, and 500 ms when it reaches 2 and 3. If 1 refused it for good in '
    + 'place of waiting one millisecond, 2 and 3 could neither get it certified nor take their first votes back.',
  weaknesses: [{ mutant: 'early-timestamps-rejected', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [0], watch });
    const { world, society } = stage;
    const nowMs = world.instant().wallMs;
    const proposal = society.prePrepare(stage.block({ slot: 0, header: { timestampMs: nowMs + 501 } }));
    await stage.deliver(0, [1], proposal);
    assert.deepEqual(stage.voted(1, 0), [], 'it is too early by one millisecond');
    await stage.runFor(1);
    await stage.deliver(0, [2, 3], proposal);
    assert.deepEqual([2, 3].map((index) => stage.voted(index, 0)), [['PREPARE1'], ['PREPARE1']]);
    await stage.untilFinal(stage.submit('pending'), 10_000, 'the block is certified');
  },
};
