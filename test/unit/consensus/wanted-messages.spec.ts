import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SLOT_WINDOW } from '../../../src/consensus/chain.js';
import { toSlot } from '../../../src/types/ids.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import {
  Bench, block, chainOf, checkpoint, commit, equivocation, fastCertificate, hashOf, prePrepare, prepare, prepareCertificate, skip, slowCertificate, viewChange,
} from './fixtures.js';

/** Far above any window, yet near enough to count there in a loop. */
const FAR = 1_000;
const NOWHERE = toSlot(0);
const SELF = 3;
const CHAIN = chainOf(8);

/** Members 0 to 2 of four say anything about slots below, at, above and far above the window; the last is this platform. */
const anything: fc.Arbitrary<ConsensusMessage> = fc.record({
  slot: fc.oneof(fc.nat(9), fc.integer({ min: 60, max: 75 }), fc.constant(FAR)), signer: fc.nat(SELF), label: fc.constantFrom('one', 'other', 'third'), first: fc.boolean(),
  kind: fc.constantFrom('PREPARE', 'COMMIT', 'VIEW-CHANGE', 'CHECKPOINT', 'PRE-PREPARE', 'EQUIVOCATION', 'fast', 'slow', 'prepared', 'skip', 'chain', 'chain-vote'),
  own: fc.boolean(),
}).map(({ slot, signer, label, first, kind, own }) => {
  const hash = hashOf(label);
  const signers = own ? [SELF, 101, 102] : undefined;
  const link = CHAIN[slot % CHAIN.length]!;
  switch (kind) {
    case 'PREPARE': return prepare(slot, signer, hash, first);
    case 'COMMIT': return commit(slot, signer, hash);
    case 'VIEW-CHANGE': return viewChange(slot, signer, first ? undefined : hash);
    case 'CHECKPOINT': return checkpoint(slot, signer, hash);
    case 'PRE-PREPARE': {
      const skipped = own ? { skips: [skip(slot)] } : { parent: fastCertificate(slot, hash) };
      return prePrepare(block({ slot, label }), first ? {} : skipped);
    }
    case 'EQUIVOCATION': return equivocation(block({ slot, label: 'one' }), block({ slot, label }));
    case 'fast': return { type: 'CERTIFICATE', certificate: fastCertificate(slot, hash, signers) };
    case 'slow': return { type: 'CERTIFICATE', certificate: slowCertificate(slot, hash, signers) };
    case 'prepared': return { type: 'CERTIFICATE', certificate: prepareCertificate(slot, hash, signers) };
    case 'skip': return { type: 'CERTIFICATE', certificate: skip(slot, signers) };
    case 'chain': return prePrepare(link);
    case 'chain-vote': return prepare(link.header.slot, signer, link.hash);
  }
});

