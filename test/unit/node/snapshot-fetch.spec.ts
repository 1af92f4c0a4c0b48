import assert from 'node:assert/strict';
import { World } from '../../simulation/world.js';

describe('how much of a snapshot is fetched (section 7, Snapshots)', () => {
  it('is told from the offer on until the state is taken in, and not before and after', async () => {
    const world = new World({ members: 4, delayMs: 10, checkpointInterval: 5, snapshots: { intervalBlocks: 5, keepBlocks: 5, aboveBlocks: 1000 } });
    await world.startAll();
    const late = world.platforms[3] ?? assert.fail();
    const others = world.platforms.slice(0, 3);
    late.crash();
    for (let count = 0; count < 40; count += 1) {
      const transaction = world.submit(`while it is away ${count}`);
      await world.until(() => world.everywhere(transaction, others), 10_000, 'the others go on');
    }
    late.start();
    const seen = new Set<string>();
    const look = (): boolean => {
      const fetch = late.participant?.snapshotFetch();
      if (fetch !== undefined) seen.add(`block ${fetch.sequence}: ${fetch.chunksDone} of ${fetch.chunks}`);
      return fetch === undefined;
    };
    let restored: number | undefined;
    world.observe = (event) => {
      if (event.type !== 'snapshot-restored') return;
      restored = event.sequence;
      look();
    };
    assert.equal(late.participant?.snapshotFetch(), undefined);
    await world.until(() => look() && restored !== undefined, 60_000, 'a snapshot is fetched and taken in');
    assert.deepEqual([...seen], [`block ${restored}: 0 of 1`, `block ${restored}: 1 of 1`]);
    const transaction = world.submit('later');
    await world.until(() => world.everywhere(transaction), 30_000, 'it goes on with the others');
    assert.equal(late.participant?.snapshotFetch(), undefined);
  });
});
