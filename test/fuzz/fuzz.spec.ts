import assert from 'node:assert/strict';
import { inputsPerTarget, sharesOf } from '../../scripts/fuzz/shares.js';
import { fuzz } from '../../scripts/fuzz/run.js';
import { inputOf, runShare } from './campaign.js';
import { TARGETS, targetNamed } from './catalogue.js';
import { allocatedBytes, assertNoHugeAllocation, assertProportionate } from './footprint.js';
import { StepsExceeded, withinSteps } from './steps.js';
import type { Target } from './target.js';

const INPUTS = 40_000;
const SEED = 1;

describe('fuzzing: hostile input is refused, cheaply, and never throws (invariant 8)', () => {
  for (const [target, count] of inputsPerTarget(TARGETS, INPUTS)) {
    it(`${target.name}: ${count} inputs`, async () => {
      const { failures, generated, generatedAccepted, inputs } = await runShare(target, { target: target.name, seed: SEED, from: 0, to: count });
      assert.deepEqual(failures, []);
      assert.equal(inputs, count);
      const share = generatedAccepted / generated;
      assert.ok(share >= target.leastAccepted, `only ${share} of the valid inputs were accepted: the rest of the code is not reached`);
    });
  }
});

describe('the fuzzer', () => {
  /** Fails on bytes that hold a 0x42. */
  const flawed: Target = {
    name: 'flawed', leastAccepted: 0,
    generate: (random) => Uint8Array.from({ length: 40 }, () => random.integer(0, 0x50)),
    run: (input) => {
      if (input.includes(0x42)) throw new TypeError('not ready for this');
      return 'accepted';
    },
  };

  it('gives the same inputs for the same seed, others for another', () => {
    const target = targetNamed('wire-message');
    const inputs = (seed: number): string[] => Array.from({ length: 20 }, (_, index) => Buffer.from(inputOf(target, seed, index).input).toString('hex'));
    assert.deepEqual(inputs(1), inputs(1));
    assert.notDeepEqual(inputs(1), inputs(2));
    assert.equal(new Set(inputs(1)).size, 20);
  });

  it('finds a flaw and cuts its input down to what it takes', async () => {
    const { failures } = await runShare(flawed, { target: 'flawed', seed: 1, from: 0, to: 100 });
    assert.deepEqual([...new Set(failures.map(({ hex }) => hex))], ['42']);
    assert.match(failures[0]?.message ?? '', /not ready for this/);
  });

  it('notices memory that a claimed size is answered with, and a value out of proportion to its input', () => {
    const before = allocatedBytes();
    const claimed = new Uint8Array(64 * 1024 * 1024);
    assert.throws(() => { assertNoHugeAllocation(before, new Uint8Array(5)); }, /5 bytes made \d+ be allocated/);
    assert.throws(() => { assertProportionate({ claimed }, new Uint8Array(5)); }, /above/);
    assertProportionate({ view: claimed.subarray(3) }, claimed);
  });

  it('notices a loop that the numbers in an input drive', () => {
    const held = new Map<number, number>();
    const loop = (turns: number) => (): void => { for (let turn = 0; turn < turns; turn += 1) held.get(turn); };
    withinSteps(100, loop(100));
    assert.throws(() => { withinSteps(100, loop(101)); }, StepsExceeded);
    loop(1000)();
  });

  it('shares a campaign out so that every input is run once', () => {
    const shares = sharesOf(TARGETS, 300_000, 7);
    assert.equal(shares.reduce((sum, { from, to }) => sum + to - from, 0), 300_000);
    assert.equal(new Set(shares.map(({ target, from }) => `${target} ${from}`)).size, shares.length);
    assert.deepEqual(new Set(shares.slice(0, TARGETS.length).map(({ target }) => target)), new Set(TARGETS.map(({ name }) => name)));
  });
});

describe('npm run fuzz', () => {
  async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly lines: readonly string[] }> {
    const lines: string[] = [];
    const say = (text: string): void => { lines.push(...text.split('\n')); };
    const code = await fuzz(args, { out: say, err: say, progress: { write: () => undefined }, signal: new AbortController().signal });
    return { code, lines };
  }

  it('runs one target in a worker, and ends in a line of JSON', async () => {
    const { code, lines } = await run('--target', 'header', '--inputs', '300', '--workers', '1');
    assert.equal(code, 0);
    const { ok, inputs, failures, accepted, rejected } = JSON.parse(lines.at(-1) ?? '') as Record<string, number> & { ok: unknown };
    assert.deepEqual([ok, inputs, failures, (accepted ?? 0) + (rejected ?? 0)], [true, 300, 0, 300]);
    assert.match(lines.at(-2) ?? '', /^header +300 /);
  });

  it('runs one input again', async () => {
    const one = '{"ok":true,"inputs":1,"failures":0}';
    assert.deepEqual(await run('--target', 'receipt', '--input', '00'), { code: 0, lines: ['receipt: rejected', one] });
    assert.deepEqual(await run('--target', 'receipt', '--input', '00'.repeat(12)), { code: 0, lines: ['receipt: accepted', one] });
  });

  it('says what it cannot do', async () => {
    for (const args of [['--target', 'nothing'], ['--input', '00'], ['--inputs', '0'], ['--input', 'xyz']]) assert.equal((await run(...args)).code, 2, args.join(' '));
    assert.ok((await run('--list')).lines.includes('stored-records'));
  });
});
