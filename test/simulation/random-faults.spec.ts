import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { playInWorkers } from '../../scripts/simulate/play.js';
import type { PlayedRun } from './plan-player.js';
import { randomRun } from './random-faults.js';
import { Story } from './story.js';

const SEEDS = 2000;

describe('random faults on virtual time (section 13)', () => {
  it(`${SEEDS} runs of loss, partitions, crashes, power losses, faulty disks and Byzantine platforms: no invariant broken, nothing stuck`, async function () {
    this.timeout(900_000);
    const failed: PlayedRun[] = [];
    let finalBlocks = 0;
    let snapshotsTaken = 0;
    await playInWorkers({ from: 1, to: SEEDS }, availableParallelism(), (run) => {
      finalBlocks += run.finalBlocks;
      snapshotsTaken += run.snapshotsTaken;
      if (run.failure !== undefined && run.failure.kind !== 'known-stall') failed.push(run);
    }, new AbortController().signal);
    assert.deepEqual(failed.map(({ seed, failure }) => `seed ${seed}: ${failure?.message ?? ''}`), []);
    assert.ok(finalBlocks > 3 * SEEDS, `${finalBlocks} final blocks`);
    assert.ok(snapshotsTaken > SEEDS / 100, `${snapshotsTaken} snapshots taken in place of blocks`);
  });

  it('the same seed gives the same run, byte for byte', async function () {
    this.timeout(120_000);
    for (const seed of [5, 14, 16, 28]) {
      const [one, again] = [await told(seed), await told(seed)];
      assert.equal(one.story, again.story);
      assert.deepEqual(one.run, again.run);
      assert.ok(one.story.length > 10_000);
    }
    assert.notEqual((await randomRun(3, { traced: true })).trace, (await randomRun(14, { traced: true })).trace);
  });
});

async function told(seed: number): Promise<{ readonly run: PlayedRun; readonly story: string }> {
  const lines: string[] = [];
  let story: Story | undefined;
  const run = await randomRun(seed, {
    traced: true,
    watch: (world) => {
      const watching = new Story(world, (line) => lines.push(line));
      story = watching;
      return (event) => { watching.observe(event); };
    },
  });
  story?.end();
  return { run, story: lines.join('\n') };
}