describe('which messages are worth a signature check (section 8, row D8)', () => {
  it('what is not wanted changes nothing when it is taken in all the same', () => {
    let unwanted = 0;
    fc.assert(fc.property(fc.array(anything, { minLength: 40, maxLength: 60 }), (messages) => {
      const bench = new Bench({ self: SELF });
      try {
        for (const message of messages) {
          if (bench.replica.wants(message, NOWHERE)) {
            bench.take(message);
            continue;
          }
          unwanted += 1;
          const before = { effects: bench.effects.length, state: bench.replica.slotStateAbove(toSlot(-1)), status: bench.replica.status(), snapshot: { ...bench.replica.snapshot(), slotsHeld: 0 } };
          bench.take(message);
          assert.deepEqual(
            { effects: bench.effects.length, state: bench.replica.slotStateAbove(toSlot(-1)), status: bench.replica.status(), snapshot: { ...bench.replica.snapshot(), slotsHeld: 0 } },
            before, `${message.type} was not wanted`,
          );
        }
      } catch (error) {
        // Two final chains: any certificate may be asked for here, and the platform stops at that.
        if (!(error instanceof Error) || error.name !== 'ConflictingFinalityError') throw error;
      }
    }), { numRuns: 100 });
    assert.ok(unwanted > 300, `only ${unwanted} were not wanted`);
  });

  it('where the block of a proposal is not wanted, its certificates and the proof it gives are all that it changes', () => {
    let parted = 0;
    fc.assert(fc.property(fc.array(anything, { minLength: 40, maxLength: 60 }), (messages) => {
      const [whole, parts] = [new Bench({ self: SELF }), new Bench({ self: SELF })];
      const stateOf = (bench: Bench): unknown => [bench.replica.slotStateAbove(toSlot(-1)), bench.replica.status(), { ...bench.replica.snapshot(), slotsHeld: 0 }];
      try {
        for (const message of messages) {
          // A leader's word is a sign of its life even where its block does not matter (R8); it is not what is compared here.
          if (message.type === 'PRE-PREPARE') for (const bench of [whole, parts]) bench.step({ type: 'heard', member: message.signer });
          whole.take(message);
          if (message.type !== 'PRE-PREPARE' || parts.replica.wantsBlock(message, NOWHERE)) {
            parts.take(message);
            continue;
          }
          parted += 1;
          const { parent, skips } = message.justification;
          const evidence = parts.replica.contradiction(message);
          for (const certificate of parent === undefined ? skips : [...skips, parent]) parts.take({ type: 'CERTIFICATE', certificate });
          if (evidence !== undefined) parts.take(evidence);
          assert.deepEqual(stateOf(parts), stateOf(whole), `the block in slot ${message.slot} was not wanted`);
        }
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'ConflictingFinalityError') throw error;
      }
    }), { numRuns: 100 });
    assert.ok(parted > 100, `only ${parted} were not wanted`);
  });

  it('votes, proposals and certificates that prove nothing final are wanted for (final, current+64] alone', () => {
    const bench = new Bench();
    bench.fastFinal(CHAIN[0]!);
    const { currentSlot } = bench.replica.snapshot();
    const of = (slot: number): ConsensusMessage[] => [
      prepare(slot, 1, hashOf('any')), commit(slot, 1, hashOf('any')), viewChange(slot, 1), { type: 'CERTIFICATE', certificate: skip(slot) },
      { type: 'CERTIFICATE', certificate: prepareCertificate(slot, hashOf('any')) },
    ];
    const wanted = (slot: number): boolean[] => [...new Set(of(slot).map((message) => bench.replica.wants(message, NOWHERE)))];
    assert.deepEqual([0, 1, currentSlot + SLOT_WINDOW, currentSlot + SLOT_WINDOW + 1, FAR].map(wanted), [[false], [true], [true], [false], [false]]);
    assert.equal(bench.replica.wants(prePrepare(block({ slot: FAR })), NOWHERE), false);
  });

  it('a certificate that is about to be taken in moves the window up before it is', () => {
    const bench = new Bench();
    assert.equal(bench.replica.wants(prepare(100, 1, hashOf('any')), toSlot(36)), true);
    assert.equal(bench.replica.wants(prepare(101, 1, hashOf('any')), toSlot(36)), false);
  });

  it('what is held already is not wanted again, nor more of one member than is kept', () => {
    const bench = new Bench();
    const held: ConsensusMessage[] = [
      prepare(1, 1, hashOf('any')), commit(1, 1, hashOf('any')), viewChange(2, 1), { type: 'CERTIFICATE', certificate: skip(3) }, prePrepare(CHAIN[0]!), checkpoint(8, 1, hashOf('any')),
    ];
    for (const message of held) {
      assert.equal(bench.replica.wants(message, NOWHERE), true, message.type);
      bench.take(message);
      assert.equal(bench.replica.wants(message, NOWHERE), false, message.type);
    }
    for (const label of ['a', 'b', 'c', 'd']) bench.take(prepare(5, 1, hashOf(label)));
    assert.equal(bench.replica.wants(prepare(5, 1, hashOf('e')), NOWHERE), false);
    assert.equal(bench.replica.wants(prepare(5, 2, hashOf('e')), NOWHERE), true);
  });

  it('wanted whatever the slot: proof that this platform is behind, evidence against a leader not yet convicted, an own statement that is not remembered', () => {
    const bench = new Bench();
    const far: ConsensusMessage[] = [
      { type: 'CERTIFICATE', certificate: fastCertificate(FAR, hashOf('any')) }, { type: 'CERTIFICATE', certificate: slowCertificate(FAR, hashOf('any')) },
      equivocation(block({ slot: FAR, label: 'one' }), block({ slot: FAR, label: 'other' })),
      prepare(FAR, SELF, hashOf('any')), { type: 'CERTIFICATE', certificate: skip(FAR, [SELF, 101, 102]) },
      prePrepare(block({ slot: FAR }), { parent: fastCertificate(FAR - 1, hashOf('any')) }),
    ];
    for (const message of far) assert.equal(bench.replica.wants(message, NOWHERE), true, message.type);
  });

  it('a header that contradicts the remembered one of a final slot is wanted, once (R9)', () => {
    const bench = new Bench();
    for (const each of CHAIN.slice(0, 2)) bench.fastFinal(each, undefined);
    const other = prePrepare(block({ slot: 0, label: 'other' }));
    assert.equal(bench.replica.wants(other, NOWHERE), true);
    bench.take(other);
    assert.equal(bench.of('equivocation').length, 1);
    assert.equal(bench.replica.wants(other, NOWHERE), false);
    assert.equal(bench.replica.wants(prePrepare(CHAIN[0]!), NOWHERE), false);
  });
});
