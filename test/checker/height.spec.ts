import assert from 'node:assert/strict';
import type { Block } from '../../src/types/block.js';
import { toHash } from '../../src/types/ids.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import type { Observation } from './observation.js';
import { adopted, assertNone, assertOne, final, Stage } from './stage.js';

const ALL = [0, 1, 2, 3];

describe('the independent checker: chains that begin at a snapshot (section 7; invariants 1 and 6)', () => {
  const stage = new Stage();
  const blocks: Block[] = [];
  for (let slot = 0; slot < 6; slot += 1) blocks.push(stage.block(slot, { ...(blocks[slot - 1] === undefined ? {} : { parent: blocks[slot - 1] }) }));
  const chain = blocks.map((block): CommittedBlock => ({ block, certificate: stage.fast(block, ALL) }));
  const from = (sequence: number, to = 5): CommittedBlock[] => chain.slice(sequence, to + 1);
  const watched = (): Stage => new Stage().observe(...final(1, ...chain));
  const [first, ...more] = from(2);
  const served = (blocksServed: readonly CommittedBlock[], fromSequence = 3): Observation => (
    { type: 'served', platform: 1, fromSequence, firstSequence: 2, finalSequence: 5, blocks: blocksServed });
  const root = toHash('ab'.repeat(32));

  it('a chain that begins anew at a snapshot, again after a loss, and goes on', () => {
    assert.ok(first !== undefined);
    const again = watched().observe(...final(0, ...from(0, 0)), ...adopted(0, first, ...more), { type: 'store-replaced', platform: 0, records: [] }, ...adopted(0, first));
    assertNone(again.observe(served(from(3)), served([], 1), { type: 'holds', platform: 0, firstSequence: 2, finalSequence: 5, blocks: from(2) }));
  });

  it('a gap for which no snapshot stands', () => {
    assertOne(watched().observe(...final(0, ...from(0, 0)), ...final(0, ...from(2))), /^invariant 1: platform 0 called the block of sequence 2 final, where that of 1 was due/);
  });

  it('a gap in what it serves, or nothing of what it says that it has', () => {
    assertOne(watched().observe(served([...from(3, 3), ...from(5)])), /^invariant 1: platform 1 serves blocks from sequence 3 on: the block of sequence 5 where that of 4 was due/);
    assertOne(watched().observe(served([])), /^invariant 1: platform 1 serves blocks from sequence 3 on: none, although it says that it has those from 2 to 5/);
  });

  it('a block missing below what it has, or the proof of the last one', () => {
    const holds = (held: readonly CommittedBlock[]): Observation => ({ type: 'holds', platform: 1, firstSequence: 2, finalSequence: 5, blocks: held });
    assertOne(watched().observe(holds(from(2, 4))), /^invariant 1: platform 1 has blocks from sequence 2 to 5: only 3 of them can be read/);
    assertOne(watched().observe(holds([...from(2, 4), { block: blocks[5] ?? assert.fail(), certificate: undefined }])), /the last one has no finality certificate/);
  });

  it('invariant 6: a snapshot of another state than everyone has after its block', () => {
    const offered = (stateRoot: typeof root): Observation => ({ type: 'offered', platform: 1, sequence: 2, stateRoot, blocks: from(2, 2) });
    assertNone(watched().observe({ type: 'executed', platform: 0, sequence: 2, stateRoot: root }, offered(root)));
    assertOne(watched().observe({ type: 'executed', platform: 0, sequence: 2, stateRoot: root }, offered(toHash('cd'.repeat(32)))), /^invariant 6: platform 1 has state cd/);
  });
});
