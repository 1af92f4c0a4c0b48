import { World } from './world.js';

/**
 * Four platforms, of which 0 is Byzantine, 3 is cut off, and 1 and 2 have skipped this many slots with the help of 0,
 * with a transaction pending. Whoever leads a slot there has nothing to propose.
 */
export async function skippedByTwo(slots: number): Promise<World> {
  const world = new World({ members: 4, maxSlotTimeoutMs: 1000 });
  await world.startAll();
  const [byzantine, ...honest] = world.platforms;
  byzantine?.crash();
  world.partition([1, 2], [3]);
  const pair = honest.slice(0, 2);
  const transaction = world.transaction('pending');
  for (const platform of pair) {
    platform.proposesNothing = true;
    platform.submit(transaction);
  }
  const isThere = (): boolean => pair.every(({ replica }) => replica.snapshot().currentSlot >= slots);
  for (let round = 0; round < 4 * slots && !isThere(); round += 1) {
    for (const platform of pair) platform.deliver(world.society.viewChange(platform.replica.snapshot().currentSlot, 0));
    await world.runFor(500);
  }
  if (!isThere()) throw new Error(`not over the first ${slots} slots\n${world.describe()}`);
  for (const platform of pair) platform.proposesNothing = false;
  return world;
}
