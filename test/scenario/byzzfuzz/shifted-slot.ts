import assert from 'node:assert/strict';
import { toSlot } from '../../../src/types/ids.js';
import { FORK, fastFinalAtOne, nothingElseIsDecided, proposeBeside } from '../settings.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

export const shiftedSlot: Scenario = {
  name: 'shifted-slot',
  source: 'ByzzFuzz (Winter et al. 2023): slot±1',
  rules: ['section 2, what is signed'],
  story: 'Slot 1, of silent Byzantine member 1, was skipped by 0, 2 and 3. In slot 4 block b is final at platform 0 alone. Member 1 shows the VIEW-CHANGEs of '
    + 'slot 1 of itself, 0 and 3 as ones of slot 4, and proposes another block on them.',
  weaknesses: [{ mutant: 'slot-not-signed', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [1], watch });
    for (const label of ['in slot 0', 'in slot 2', 'in slot 3']) await stage.untilFinal(stage.submit(label), 3000, label);
    await stage.runFor(20);
    assert.deepEqual([0, 2, 3].map((index) => [stage.at(index).replica.snapshot().currentSlot, ...stage.voted(index, 1)]), [0, 2, 3].map(() => [4, 'VIEW-CHANGE1']));
    const setting = await fastFinalAtOne(stage, undefined, 4);
    const shifted = { ...stage.society.skip(1, [0, 1, 3]), slot: toSlot(4) };
    await stage.deliver(1, [2, 3], { type: 'CERTIFICATE', certificate: shifted });
    await proposeBeside(stage, setting, []);
    await nothingElseIsDecided(stage, setting);
  },
};
