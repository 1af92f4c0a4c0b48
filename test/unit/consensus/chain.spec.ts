import assert from 'node:assert/strict';
import { Chain, ConflictingFinalityError, MAX_CARRIED_SKIPS } from '../../../src/consensus/chain.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import type { FinalTip } from '../../../src/consensus/records.js';
import type { Block } from '../../../src/types/block.js';
import { toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { BlockShape } from './fixtures.js';
import { block, chainOf, EPOCH, fastCertificate, GENESIS, hashOf, MEMBERS_HASH, prepareCertificate, prePrepare, skip, slowCertificate, tipOf } from './fixtures.js';

const NOW_MS = 1_000_000;

function chainAt(tip: FinalTip = GENESIS): Chain {
  return new Chain(quorumParameters(4), EPOCH, MEMBERS_HASH, tip);
}

function hold(chain: Chain, ...blocks: readonly Block[]): void {
  for (const held of blocks) chain.recordFor(held.header.slot).addProposal(prePrepare(held), false);
}

function certify(chain: Chain, ...blocks: readonly Block[]): void {
  hold(chain, ...blocks);
  for (const { header: { slot }, hash } of blocks) chain.recordFor(slot).addCertificate(prepareCertificate(slot, hash));
}

function skipSlots(chain: Chain, ...slots: readonly number[]): void {
  for (const slot of slots) chain.recordFor(toSlot(slot)).addCertificate(skip(slot));
}

function standing(chain: Chain, judged: Block, wallMs = NOW_MS): string {
  return chain.standing({ ...prePrepare(judged), votable: false, invalid: false, durable: false }, wallMs).type;
}

const first = block({ slot: 0 });
const onFirst = (shape: Partial<BlockShape> = {}): Block => block({ slot: 1, parent: first, ...shape });

describe('J: justified', () => {
  it('J: the first block stands on genesis without any certificate', () => {
    assert.equal(standing(chainAt(), first), 'votable');
  });
  it('J: on a parent with a PREPARE certificate', () => {
    const chain = chainAt();
    assert.equal(standing(chain, onFirst()), 'waiting');
    hold(chain, first);
    assert.equal(standing(chain, onFirst()), 'waiting');
    certify(chain, first);
    assert.equal(standing(chain, onFirst()), 'votable');
  });
  it('J: on a parent that is final without its PREPARE certificate being held (draft d)', () => {
    for (const certificate of [fastCertificate(0, first.hash), slowCertificate(0, first.hash)]) {
      const chain = chainAt();
      hold(chain, first);
      chain.recordFor(toSlot(0)).addCertificate(certificate);
      assert.equal(standing(chain, onFirst()), 'votable');
    }
    assert.equal(standing(chainAt(tipOf(first)), onFirst()), 'votable');
  });
  it('J: a certified parent whose body is not held has to be waited for', () => {
    const chain = chainAt();
    chain.recordFor(toSlot(0)).addCertificate(prepareCertificate(0, first.hash));
    assert.equal(standing(chain, onFirst()), 'waiting');
  });
  it('J: another certified block of the parent slot is no parent', () => {
    const chain = chainAt();
    certify(chain, block({ slot: 0, label: 'other' }));
    hold(chain, first);
    assert.equal(standing(chain, onFirst()), 'waiting');
  });
  it('J: every slot strictly between needs its VIEW-CHANGE certificate', () => {
    const chain = chainAt();
    certify(chain, first);
    const skipping = block({ slot: 4, parent: first });
    skipSlots(chain, 1, 3);
    assert.equal(standing(chain, skipping), 'waiting');
    skipSlots(chain, 2);
    assert.equal(standing(chain, skipping), 'votable');
  });
  it('J: neither the parent slot nor the own slot needs to be skipped, nor is a certified block between a skip', () => {
    const chain = chainAt();
    certify(chain, first, onFirst());
    const skipping = block({ slot: 2, parent: first });
    assert.equal(standing(chain, skipping), 'waiting');
    skipSlots(chain, 1);
    assert.equal(standing(chain, skipping), 'votable');
  });
  it('J: sequence = parent.sequence + 1', () => {
    const chain = chainAt();
    certify(chain, first);
    assert.equal(standing(chain, onFirst({ header: { sequence: toSequence(0), view: toView(1) } })), 'invalid');
    assert.equal(standing(chain, onFirst({ header: { sequence: toSequence(2), view: toView(0) } })), 'invalid');
  });
  it('J: view = parent.view + skipped slots', () => {
    const chain = chainAt();
    certify(chain, first);
    skipSlots(chain, 1);
    assert.equal(standing(chain, block({ slot: 2, parent: first })), 'votable');
    assert.equal(standing(chain, block({ slot: 2, parent: first, header: { view: toView(0) } })), 'invalid');
    assert.equal(standing(chain, block({ slot: 2, parent: first, header: { view: toView(2) } })), 'invalid');
  });
  it('J: a header that names another slot than view + sequence is invalid even where its numbers follow from its parent', () => {
    const tip = { ...tipOf(first), view: 5 };
    assert.equal(standing(chainAt(tip), block({ slot: 1, parent: first, header: { view: toView(5) } })), 'invalid');
    assert.equal(standing(chainAt(tip), block({ slot: 1, parent: first, header: { view: toView(0) } })), 'invalid');
  });
  it('J: below the final block there is nothing to build on', () => {
    const [, second, third] = chainOf(3);
    assert.ok(second && third);
    assert.equal(standing(chainAt(tipOf(second)), block({ slot: 2, parent: first })), 'invalid');
    assert.equal(standing(chainAt(tipOf(second)), third), 'votable');
  });
  it('J: nextMembersHash must be that of the members', () => {
    assert.equal(standing(chainAt(), block({ slot: 0, header: { nextMembersHash: hashOf('others') } })), 'invalid');
  });
});

describe('section 6: timestamps', () => {
  it('section 6: must be above the parent\'s', () => {
    const chain = chainAt();
    certify(chain, first);
    const { timestampMs } = first.header;
    assert.equal(standing(chain, onFirst({ header: { timestampMs } })), 'invalid');
    assert.equal(standing(chain, onFirst({ header: { timestampMs: timestampMs + 1 } })), 'votable');
  });
  it('section 6: up to 500 ms ahead of the own clock; beyond it waits, and then is valid', () => {
    const early = block({ slot: 0, header: { timestampMs: NOW_MS + 501 } });
    const chain = chainAt();
    assert.deepEqual(chain.standing({ ...prePrepare(early), votable: false, invalid: false, durable: false }, NOW_MS), { type: 'early', aheadMs: 1 });
    assert.equal(standing(chain, early, NOW_MS + 1), 'votable');
  });
  it('section 6: however far its parent is ahead of the own clock, one millisecond after it nothing waits', () => {
    const chain = chainAt();
    certify(chain, first);
    const { timestampMs } = first.header;
    const wallMs = timestampMs - 60_000;
    assert.equal(standing(chain, onFirst({ header: { timestampMs: timestampMs + 1 } }), wallMs), 'votable');
    const early = chain.standing({ ...prePrepare(onFirst({ header: { timestampMs: timestampMs + 2 } })), votable: false, invalid: false, durable: false }, wallMs);
    assert.deepEqual(early, { type: 'early', aheadMs: 60_002 - 500 }, 'until the clock has come there');
  });
});

describe('R1: what a leader builds on', () => {
  it('R1: genesis first, then the certified block of the slot below', () => {
    const chain = chainAt();
    assert.equal(chain.parentFor(toSlot(0))?.hash, GENESIS.hash);
    certify(chain, first);
    assert.equal(chain.parentFor(toSlot(1))?.hash, first.hash);
  });
  it('R1: the highest certified block whose later slots are all skipped; nothing while one is open', () => {
    const chain = chainAt();
    certify(chain, first);
    skipSlots(chain, 2);
    assert.equal(chain.parentFor(toSlot(3)), undefined, 'of slot 1 nothing is held');
    chain.recordFor(toSlot(1));
    assert.equal(chain.parentFor(toSlot(3)), undefined, 'slot 1 is open');
    skipSlots(chain, 1);
    assert.equal(chain.parentFor(toSlot(3))?.hash, first.hash);
    certify(chain, onFirst());
    assert.equal(chain.parentFor(toSlot(3))?.hash, onFirst().hash);
  });
  it('R1: a slot both certified and skipped is built on', () => {
    const chain = chainAt();
    certify(chain, first);
    skipSlots(chain, 0);
    assert.equal(chain.parentFor(toSlot(1))?.hash, first.hash);
  });
  it('R1: nothing while the body of the certified block is not held', () => {
    const chain = chainAt();
    chain.recordFor(toSlot(0)).addCertificate(prepareCertificate(0, first.hash));
    assert.equal(chain.parentFor(toSlot(1)), undefined);
  });
  it('section 2: a justification carries the latest 64 VIEW-CHANGE certificates, in order of slot', () => {
    const chain = chainAt();
    skipSlots(chain, ...Array.from({ length: 100 }, (_, slot) => slot));
    const carried = chain.carriedSkips(toSlot(-1), toSlot(100)).map(({ slot }) => Number(slot));
    assert.equal(MAX_CARRIED_SKIPS, 64);
    assert.deepEqual(carried, Array.from({ length: 64 }, (_, index) => 36 + index));
    assert.deepEqual(chain.carriedSkips(toSlot(97), toSlot(99)).map(({ slot }) => Number(slot)), [98]);
  });
  it('section 2: a parent\'s certificate is its finality certificate where there is one, else its PREPARE certificate; genesis has none', () => {
    const chain = chainAt();
    assert.equal(chain.certificateOf(GENESIS.slot, GENESIS.hash), undefined);
    certify(chain, first);
    assert.equal(chain.certificateOf(toSlot(0), first.hash)?.kind, 'PREPARE');
    chain.recordFor(toSlot(0)).addCertificate(fastCertificate(0, first.hash));
    assert.equal(chain.certificateOf(toSlot(0), first.hash)?.kind, 'FAST');
    assert.equal(chain.certificateOf(toSlot(1), first.hash), undefined, 'only where hash and slot belong together');
    assert.equal(chainAt(tipOf(first)).certificateOf(toSlot(1), first.hash), undefined);
    assert.equal(chainAt(tipOf(first)).certificateOf(toSlot(0), first.hash)?.kind, 'SLOW');
  });
});

describe('R6: branches and the final block', () => {
  it('R6: a branch leads from a block down to the final one, itself first', () => {
    const chain = chainAt();
    const blocks = chainOf(3);
    hold(chain, ...blocks);
    const top = blocks[2];
    assert.ok(top);
    assert.deepEqual(chain.branch(toSlot(2), top.hash)?.map(({ header }) => Number(header.slot)), [2, 1, 0]);
    assert.deepEqual(chain.branch(GENESIS.slot, GENESIS.hash), []);
  });
  it('R6: no branch where a block on the way is not held', () => {
    const chain = chainAt();
    const [bottom, , top] = chainOf(3);
    assert.ok(bottom && top);
    hold(chain, bottom, top);
    assert.equal(chain.branch(toSlot(2), top.hash, fastCertificate(2, top.hash)), undefined);
  });
  it('R6: a proof of finality beside the final chain is an error that names both', () => {
    const chain = chainAt(tipOf(block({ slot: 0, label: 'other' })));
    const fork = onFirst();
    hold(chain, fork);
    assert.equal(chain.branch(toSlot(1), fork.hash), undefined, 'a dead branch alone is no conflict');
    assert.throws(() => chain.branch(toSlot(1), fork.hash, fastCertificate(1, fork.hash)), (error) => (
      error instanceof ConflictingFinalityError && error.message.includes(fork.hash) && error.message.includes(chain.tip.hash)
    ));
  });
  it('section 8: slots at or below a new final block are forgotten', () => {
    const chain = chainAt();
    const [bottom, middle, top] = chainOf(3);
    assert.ok(bottom && middle && top);
    hold(chain, bottom, middle, top);
    chain.advanceTip(middle, fastCertificate(1, middle.hash));
    assert.deepEqual(chain.ascending().map(({ slot }) => Number(slot)), [2]);
    assert.deepEqual([chain.tip.slot, chain.tip.sequence, chain.tip.hash], [1, 1, middle.hash]);
  });
  it('section 8: while far behind, slots below one proven final are given up, but only beyond 256', () => {
    const chain = chainAt();
    for (let slot = 0; slot < 256; slot += 1) chain.recordFor(toSlot(slot));
    assert.equal(chain.forgetBelow(toSlot(255)), false);
    chain.recordFor(toSlot(256));
    assert.equal(chain.forgetBelow(toSlot(250)), true);
    assert.deepEqual(chain.ascending().map(({ slot }) => Number(slot)), [250, 251, 252, 253, 254, 255, 256]);
  });
  it('section 2: lastSequence is that of the highest certified block below the slot', () => {
    const chain = chainAt();
    const blocks = chainOf(3);
    certify(chain, ...blocks.slice(0, 2));
    hold(chain, ...blocks.slice(2));
    assert.deepEqual([0, 1, 2, 3].map((slot) => Number(chain.lastCertifiedSequence(toSlot(slot)))), [-1, 0, 1, 1]);
  });
});
