import type { PlayedRun, PlayOptions } from './plan-player.js';
import { playPlan } from './plan-player.js';
import { planOf } from './random-plan.js';

/**
 * One random run: loss, jitter, partitions of all kinds, crashes, restarts, power losses, faulty disks, and up to f
 * Byzantine platforms, under a stream of transactions; then everything heals and whatever is pending must become final.
 * Never throws: an unexpected error is a violation, too.
 *
 * @param seed from 0 to 2³²−1; determines everything
 */
export function randomRun(seed: number, options: PlayOptions = {}): Promise<PlayedRun> {
  return playPlan(planOf(seed), options);
}
