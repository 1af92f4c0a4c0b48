import assert from 'node:assert/strict';
import { toSlot } from '../../src/types/ids.js';
import type { SimPlatform, WorldOptions } from './world.js';
import { World } from './world.js';

async function federation(options: Partial<WorldOptions> = {}): Promise<{ world: World; at: (index: number) => SimPlatform }> {
  const world = new World({ members: 4, delayMs: 10, ...options });
  await world.startAll();
  return { world, at: (index) => world.platforms[index] ?? assert.fail() };
}

describe('the network between simulated platforms', () => {
  it('a link cut one way only: the other way still works, and all goes on', async () => {
    const { world, at } = await federation();
    for (const to of [0, 1, 2]) world.cut.add(`3>${to}`);
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction), 3000, 'also at the one that nobody hears');
    assert.ok(at(3).sent.length > 0);
    assert.equal(at(0).chain[0]?.certificate?.signatures.some(({ signer }) => signer === 3), false);
  });

  it('a platform cut off in one slot: its messages of that slot do not get through, those of others do', async () => {
    const { world, at } = await federation();
    world.obstructs = (from, to, message) => 'slot' in message && message.slot === 0 && (from === 0) !== (to === 0);
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction), 20_000, 'it is final in a later slot');
    assert.ok((at(0).chain[0]?.block.header.slot ?? 0) > 0);
  });

  it('messages that come twice count once', async () => {
    const { world } = await federation({ duplicationRate: 1, jitterMs: 30 });
    for (const label of ['a', 'b', 'c']) {
      const transaction = world.submit(label);
      await world.until(() => world.everywhere(transaction), 3000, 'final');
    }
  });

  it('what is injected is judged like anything else: a forged vote is refused, a genuine one counts', async () => {
    const { world, at } = await federation();
    const refused: string[] = [];
    world.observe = (event) => { if (event.type === 'refused') refused.push(`${event.platform} ${event.code}`); };
    const genuine = world.society.viewChange(0, 0);
    world.inject(0, 2, { ...genuine, signature: world.society.viewChange(1, 0).signature });
    world.inject(0, 3, genuine);
    await world.settle();
    assert.deepEqual(refused, ['2 bad-signature']);
    assert.deepEqual([2, 3].map((index) => at(index).replica.snapshot().viewChangeVotes), [0, 1]);
  });

  it('a lying server is found out and hung up on, and its victim catches up by others (section 7)', async () => {
    const { world, at } = await federation();
    const penalized: string[] = [];
    world.observe = (event) => { if (event.type === 'penalized') penalized.push(`${event.platform} ${event.peer}`); };
    world.partition([0, 1, 2], [3]);
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction, world.platforms.slice(0, 3)), 5000, 'three go on');
    world.interceptResponse = (from, _to, _request, response) => {
      if (from !== 0 || response.type !== 'BLOCKS-RESPONSE') return response;
      return { ...response, blocks: response.blocks.map(({ certificate }) => ({ block: world.society.block({ slot: 0, label: 'made up' }), certificate })) };
    };
    world.heal();
    await world.until(() => world.everywhere(transaction), 20_000, 'the fourth catches up');
    assert.ok(penalized.every((each) => each === '3 0'));
    assert.equal(at(3).chain[0]?.block.hash, at(1).chain[0]?.block.hash);
  });

  it('a request over a cut link is not answered, and is asked again once it works', async () => {
    const { world, at } = await federation();
    world.partition([0, 1, 2], [3]);
    const transaction = world.submit('t');
    await world.until(() => world.everywhere(transaction, world.platforms.slice(0, 3)), 5000, 'three go on');
    await world.runFor(30_000);
    assert.equal(at(3).chain.length, 0);
    world.heal();
    await world.until(() => world.everywhere(transaction), 12_000, 'the fourth has it');
    assert.equal(at(3).replica.status().finalSlot, toSlot(at(0).chain.at(-1)?.block.header.slot ?? -1));
  });
});
