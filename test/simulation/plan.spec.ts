import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { faultToleranceOf } from '../../src/consensus/quorum.js';
import type { Fault, Plan } from './plan.js';
import { fastPathOf, harmedBy, mayStall, PLAN } from './plan.js';
import { NAMED_PLANS } from './plan-catalogue.js';
import { playPlan } from './plan-player.js';
import { planText } from './plan-text.js';
import { planOf } from './random-plan.js';
import { shrunk, withMembers } from './shrink.js';

const SEEDS = Array.from({ length: 3000 }, (_, seed) => seed);
const QUIET: Plan = {
  seed: 1, members: 4, fastPath: 'largest', delayMs: 5, jitterMs: 0, lossRate: 0, duplicationRate: 0, syncMs: 0,
  adversaries: [], faults: [], healAtMs: 500, calm: false,
};

describe('plans of random runs', () => {
  it('are data, the same for the same seed, and survive a file', () => {
    fc.assert(fc.property(fc.nat(2 ** 32 - 1), (seed) => {
      const plan = planOf(seed);
      assert.deepEqual(PLAN.parse(JSON.parse(JSON.stringify(plan))), plan);
      assert.deepEqual(planOf(seed), plan);
    }));
  });

  it('are of 1 to 13 members, with at most f liars, the fast path off, at 0 and at its largest, and every kind of fault', () => {
    const plans = SEEDS.map(planOf);
    assert.deepEqual([...new Set(plans.map(({ members }) => members))].sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    assert.deepEqual(new Set(plans.map(({ fastPath }) => fastPath)), new Set(['off', 0, 'largest']));
    for (const { members, adversaries } of plans) assert.ok(adversaries.length <= faultToleranceOf(members));
    const kinds = new Set(plans.flatMap(({ faults }) => faults.map(({ fault }) => fault)));
    assert.equal(kinds.size, 15, [...kinds].join(' '));
    assert.deepEqual(
      new Set(plans.flatMap(({ faults }) => faults.flatMap((each) => (each.fault === 'power-loss' ? [each.torn] : [])))), new Set(['lost', 'kept', 'damaged']));
    assert.ok(plans.some(({ adversaries }) => adversaries.length === 4), 'four of 13');
    assert.ok(plans.some(({ calm }) => calm));
  });

  it('harm no more stores than can be spared, but for societies of one or two, now and then, where the stall is known (R10)', () => {
    const known = SEEDS.map(planOf).filter(mayStall);
    assert.ok(known.length > 0 && known.length < SEEDS.length / 50, String(known.length));
    for (const plan of known) assert.ok(plan.members <= 2 && harmedBy(plan).lost.size > 0);
    const putBack = SEEDS.map(planOf).filter((plan) => harmedBy(plan).putBack.size > 0);
    assert.ok(putBack.length > 0);
    for (const plan of putBack) assert.ok(harmedBy(plan).putBack.size + plan.adversaries.length <= faultToleranceOf(plan.members), 'such a machine may lie without knowing');
  });

  it('are of snapshots in a few of a hundred; all others are what they were before there were any, so that seeds of earlier campaigns still play the same', () => {
    const plans = SEEDS.map(planOf);
    const withSnapshots = plans.filter(({ snapshots }) => snapshots !== undefined);
    assert.ok(withSnapshots.length > 0.03 * plans.length && withSnapshots.length < 0.07 * plans.length, String(withSnapshots.length));
    for (const { snapshots, faults, healAtMs, members } of withSnapshots) {
      assert.ok(snapshots !== undefined && snapshots.intervalBlocks % snapshots.checkpointInterval === 0 && members <= 7);
      assert.ok(faults.every(({ atMs }, index) => atMs >= (faults[index - 1]?.atMs ?? 0) && atMs <= healAtMs), 'in order of time');
    }
    const others = plans.map((plan) => (plan.snapshots === undefined ? plan : plan.seed));
    assert.equal(createHash('sha256').update(JSON.stringify(others)).digest('hex').slice(0, 16), '20251b29fdff7cc1');
  });

  it('can be told to people', () => {
    for (const seed of SEEDS.slice(0, 100)) {
      const plan = planOf(seed);
      assert.equal(planText(plan).length, 2 + plan.adversaries.length + plan.faults.length + Number(plan.calm) + Number(plan.snapshots !== undefined));
    }
  });
});

describe('playing a plan', () => {
  const transaction: Fault = { atMs: 0, fault: 'transaction', label: 'one', platform: 0 };

  it('a lone platform that lost its votes can never vote again: a known stall (R10)', async () => {
    const lost: Fault = { atMs: 100, fault: 'lost-store', platform: 0 };
    const { failure } = await playPlan({ ...QUIET, members: 1, faults: [transaction, lost, { ...transaction, atMs: 200, label: 'two' }] });
    assert.equal(failure?.kind, 'known-stall');
    assert.match(failure.message, /^invariant 9: not within/);
  });

  it('what only a lone platform had is lost with its database: no violation (seed 4210)', async () => {
    const { failure } = await playPlan({ ...QUIET, members: 1, faults: [transaction, { atMs: 200, fault: 'lost-store', platform: 0 }] });
    assert.equal(failure?.kind, 'known-stall');
    assert.match(failure.message, /is lost: nowhere pending and not final everywhere$/);
  });

  it('one of four that lost its database, and one whose last write is damaged, come back', async () => {
    for (const harm of [
      { atMs: 100, fault: 'lost-store', platform: 2 }, { atMs: 100, fault: 'power-loss', platforms: [2], torn: 'damaged' },
    ] as const) {
      const run = await playPlan({ ...QUIET, syncMs: 5, faults: [transaction, { ...transaction, atMs: 98, label: 'two' }, harm] });
      assert.equal(run.failure, undefined);
      assert.equal(run.finalBlocks, 2);
    }
  });

  it('what a platform\'s wrong thresholds do is found by the checker: certificates with too few signatures (invariant 5)', async () => {
    const run = await playPlan({ ...QUIET, faults: [transaction] }, { weaken: (specified) => ({ ...specified, quorum: 2, fastQuorum: 2 }) });
    assert.equal(run.failure?.kind, 'violation');
    assert.match(run.failure.message, /^invariant 5: slot 0: \w+ certificate of block \w+ holds 2 signatures of the 3 it needs/);
  });

  it('an adversary that does not exist is named', async () => {
    await assert.rejects(() => playPlan({ ...QUIET, adversaries: [{ member: 0, name: 'nobody' }] }), /no adversary nobody; there are/);
  });

  for (const { name, plan } of NAMED_PLANS) {
    it(`by its name: ${name}`, async () => {
      const { failure, finalBlocks } = await playPlan(plan);
      assert.equal(failure, undefined, failure?.message);
      assert.ok(finalBlocks > 0);
    });
  }
});

describe('shrinking a plan', () => {
  const plan = planOf(SEEDS.find((seed) => planOf(seed).members === 7 && planOf(seed).adversaries.length === 2 && planOf(seed).faults.length > 20 && planOf(seed).snapshots === undefined) ?? 0);

  it('leaves the faults, liars and members that the failure needs, and a quiet network', async () => {
    const [one, other] = [plan.faults[7], plan.faults[20]];
    const [liar] = plan.adversaries;
    assert.ok(one !== undefined && other !== undefined && liar !== undefined);
    const fails = (candidate: Plan): Promise<boolean> => Promise.resolve(
      candidate.members >= 4 && candidate.adversaries.length > 0 && [one, other].every((needed) => candidate.faults.some(({ atMs, fault }) => atMs === needed.atMs && fault === needed.fault)));
    const smallest = await shrunk(plan, fails, 2000);
    assert.ok(smallest.faults.length <= 2, String(smallest.faults.length));
    assert.equal(smallest.adversaries.length, 1);
    assert.deepEqual([smallest.lossRate, smallest.duplicationRate, smallest.jitterMs, smallest.syncMs, smallest.calm], [0, 0, 0, 0, false]);
    assert.ok(smallest.members <= 7 && await fails(smallest));
  });

  it('asks no more often than it may, and gives back what fails', async () => {
    let asked = 0;
    const smallest = await shrunk(plan, () => {
      asked += 1;
      return Promise.resolve(false);
    }, 10);
    assert.deepEqual([asked, smallest], [10, plan]);
  });

  it('to fewer members is a plan that can be played', () => {
    for (const seed of SEEDS.slice(0, 300)) {
      const smaller = withMembers(planOf(seed), 2);
      assert.deepEqual(PLAN.parse(smaller), smaller);
      const named = JSON.stringify([smaller.faults.map((each) => ('platform' in each ? each.platform : 'platforms' in each ? each.platforms : 'groups' in each ? each.groups : 0))]);
      assert.ok(!/[2-9]/.test(named), named);
      assert.equal(smaller.adversaries.length, 0);
      assert.ok(fastPathOf(smaller) === 'off' || fastPathOf(smaller) === 0);
    }
  });
});
