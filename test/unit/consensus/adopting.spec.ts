import assert from 'node:assert/strict';
import { ConflictingFinalityError } from '../../../src/consensus/chain.js';
import type { Block } from '../../../src/types/block.js';
import { toMemberIndex, toSlot } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { Bench, block, chainOf, fastCertificate, prepare, prePrepare, trusted, viewChange } from './fixtures.js';

const final = (finalBlock: Block): CommittedBlock => ({ block: finalBlock, certificate: fastCertificate(finalBlock.header.slot, finalBlock.hash) });
const bare = (finalBlock: Block): CommittedBlock => ({ block: finalBlock, certificate: undefined });
const adopt = (bench: Bench, ...blocks: readonly CommittedBlock[]): void => { bench.step({ type: 'adopted', blocks: blocks.map(trusted) }); };
const at = (chain: readonly Block[], index: number): Block => {
  const found = chain[index];
  assert.ok(found !== undefined);
  return found;
};

describe('section 7, Snapshots: a replica that adopts a final block in place of all below', () => {
  const chain = chainOf(60);

  it('moves its final block and its slot there at once, recorded as adopted, those after it as final', () => {
    const bench = new Bench();
    adopt(bench, bare(at(chain, 40)), final(at(chain, 41)));
    assert.deepEqual([bench.replica.finalTip.hash, bench.slot], [at(chain, 41).hash, 42]);
    const records = bench.of('persist').map(({ record }) => record).filter(({ type }) => type === 'adopted' || type === 'final');
    assert.deepEqual(records.map((record) => [record.type, 'sequence' in record ? record.sequence : -1]), [['adopted', 40], ['final', 41]]);
    assert.deepEqual(bench.of('finalized').flatMap(({ blocks }) => blocks.map(({ block: { hash } }) => hash)), [at(chain, 40).hash, at(chain, 41).hash]);
  });

  it('votes nothing at or below it, and in the next slot as ever', () => {
    const bench = new Bench();
    bench.pending();
    adopt(bench, final(at(chain, 40)));
    bench.take(prePrepare(at(chain, 40)), prePrepare(at(chain, 20)), viewChange(40, 0), viewChange(40, 1), viewChange(40, 2));
    assert.deepEqual(bench.votes(), []);
    bench.take(prePrepare(at(chain, 41)));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 41']);
  });

  it('keeps what it holds above it: a proposal that came early is voted for', () => {
    const bench = new Bench();
    bench.take(prePrepare(at(chain, 10)), prepare(10, 0, at(chain, 10).hash));
    adopt(bench, final(at(chain, 9)));
    assert.ok(bench.votes().includes('PREPARE1 slot 10'));
  });

  it('ignores a lower one, and takes what of it lies above its own final block', () => {
    const bench = new Bench();
    adopt(bench, final(at(chain, 40)));
    const before = bench.effects.length;
    adopt(bench, final(at(chain, 30)));
    adopt(bench, bare(at(chain, 39)), final(at(chain, 40)));
    adopt(bench);
    assert.equal(bench.of('finalized').length, 1);
    assert.ok(bench.effects.slice(before).every(({ type }) => type !== 'persist'));
    adopt(bench, bare(at(chain, 40)), final(at(chain, 41)));
    assert.equal(bench.replica.finalTip.hash, at(chain, 41).hash);
    assert.equal(bench.of('persist').filter(({ record }) => record.type === 'adopted').length, 1, 'the second was a step like any other');
  });

  it('takes nothing without a certificate at its end', () => {
    const bench = new Bench();
    adopt(bench, bare(at(chain, 40)));
    assert.equal(bench.replica.finalTip.sequence, -1);
  });

  it('stops at proof of two final chains', () => {
    const bench = new Bench();
    adopt(bench, final(at(chain, 40)));
    const fork = block({ slot: 41, parent: at(chainOf(60, 'other'), 40) });
    assert.throws(() => { adopt(bench, final(fork)); }, ConflictingFinalityError);
  });

  it('R10: what is final there by its own certificate lets an observing platform vote again, above S + 8', () => {
    const bench = new Bench({ voteStoreLost: true });
    for (const member of [0, 1, 2]) {
      bench.step({ type: 'peer-status', member: toMemberIndex(member), highestSlot: toSlot(30), observing: false });
    }
    adopt(bench, final(at(chain, 38)));
    bench.take(prePrepare(at(chain, 39)));
    assert.deepEqual(bench.votes(), [], 'S is 30, and 38 is not above 38');
    adopt(bench, final(at(chain, 48)));
    bench.take(prePrepare(at(chain, 49)));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 49']);
  });
});
