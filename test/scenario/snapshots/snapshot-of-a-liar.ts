import assert from 'node:assert/strict';
import { lyingAboutSnapshots, SNAPSHOT_LIES } from '../../byzantine/lying-snapshots.js';
import { portIn } from '../../byzantine/in-world.js';
import { toMemberIndex } from '../../../src/types/ids.js';
import { Random } from '../../simulation/random.js';
import type { Scenario } from '../scenario.js';
import { alsoTell, assertSameState, openPruning, untilPruned } from './pruned.js';

const LIAR = 1;

export const snapshotOfALiar: Scenario = {
  name: 'snapshot-of-a-liar',
  source: 'SPEC section 7, Snapshots',
  rules: ['section 7, Snapshots: the root of the whole'],
  story: 'Platform 3 comes back to others that have pruned what it needs, and reaches member 1 alone, which offers a manifest of another state under the root that a quorum '
    + 'certified, with a chunk that fits the manifest. The whole has another root: it must not become platform 3\'s state. Then it reaches the others.',
  weaknesses: [{ mutant: 'snapshot-root-not-compared', fails: /^SafetyViolation: .*(invariant 6|state diverged)/s }],
  async play(watch) {
    const stage = await openPruning(watch);
    const { world } = stage;
    await stage.untilFinal(stage.submit('first'), 5000, 'all begin');
    stage.at(3).crash();
    await untilPruned(stage, 1, [0, 1, 2]);
    const lie = lyingAboutSnapshots([SNAPSHOT_LIES['a state of its own under the certified root']])(portIn(world, toMemberIndex(LIAR), new Random(1), []));
    world.interceptResponse = (from, to, request, response) => (from === LIAR ? lie.response?.(request, response, to) : response);
    const found: string[] = [];
    alsoTell(stage, (event) => { if (event.type === 'penalized' && event.platform === 3) found.push(`${event.peer}: ${event.reason}`); });
    world.partition([0, 2], [3]);
    stage.at(3).start();
    await stage.runFor(5000);
    world.heal();
    const last = stage.submit('last');
    await stage.untilFinal(last, 90_000, 'it is back');
    await stage.runFor(1000);
    await assertSameState(stage);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', /^1: the chunks of snapshot \d+ have the root/);
  },
};
