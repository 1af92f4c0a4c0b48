import assert from 'node:assert/strict';
import type { WorldEvent } from '../../simulation/world-events.js';
import type { SnapshotPolicy } from '../../simulation/world.js';
import { Stage } from '../stage.js';
import type { Watch } from '../scenario.js';

/** A snapshot every other block, and nothing below it is kept; by their number blocks are never too many to fetch. */
const POLICY: SnapshotPolicy = { intervalBlocks: 2, keepBlocks: 1, aboveBlocks: 1000 };
/** So long that what is written takes time in which something else may happen. */
const SYNC_MS = 10;

/** Four platforms that make snapshots and prune. */
export function openPruning(watch: Watch | undefined, change: Partial<SnapshotPolicy> = {}, byzantine: readonly number[] = []): Promise<Stage> {
  return Stage.open({ members: 4, checkpointInterval: 2, slotTimeoutMs: 300, syncMs: SYNC_MS, snapshots: { ...POLICY, ...change }, byzantine, watch });
}

/** Tells also this function of everything that happens. */
export function alsoTell({ world }: Stage, tell: (event: WorldEvent) => void): void {
  const told = world.observe;
  world.observe = (event) => {
    told?.(event);
    tell(event);
  };
}

/** Counts the blocks before the first that a platform still has. */
export async function prunedBelow(stage: Stage, platform: number): Promise<number> {
  return (await stage.at(platform).holdings()).firstSequence;
}

let count = 0;

/** One block after another, until none of these platforms has the block of this sequence any more. */
export async function untilPruned(stage: Stage, sequence: number, platforms: readonly number[]): Promise<void> {
  for (let rounds = 0; rounds < 60; rounds += 1) {
    const firsts = await Promise.all(platforms.map((index) => prunedBelow(stage, index)));
    if (firsts.every((first) => first > sequence)) return;
    count += 1;
    const transaction = stage.submit(`before it is pruned ${count}`, platforms);
    await stage.untilFinal(transaction, 5000, 'the others go on', platforms);
    await stage.runFor(50);
  }
  assert.fail('the others do not prune');
}

/** Everybody has the same state after the same block. */
export async function assertSameState(stage: Stage): Promise<void> {
  const held = await Promise.all(stage.honest.map((platform) => platform.holdings()));
  const [first] = held;
  for (const { executedSequence, stateRoot } of held) assert.deepEqual([executedSequence, stateRoot], [first?.executedSequence, first?.stateRoot]);
}
