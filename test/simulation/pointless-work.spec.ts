import assert from 'node:assert/strict';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { World } from './world.js';

const FAR = 1_000_000;
const WITHIN_MS = 1000;

/** What is looked at of what arrives, from now on, at all platforms. */
function examinedBy({ validator }: World): { readonly messages: ConsensusMessage[]; readonly restore: () => void } {
  const messages: ConsensusMessage[] = [];
  const examine = validator.examine.bind(validator);
  const examineHead = validator.examineHead.bind(validator);
  validator.examine = (message) => {
    messages.push(message);
    return examine(message);
  };
  validator.examineHead = (proposal) => {
    messages.push(proposal);
    return examineHead(proposal);
  };
  return {
    messages,
    restore: () => {
      validator.examine = examine;
      validator.examineHead = examineHead;
    },
  };
}

describe('valid but pointless messages by gossip (section 8, row D8)', () => {
  it('a proposal and votes far outside the window are not looked at, however often they come, and hold up nobody', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const { society } = world;
    const far = society.prePrepare(society.block({ slot: FAR, transactions: Array.from({ length: 100 }, (_, index) => world.transaction(`far ${index}`)) }));
    const examined = examinedBy(world);
    try {
      for (let copy = 0; copy < 1_000; copy += 1) {
        for (const to of [1, 2, 3]) {
          world.inject(0, to, far, copy);
          world.inject(0, to, society.prepare(FAR + copy, 0, far.block.hash), copy);
        }
      }
      await world.runFor(100);
      const transaction = world.submit('honest');
      await world.until(() => world.everywhere(transaction), WITHIN_MS, 'an honest transaction is final beside them');
      await world.runFor(1_000);
    } finally {
      examined.restore();
    }
    assert.ok(examined.messages.length > 0);
    assert.deepEqual(examined.messages.filter((message) => 'slot' in message && message.slot >= FAR), []);
  });

  it('a proposal that is known is not looked at again, and nobody is blamed for it', async () => {
    const world = new World({ members: 4 });
    await world.startAll();
    const { society } = world;
    const proposal = society.prePrepare(society.block({ slot: 0 }));
    for (const to of [1, 2, 3]) world.inject(0, to, proposal);
    await world.runFor(WITHIN_MS);
    const examined = examinedBy(world);
    try {
      for (let copy = 0; copy < 100; copy += 1) for (const to of [1, 2, 3]) world.inject(2, to === 2 ? 1 : to, proposal, copy);
      await world.runFor(WITHIN_MS);
    } finally {
      examined.restore();
    }
    assert.deepEqual(examined.messages.filter(({ type }) => type === 'PRE-PREPARE'), []);
    assert.ok(world.platforms.every(({ chain }) => chain.length === 1));
  });
});
