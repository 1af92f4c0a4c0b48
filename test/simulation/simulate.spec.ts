import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parseSimulateOptions } from '../../scripts/simulate/options.js';
import { Progress } from '../../scripts/simulate/progress.js';
import { simulate } from '../../scripts/simulate/run.js';
import type { SimulateHost } from '../../scripts/simulate/run.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import { mayStall, PLAN } from './plan.js';
import { playPlan } from './plan-player.js';
import { randomRun } from './random-faults.js';
import { planOf } from './random-plan.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly counts: Readonly<Record<string, number>>;
  /** Of the last line. */
  readonly ok: unknown;
}

async function ended(args: string, host: Partial<SimulateHost> = {}): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await simulate(args.split(' '), {
    out: (text) => out.push(text), err: (text) => err.push(text), progress: { write: () => true }, signal: new AbortController().signal, ...host,
  });
  const last = out.join('\n').split('\n').at(-1) ?? '';
  const { ok, ...counts } = last.startsWith('{') ? JSON.parse(last) as Record<string, number> & { ok?: unknown } : {};
  if (ok !== undefined) assert.equal(ok, code === 0, 'the exit code agrees with the last line');
  return { code, out: out.join('\n'), err: err.join('\n'), counts, ok };
}

const oneLess = (specified: QuorumParameters): QuorumParameters => (
  { ...specified, quorum: specified.quorum - 1, fastQuorum: specified.fastQuorum - 1 });
const unreachable = (specified: QuorumParameters): QuorumParameters => (
  { ...specified, quorum: specified.memberCount + 1, fastQuorum: specified.memberCount + 1 });

