import assert from 'node:assert/strict';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import { toMemberIndex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import { withinSteps } from '../../fuzz/steps.js';
import { Bench, block, checkpoint, commit, equivocation, fastCertificate, hashOf, ownVote, prepare, prepareCertificate, prePrepare, skip, slowCertificate, tipOf, viewChange } from './fixtures.js';

const FIRST = block({ slot: 0 });
const SECOND = block({ slot: 1, parent: FIRST });
const OTHER = block({ slot: 0, label: 'other' });

/** Messages in short: type, slot, and signer where they have one. */
function inShort(messages: readonly ConsensusMessage[]): string[] {
  return messages.map((message) => {
    switch (message.type) {
      case 'CERTIFICATE': return `${message.certificate.kind} certificate ${message.certificate.slot}`;
      case 'EQUIVOCATION': return `EQUIVOCATION ${message.slot}`;
      case 'CHECKPOINT': return `CHECKPOINT ${message.sequence} of ${message.signer}`;
      default: return `${message.type} ${message.slot} of ${message.signer}`;
    }
  });
}

/** Two certified blocks, a skipped slot, and votes of others everywhere. */
function busy(): Bench {
  const bench = new Bench();
  bench.take(prePrepare(FIRST), prepare(0, 0, FIRST.hash));
  bench.certificate(prepareCertificate(0, FIRST.hash));
  bench.take(prePrepare(SECOND, { parent: prepareCertificate(0, FIRST.hash) }), prepare(1, 2, SECOND.hash), viewChange(2, 1));
  bench.certificate(skip(2));
  bench.take(checkpoint(0, 0, hashOf('root')), checkpoint(0, 1, hashOf('root')));
  return bench;
}

describe('section 7: slot state', () => {
  it('section 7: costs no more in a long chain, whatever parentSlot a leader wrote', () => {
    const SLOT = 5_000_000;
    const finalTip = tipOf(block({ slot: SLOT - 1, header: { view: toView(0), sequence: toSequence(SLOT - 1), parentSlot: toSlot(SLOT - 2) } }));
    const bench = new Bench({ durable: { finalTip } });
    bench.take(prePrepare(block({ slot: SLOT, header: { view: toView(SLOT), sequence: toSequence(0), parentSlot: toSlot(-1) } })));
    const messages = withinSteps(1000, () => bench.replica.slotStateAbove(toSlot(SLOT - 1)));
    assert.deepEqual(inShort(messages), [`PRE-PREPARE ${SLOT} of ${SLOT % 4}`]);
  });

  it('section 7: everything above a slot, lowest first, certificates before what they justify, votes in signer order', () => {
    assert.deepEqual(inShort(busy().replica.slotStateAbove(toSlot(-1))), [
      'PREPARE certificate 0', 'PRE-PREPARE 0 of 0', 'PREPARE 0 of 0', 'PREPARE 0 of 3', 'COMMIT 0 of 3',
      'PRE-PREPARE 1 of 1', 'PREPARE 1 of 2', 'PREPARE 1 of 3', 'VIEW-CHANGE certificate 2', 'VIEW-CHANGE 2 of 1',
      'CHECKPOINT 0 of 0', 'CHECKPOINT 0 of 1',
    ]);
  });
  it('section 4: all above the asker\'s final slot, gaps below its highest certificate included (draft i)', () => {
    const state = inShort(busy().replica.slotStateAbove(toSlot(0)));
    assert.ok(state.includes('PRE-PREPARE 1 of 1') && state.includes('PREPARE 1 of 2'));
    assert.ok(state.every((message) => !message.includes(' 0 of 3') || message.startsWith('CHECKPOINT')));
  });
  it('section 7: proposals are served with the justification held: parent\'s certificate and skips', () => {
    const bench = new Bench();
    const late = block({ slot: 2, parent: FIRST });
    bench.take(prePrepare(FIRST), prePrepare(late));
    bench.certificate(prepareCertificate(0, FIRST.hash), skip(1));
    const served = bench.replica.slotStateAbove(toSlot(1)).find((message) => message.type === 'PRE-PREPARE');
    assert.ok(served?.type === 'PRE-PREPARE');
    assert.deepEqual([served.justification.parent?.kind, served.justification.skips.map(({ slot }) => Number(slot))], ['PREPARE', [1]]);
  });
  it('R9: evidence is served with the slot', () => {
    const bench = new Bench();
    bench.take(equivocation(FIRST, OTHER));
    assert.deepEqual(inShort(bench.replica.slotStateAbove(toSlot(-1))), ['EQUIVOCATION 0']);
  });
  it('section 8: what is final is not slot state any more', () => {
    const bench = new Bench();
    bench.fastFinal(FIRST);
    assert.deepEqual(bench.replica.slotStateAbove(toSlot(-1)), []);
  });
});

describe('section 4: re-sending', () => {
  it('section 4: own votes, the blocks and justifications they are for, all certificates and evidence above final; not others\' votes', () => {
    const bench = busy();
    bench.take(prePrepare(block({ slot: 3, parent: OTHER })), prepare(3, 0, hashOf('x')));
    assert.deepEqual(inShort(bench.replica.resendMessages()), [
      'PREPARE certificate 0', 'PRE-PREPARE 0 of 0', 'PREPARE 0 of 3', 'COMMIT 0 of 3',
      'PRE-PREPARE 1 of 1', 'PREPARE 1 of 3', 'VIEW-CHANGE certificate 2',
    ]);
  });
  it('section 4: own proposals, those not voted for yet, too; and own fallback votes with their block', () => {
    const proposer = new Bench({ self: 1, pool: ['tx'] });
    proposer.take(prePrepare(FIRST));
    assert.deepEqual(inShort(proposer.replica.resendMessages()), ['PRE-PREPARE 0 of 0', 'PREPARE 0 of 1', 'PRE-PREPARE 1 of 1']);
    const late = new Bench();
    late.pending();
    late.passMs(1000);
    late.take(prePrepare(FIRST));
    assert.deepEqual(inShort(late.replica.resendMessages()), ['PRE-PREPARE 0 of 0', 'PREPARE 0 of 3', 'VIEW-CHANGE 0 of 3']);
  });
  it('section 4: the last own CHECKPOINT, and nobody else\'s', () => {
    const bench = new Bench();
    bench.take(checkpoint(9, 0, hashOf('root')));
    for (const sequence of [FIRST.header.sequence, SECOND.header.sequence]) bench.step({ type: 'executed', sequence, stateRoot: hashOf('root') });
    assert.deepEqual(inShort(bench.replica.resendMessages()), ['CHECKPOINT 1 of 3']);
  });
  it('section 5: after a restart what was said is re-sent as soon as it is signed again', () => {
    const votes = [ownVote(prepare(0, 3, FIRST.hash)), ownVote(commit(0, 3, FIRST.hash))];
    const bench = new Bench({ comparing: true, durable: { votes, blocks: [{ slot: toSlot(0), block: FIRST, signature: new Uint8Array(64) }], certificates: [prepareCertificate(0, FIRST.hash)] } });
    assert.deepEqual(inShort(bench.replica.resendMessages()), ['PREPARE certificate 0', 'PRE-PREPARE 0 of 0', 'PREPARE 0 of 3', 'COMMIT 0 of 3']);
  });
});

describe('section 7: STATUS', () => {
  it('section 7: final slot with its certificate, the highest slot\'s certificate, the current slot', () => {
    const bench = new Bench();
    const before = bench.replica.status();
    assert.deepEqual([before.finalSlot, before.finalSequence, before.finalityCertificate, before.highestCertificate, before.currentSlot], [-1, -1, undefined, undefined, 0]);
    bench.fastFinal(FIRST);
    bench.take(prePrepare(SECOND));
    bench.certificate(prepareCertificate(1, SECOND.hash), skip(2), skip(5));
    const { finalSlot, finalHash, finalityCertificate, highestCertificate, currentSlot, observing } = bench.replica.status();
    assert.deepEqual([finalSlot, finalHash, finalityCertificate?.kind, currentSlot, observing], [0, FIRST.hash, 'FAST', 3, false]);
    assert.deepEqual([highestCertificate?.kind, highestCertificate?.slot], ['VIEW-CHANGE', 5]);
  });
  it('section 7: the final block\'s certificate is the one that made it final', () => {
    const bench = new Bench();
    bench.take(prePrepare(FIRST));
    bench.certificate(slowCertificate(0, FIRST.hash), fastCertificate(0, FIRST.hash));
    assert.equal(bench.replica.status().finalityCertificate?.kind, 'SLOW');
  });
  it('A1: phases for people: idle, pre-prepared, prepared, committed', () => {
    const bench = new Bench();
    const phases = [bench.replica.snapshot().phase];
    bench.take(prePrepare(FIRST));
    phases.push(bench.replica.snapshot().phase);
    bench.certificate(prepareCertificate(0, FIRST.hash));
    phases.push(bench.replica.snapshot().phase);
    const late = new Bench();
    late.pending();
    late.passMs(1000);
    late.take(prePrepare(FIRST));
    late.certificate(prepareCertificate(0, FIRST.hash));
    phases.push(late.replica.snapshot().phase);
    assert.deepEqual(phases, ['IDLE', 'PRE-PREPARED', 'COMMITTED', 'PREPARED']);
    assert.equal(late.replica.snapshot().leader, toMemberIndex(1));
  });
});