describe('npm run simulate', () => {
  describe('arguments', () => {
    const silent = { out: () => undefined, err: () => undefined };
    const parsed = (args: string): unknown => parseSimulateOptions(args === '' ? [] : args.split(' '), silent);

    it('seeds 1 to 500 unless told otherwise, one worker a core', () => {
      const options = parseSimulateOptions([], silent);
      assert.ok(typeof options === 'object');
      assert.deepEqual([options.seeds, options.trace, options.scenario, options.listScenarios], [{ from: 1, to: 500 }, false, undefined, false]);
      assert.ok(options.workers >= 1);
    });

    it('takes a range, one seed, a scenario, a story', () => {
      const others = { scenario: undefined, listScenarios: false };
      assert.deepEqual(parsed('--seeds 0..7 --workers 3'), { ...others, seeds: { from: 0, to: 7 }, workers: 3, trace: false });
      assert.deepEqual(parsed('--seed 42 --trace --workers 1'), { ...others, seeds: { from: 42, to: 42 }, workers: 1, trace: true });
      assert.deepEqual(parsed('--scenario mute --workers 1'), { ...others, seeds: { from: 1, to: 500 }, scenario: 'mute', workers: 1, trace: false });
    });

    for (const args of [
      '--seeds 5', '--seeds 7..3', '--seeds 1..4294967296', '--seeds -1..3', '--seed x', '--seed 1 --seeds 1..2', '--seed 1 --scenario mute', '--trace', '--workers 0', '--seeds', 'more',
    ]) {
      it(`refuses ${args}, and says why`, () => {
        const said: string[] = [];
        assert.equal(parseSimulateOptions(args.split(' '), { out: (text) => said.push(`out ${text}`), err: (text) => said.push(text) }), 2);
        assert.match(said.join('\n'), /^error: \S/);
      });
    }

    it('tells how to be used', () => {
      const said: string[] = [];
      assert.equal(parseSimulateOptions(['--help'], { out: (text) => said.push(text), err: () => undefined }), 0);
      for (const option of ['--seeds', '--seed', '--scenario', '--list-scenarios', '--trace', '--workers']) assert.ok(said.join('\n').includes(`${option} `) || said.join('\n').includes(`${option}\n`));
    });
  });

  describe('a campaign', () => {
    it('counts the same for the same seeds, in this process or in several', async function () {
      this.timeout(60_000);
      const [here, shared] = await Promise.all([ended('--seeds 1..20 --workers 1'), ended('--seeds 1..20 --workers 2')]);
      assert.deepEqual([here.code, shared.code, here.err, shared.err], [0, 0, '', '']);
      assert.deepEqual([here.ok, shared.ok], [true, true]);
      const { seedsPerMinute, ...counts } = here.counts;
      assert.ok(seedsPerMinute !== undefined && seedsPerMinute > 0);
      assert.deepEqual({ ...shared.counts, seedsPerMinute }, { ...counts, seedsPerMinute });
      const runs = await Promise.all(Array.from({ length: 20 }, (_, index) => randomRun(index + 1)));
      const total = (of: 'finalBlocks' | 'events'): number => runs.reduce((sum, run) => sum + run[of], 0);
      assert.deepEqual(counts, { runs: 20, finalBlocks: total('finalBlocks'), violations: 0, stalls: 0, knownStalls: 0, events: total('events') });
    });

    it('a quorum of one less (section 1): a violation, its invariant and seed, how to rerun it, the smallest scenario, exit code 1', async function () {
      this.timeout(120_000);
      const [seed] = seedsOf(4);
      const { code, out, counts } = await ended(`--seeds ${seed}..${seed}`, { rules: { weaken: oneLess } });
      assert.equal(code, 1);
      assert.deepEqual([counts['runs'], counts['violations'], counts['stalls']], [1, 1, 0]);
      assert.match(out, new RegExp(`^VIOLATION in seed ${seed} \\(4 platforms, quorum 2.*\\n {2}invariant 5: slot \\d+: .* holds 2 signatures of the 3 it needs`));
      assert.match(out, new RegExp(`rerun: npm run simulate -- --seed ${seed}\\n.*story: npm run simulate -- --seed ${seed} --trace\\n`));
      const [, file] = /the smallest scenario found .*\n(?: {2}.*\n)* {2}rerun: npm run simulate -- --scenario (\S+\.json)\n/.exec(out) ?? [];
      assert.ok(file !== undefined, out);
      const plan = PLAN.parse(JSON.parse(await readFile(file, 'utf8')));
      assert.ok(plan.faults.length <= 3, JSON.stringify(plan.faults));
      assert.match((await playPlan(plan, { weaken: oneLess })).failure?.message ?? '', /^invariant 5/);
      const healthy = await ended(`--scenario ${file}`);
      assert.deepEqual([healthy.code, healthy.counts['violations']], [0, 0], 'it is the quorum that is wrong, not the scenario');
    });

    it('a quorum that cannot be reached (section 13, invariant 9): a stall, not a violation, exit code 1', async function () {
      this.timeout(120_000);
      const [seed] = seedsOf(1);
      const { code, out, counts } = await ended(`--seeds ${seed}..${seed}`, { rules: { weaken: unreachable } });
      assert.equal(code, 1);
      assert.deepEqual([counts['runs'], counts['violations'], counts['stalls'], counts['finalBlocks']], [1, 0, 1, 0]);
      assert.match(out, new RegExp(`^STALL in seed ${seed} .*\\n {2}invariant 9: not within 240000 ms of virtual time`));
    });

    it('Ctrl-C ends it early, with the counts so far', async () => {
      const stop = new AbortController();
      const watch = () => {
        stop.abort();
        return () => undefined;
      };
      const { code, ok, err, counts } = await ended('--seeds 1..100', { signal: stop.signal, rules: { watch } });
      assert.deepEqual([code, ok, counts['runs'], err], [1, false, 1, 'interrupted after 1 of 100 seeds']);
    });

    it('shows progress in place on a terminal, and now and then a line elsewhere', () => {
      const written = (isTTY: boolean): string[] => {
        const texts: string[] = [];
        const progress = new Progress({ isTTY, write: (text) => texts.push(text) }, 0);
        for (const nowMs of [100, 300, 350, 5100]) progress.update(nowMs, () => `at ${nowMs}`);
        progress.clear();
        return texts;
      };
      assert.deepEqual(written(false), ['at 5100\n']);
      assert.deepEqual(written(true), ['\r\u001B[2Kat 300', '\r\u001B[2Kat 5100', '\r\u001B[2K']);
    });
  });

  describe('a scenario', () => {
    it('by its name; all names are told', async () => {
      const { code, out, counts } = await ended('--scenario proposer-crash');
      assert.deepEqual([code, counts['runs'], counts['finalBlocks']], [0, 1, 2]);
      assert.match(out, /^proposer-crash: Four platforms agree.*\nEverything pending became final, and all invariants hold\.\n/);
      const listed = await ended('--list-scenarios');
      assert.equal(listed.code, 0);
      for (const name of ['proposer-crash', 'equivocation', 'mute']) assert.match(listed.out, new RegExp(`^${name}$`, 'm'));
    });

    it('that does not exist, or a file that holds no plan: says so, exit code 2', async () => {
      const unknown = await ended('--scenario nothing-like-it');
      assert.deepEqual([unknown.code, unknown.out], [2, '{"ok":false,"error":"called wrongly"}']);
      assert.match(unknown.err, /^error: nothing-like-it: neither a scenario nor a file/);
      const { code, err } = await ended('--scenario package.json');
      assert.equal(code, 2);
      assert.match(err, /^error: package\.json: not a plan: /);
      assert.match((await ended('--scenario README.md')).err, /^error: README\.md: not JSON/);
    });
  });

  describe('the story of a seed', () => {
    it('is the same byte for byte, from the command as from here', async function () {
      this.timeout(60_000);
      const again = await ended('--seed 3 --trace');
      const { stdout } = await promisify(execFile)(
        process.execPath, ['--import', 'tsx', 'scripts/simulate.ts', '--seed', '3', '--trace'], { cwd: ROOT, maxBuffer: 2 ** 26 },
      );
      assert.equal(stdout, `${again.out}\n`);
      assert.notEqual((await ended('--seed 14 --trace')).out, again.out);
    });

    it('does not change the run that it tells', async () => {
      const events: string[] = [];
      assert.deepEqual(await randomRun(14, { traced: true, watch: () => (event) => events.push(event.type) }), await randomRun(14, { traced: true }));
      assert.ok(events.length > 100);
    });

    it('tells of a proposal, votes and finality, of time-outs, skipped slots, crashes and restarts', async () => {
      const { code, out } = await ended('--scenario proposer-crash --trace');
      assert.equal(code, 0);
      for (const line of [
        /^ +[\d.]+ {2}P0 proposes PRE-PREPARE of block [0-9a-f]{6}, slot 0, view 0, sequence 0, 1 transaction/m,
        /^ +[\d.]+ {6}P1 P2 P3 get from P0 PRE-PREPARE of block/m,
        /^ +[\d.]+ {2}P1 P2 P3 vote PREPARE slot 0 block [0-9a-f]{6} \(first vote\)$/m,
        /^ +[\d.]+ {2}P0 P1 P2 P3 vote COMMIT slot 0 block/m,
        /^ +[\d.]+ {2}P3 FINAL block [0-9a-f]{6}, slot 0, .*: FAST by P0 P1 P3$/m,
        /^ +[\d.]+ {2}P1 crashes$/m,
        /^ +[\d.]+ {2}P0 P2 P3 TIMED OUT in slot 1 after 1000 ms of waiting for P1$/m,
        /^ +[\d.]+ {2}P0 P2 P3 vote VIEW-CHANGE to skip slot 1/m,
        /^ +[\d.]+ {2}P1 restarts from its disk$/m,
        /^Everything pending became final, and all invariants hold\.$/m,
      ]) assert.match(out, line);
    });

    it('tells of links that are cut and healed, and of what is lost', async () => {
      const stories = await Promise.all([3, 8, 9, 16].map((seed) => ended(`--seed ${seed} --trace`)));
      const all = stories.map(({ out }) => out).join('\n');
      for (const line of [/^ +[\d.]+ {2}CUT OFF from each other: /m, /^ +[\d.]+ {2}HEALED: /m, /^ +[\d.]+ {6}lost on its way from P\d to P\d: /m]) assert.match(all, line);
    });

    it('of a run that fails ends with what is wrong, and exit code 1', async () => {
      const [seed] = seedsOf(4);
      const { code, out, counts } = await ended(`--seed ${seed} --trace`, { rules: { weaken: oneLess } });
      assert.equal(code, 1);
      assert.equal(counts['violations'], 1);
      assert.match(out, new RegExp(`VIOLATION in seed ${seed} .*\\n {2}invariant 5: slot`));
    });
  });
});

/** Seeds whose plans are of so many members and no liars. */
function seedsOf(members: number): readonly [number, ...number[]] {
  const [first, ...more] = Array.from({ length: 200 }, (_, seed) => seed).filter((seed) => {
    const plan = planOf(seed);
    return plan.members === members && plan.adversaries.length === 0 && !mayStall(plan);
  });
  assert.ok(first !== undefined);
  return [first, ...more];
}
