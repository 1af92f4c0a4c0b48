import assert from 'node:assert/strict';
import type { Block } from '../../src/types/block.js';
import { toHash, toSequence, toView } from '../../src/types/ids.js';
import type { BufferSizes, Observation } from './observation.js';
import { adopted, assertNone, assertOne, final, record, Stage } from './stage.js';

const sent = (platform: number, message: Extract<Observation, { readonly type: 'sent' }>['message']): Observation => ({ type: 'sent', platform, message });
const durable = (platform: number, ...records: Extract<Observation, { readonly type: 'durable' }>['records']): Observation => ({ type: 'durable', platform, records });
const seen = (message: Extract<Observation, { readonly type: 'seen' }>['message']): Observation => ({ type: 'seen', message });
const certified = (certificate: Parameters<typeof record.certificate>[0]): Observation => seen({ type: 'CERTIFICATE', certificate });

describe('the independent checker (section 13)', () => {
  const ALL = [0, 1, 2, 3];

  describe('invariant 1: one chain', () => {
    it('two platforms with different blocks at one sequence fork', () => {
      const stage = new Stage({ byzantine: new Set([0]), fastPath: 'off' });
      const [one, other] = [stage.block(0), stage.block(1, { view: toView(1), sequence: toSequence(0) })];
      stage.observe(
        ...final(1, { block: one, certificate: stage.slow(one, [0, 1, 2]) }), ...final(3, { block: other, certificate: stage.slow(other, [0, 2, 3]) }));
      assertOne(stage, /^invariant 1: fork at sequence 0: platform 3 has block/);
    });

    it('the same block at all of them does not, nor does a chain with skipped slots, learned in pieces', () => {
      const stage = new Stage();
      const one = stage.block(0);
      const two = stage.block(3, { parent: one });
      const [first, second] = [{ block: one, certificate: stage.fast(one, ALL) }, { block: two, certificate: stage.fast(two, ALL) }];
      stage.observe(...adopted(0, second), ...final(1, first, second), ...final(2, { block: one, certificate: undefined }, second));
      assertNone(stage);
    });

    it('a block that does not extend the final block below it', () => {
      const stage = new Stage();
      const [one, elsewhere] = [stage.block(0), stage.block(0, { timestampMs: 1500 })];
      const two = stage.block(1, { parent: elsewhere });
      stage.observe(...final(0, { block: one, certificate: stage.fast(one, ALL) }, { block: two, certificate: stage.fast(two, ALL) }));
      assertOne(stage, /^invariant 1: fork: sequence 1 block \w+ does not extend/);
    });

    for (const [what, change, expected] of [
      ['a timestamp that is not after its parent\'s', { timestampMs: 1001 }, /timestamp 1001 is not after/],
      ['a leader out of turn', { proposer: 0 as never }, /proposed by 0, who does not lead slot 2/],
      ['view and sequence beside the slot', { view: toView(5) }, /do not add up to slot 2/],
      ['another society', { chainId: toHash('a'.repeat(64)) }, /another society/],
    ] as const) {
      it(`a final block with ${what}`, () => {
        const stage = new Stage();
        const one = stage.block(0);
        const two = stage.block(2, { parent: one, ...change });
        stage.observe(...final(0, { block: one, certificate: stage.fast(one, ALL) }, { block: two, certificate: stage.fast(two, ALL) }));
        assert.match(stage.found().join('\n'), expected);
      });
    }

    it('a block whose hash is not that of its header, or whose transactions its header does not name', () => {
      const stage = new Stage();
      const block = { ...stage.block(0), hash: toHash('b'.repeat(64)) };
      stage.observe(...final(0, { block, certificate: stage.fast(block, ALL) }));
      assertOne(stage, /is not the hash of its header/);
      const other = new Stage();
      const withoutBody = other.block(0, { transactionCount: 1 });
      other.observe(...final(0, { block: withoutBody, certificate: other.fast(withoutBody, ALL) }));
      assertOne(other, /the header names other transactions/);
    });
  });

  describe('invariant 2: a slot final by its own certificate', () => {
    it('has no VIEW-CHANGE certificate', () => {
      const stage = new Stage({ fastPath: 'off', byzantine: new Set([0, 1, 2]) });
      const block = stage.block(0);
      stage.observe(certified(stage.slow(block, [0, 1, 2])), certified(stage.skipped(0, [0, 1, 2])));
      assert.match(stage.found()[0] ?? '', /^invariant 2: slot 0: VIEW-CHANGE certificate beside slot 0: SLOW certificate/);
    });

    it('has no other PREPARE certificate', () => {
      const stage = new Stage({ byzantine: new Set([0, 1, 2]) });
      const [one, other] = [stage.block(0), stage.block(0, { timestampMs: 2000 })];
      stage.observe(certified(stage.prepared(other, [0, 1, 2])), certified(stage.fast(one, [0, 1, 2])));
      assert.match(stage.found()[0] ?? '', /^invariant 2: slot 0: FAST certificate of block \w+ beside slot 0: PREPARE certificate/);
    });

    it('may have its own PREPARE and SLOW certificates; and one only certified may share its slot with a skip', () => {
      const stage = new Stage({ byzantine: new Set([0]) });
      const [one, two] = [stage.block(0), stage.block(1)];
      stage.observe(certified(stage.fast(one, ALL)), certified(stage.prepared(one, [1, 2, 3])), certified(stage.slow(one, [1, 2, 3])));
      const [p1, p2] = [stage.prepare(1, two), stage.prepare(2, two, { first: true })];
      stage.observe(certified({ ...stage.prepared(two, [0]), signatures: [stage.prepare(0, two), p1, p2] }));
      assertNone(stage);
    });

    it('could not have had one, whatever f members had signed: votes that only luck keeps apart are found', () => {
      // Member 1 gave up after its first vote, with too little proof. Should 3 lie, 0 1 3 make it final and 1 2 3 skip it.
      const stage = new Stage();
      const block = stage.block(0);
      stage.observe(
        seen(stage.prepare(0, block)), seen(stage.prepare(1, block)), seen(stage.viewChange(2, 0)),
        seen(stage.viewChange(1, 0, { block, basisHash: toHash('c'.repeat(64)) })));
      assertOne(stage, /^invariant 2: slot 0: block \w+ could be FAST-final \(0 1 voted for it\) beside a VIEW-CHANGE certificate \(1 2\) with 1 liars/);
    });

    it('votes split in halves leave no room for that', () => {
      const stage = new Stage();
      const block = stage.block(0);
      for (const signer of [0, 1]) stage.observe(seen(stage.prepare(signer, block)));
      for (const signer of [2, 3]) stage.observe(seen(stage.viewChange(signer, 0)));
      assertNone(stage);
    });
  });

  describe('invariant 3: what one platform may say in one slot', () => {
    const cases: readonly [string, (stage: Stage, one: Block, other: Block) => Observation[], RegExp | undefined][] = [
      ['PREPARE(first=1) of two blocks', (s, a, b) => [seen(s.prepare(2, a)), seen(s.prepare(2, b))], /two first votes/],
      ['the same PREPARE again', (s, a) => [seen(s.prepare(2, a)), seen(s.prepare(2, a))], undefined],
      ['PREPARE and VIEW-CHANGE, both first', (s, a) => [seen(s.viewChange(2, 0)), seen(s.prepare(2, a))], /two first votes/],
      ['PREPARE(first=0) without basis after VIEW-CHANGE', (s, a) => [seen(s.viewChange(2, 0)), seen(s.prepare(2, a, { first: false }))], undefined],
      ['PREPARE(first=0) without basis after PREPARE', (s, a, b) => [seen(s.prepare(2, a)), seen(s.prepare(2, b, { first: false }))], /two first votes/],
      ['PREPARE(first=0) with basis after PREPARE', (s, a, b) => [seen(s.prepare(2, a)), seen(s.prepare(2, b, { first: false, basisHash: toHash('c'.repeat(64)) }))], undefined],
      ['PREPARE(first=0) with basis for the block of its first vote', (s, a) => [seen(s.prepare(2, a)), seen(s.prepare(2, a, { first: false, basisHash: toHash('c'.repeat(64)) }))], /two first votes/],
      ['PREPARE(first=0) with basis after VIEW-CHANGE', (s, a) => [seen(s.viewChange(2, 0)), seen(s.prepare(2, a, { first: false, basisHash: toHash('c'.repeat(64)) }))], /two first votes/],
      ['VIEW-CHANGE(first=0) naming its first vote', (s, a) => [seen(s.prepare(2, a)), seen(s.viewChange(2, 0, { block: a, basisHash: toHash('c'.repeat(64)) }))], undefined],
      ['VIEW-CHANGE(first=0) naming another block', (s, a, b) => [seen(s.prepare(2, a)), seen(s.viewChange(2, 0, { block: b, basisHash: toHash('c'.repeat(64)) }))], /two first votes/],
      ['COMMIT of two blocks', (s, a, b) => [seen(s.commit(2, a)), seen(s.commit(2, b))], /COMMIT beside another vote/],
      ['COMMIT and VIEW-CHANGE', (s, a) => [seen(s.viewChange(2, 0)), seen(s.commit(2, a))], /COMMIT beside another vote/],
      ['COMMIT and PREPARE of another block', (s, a, b) => [seen(s.prepare(2, b)), seen(s.commit(2, a))], /COMMIT beside another vote/],
      ['COMMIT and PREPARE of the same block', (s, a) => [seen(s.commit(2, a)), seen(s.prepare(2, a))], undefined],
      ['two proposals', (s, a, b) => [seen(s.prePrepare(a)), seen(s.prePrepare(b))], /proposed both/],
      ['votes in two slots', (s, a) => [seen(s.prepare(2, a)), seen(s.viewChange(2, 1))], undefined],
    ];
    for (const [what, observations, expected] of cases) {
      it(`${what}: ${expected === undefined ? 'allowed' : 'not'}`, () => {
        const stage = new Stage();
        stage.observe(...observations(stage, stage.block(0), stage.block(0, { timestampMs: 2000 })));
        if (expected === undefined) assertNone(stage);
        else assertOne(stage, expected);
      });
    }

    it('a liar may say anything; a forged statement is nobody\'s', () => {
      const stage = new Stage({ byzantine: new Set([2]) });
      const [one, other] = [stage.block(0), stage.block(0, { timestampMs: 2000 })];
      stage.observe(seen(stage.prepare(2, one)), seen(stage.prepare(2, other)), seen(stage.prepare(1, one)));
      stage.observe(seen({ ...stage.prepare(1, other), signature: stage.prepare(2, other).signature }));
      assertNone(stage);
    });

    it('statements inside certificates count', () => {
      const stage = new Stage({ byzantine: new Set([0, 1]) });
      const [one, other] = [stage.block(0), stage.block(0, { timestampMs: 2000 })];
      stage.observe(certified(stage.prepared(one, [0, 1, 2])), seen(stage.prepare(2, other)));
      assert.match(stage.found()[0] ?? '', /^invariant 3: platform 2 slot 0: two first votes/);
    });

    it('with the fast path off, a PREPARE(first=0) after a PREPARE needs no basis, and only excludes the same block', () => {
      const stage = new Stage({ fastPath: 'off' });
      const [one, other] = [stage.block(0), stage.block(0, { timestampMs: 2000 })];
      stage.observe(seen(stage.prepare(2, one)), seen(stage.prepare(2, other, { first: false })));
      assertNone(stage);
      stage.observe(seen(stage.prepare(2, one, { first: false })));
      assertOne(stage, /two first votes/);
    });

    it('a proposal decided on after the own VIEW-CHANGE (R1); one decided on before may be', () => {
      const stage = new Stage();
      const block = stage.block(0);
      stage.observe(durable(0, record.vote(stage.viewChange(0, 0)), record.proposed(block)));
      assertOne(stage, /^invariant 3: platform 0 slot 0: proposes after its own VIEW-CHANGE/);
      const other = new Stage();
      other.observe(durable(0, record.proposed(block), record.vote(other.viewChange(0, 0)), record.proposed(block)));
      assertNone(other);
    });
  });

  describe('invariant 4: durable before sent (section 5)', () => {
    const stage = new Stage({ fastPath: 1 });
    const parent = stage.block(0);
    const block = stage.block(2, { parent });
    const justification = [record.certificate(stage.prepared(parent, [0, 1, 2])), record.certificate(stage.skipped(1, [0, 1, 2]))];
    const basis = stage.basis([stage.viewChange(0, 2), stage.viewChange(2, 2), stage.viewChange(3, 2)]);
    const giveUp = stage.viewChange(1, 2, { block, basisHash: basis.hash });
    const table = [
      ['PRE-PREPARE', 2, stage.prePrepare(block), [record.block(block), record.proposed(block)]],
      ['PREPARE', 1, stage.prepare(1, block), [record.block(block), ...justification, record.vote(stage.prepare(1, block))]],
      ['VIEW-CHANGE', 1, stage.viewChange(1, 2), [record.certificate(stage.skipped(1, [0, 2, 3])), record.vote(stage.viewChange(1, 2))]],
      ['VIEW-CHANGE(first=0)', 1, giveUp, [
        record.certificate(stage.skipped(1, [0, 2, 3])), record.vote(stage.prepare(1, block)), record.basis(2, basis), record.vote(giveUp),
      ]],
      ['COMMIT', 1, stage.commit(1, block), [record.block(block), record.certificate(stage.prepared(block, [0, 1, 2])), record.vote(stage.commit(1, block))]],
    ] as const;

    for (const [name, platform, message, records] of table) {
      it(`${name}: with all that the table demands`, () => {
        assertNone(new Stage().observe(durable(platform, ...records), sent(platform, message)));
      });
      records.forEach((left, index) => {
        it(`${name}: not without its ${left.type} (${index + 1} of ${records.length})`, () => {
          const found = new Stage().observe(durable(platform, ...records.filter((each) => each !== left)), sent(platform, message)).found();
          assert.ok(found.some((text) => text.startsWith(`invariant 4: platform ${platform} sent ${message.type}`)), found.join('\n'));
        });
      });
      it(`${name}: not after the store was lost`, () => {
        const lost: Observation = { type: 'store-replaced', platform, records: [] };
        const found = new Stage().observe(durable(platform, ...records), lost, sent(platform, message)).found();
        assert.ok(found.some((text) => text.startsWith('invariant 4')), found.join('\n'));
      });
    }

    it('"final" is told only when that, and its certificate, are durable', () => {
      const certificate = stage.fast(parent, [0, 1, 2]);
      const told: Observation = { type: 'final', platform: 0, blocks: [{ block: parent, certificate }] };
      assertNone(new Stage().observe(durable(0, record.final(parent, certificate)), told));
      assertOne(new Stage().observe(durable(0, record.final(parent)), told), /before the finality certificate was durable/);
      assert.match(new Stage().observe(told).found()[0] ?? '', /^invariant 4: platform 0 called block \w+, sequence 0, final before/);
      assertOne(new Stage().observe(...final(0, { block: parent, certificate: undefined })), /with no finality certificate above it/);
    });

    it('a CHECKPOINT only for a final block; what others signed, and what liars send, is not judged', () => {
      const checkpoint = { type: 'CHECKPOINT', epoch: block.header.epoch, sequence: toSequence(0), stateRoot: toHash('d'.repeat(64)) } as const;
      const signed = { ...checkpoint, signer: parent.header.proposer, signature: stage.sign(0, checkpoint) };
      assertOne(new Stage().observe(sent(0, signed)), /sent CHECKPOINT of sequence 0 before the final block/);
      assertNone(new Stage().observe(...final(0, { block: parent, certificate: stage.fast(parent, [0, 1, 2]) }), sent(0, signed)));
      assertNone(new Stage().observe(sent(3, signed)));
      assertNone(new Stage({ byzantine: new Set([1]) }).observe(sent(1, stage.prepare(1, block))));
    });
  });

  describe('invariant 5: certificates that honest platforms keep, tell or pass on', () => {
    const stage = new Stage();
    const block = stage.block(0);
    const good = stage.fast(block, [0, 1, 2]);
    const [vote] = good.signatures;
    if (vote === undefined) throw new Error('a certificate without signatures');
    const kept = (certificate: Parameters<typeof record.certificate>[0], change = {}): Stage => (
      new Stage(change).observe(durable(3, record.certificate(certificate)), sent(3, { type: 'CERTIFICATE', certificate })));

    it('good ones of each kind', () => {
      for (const certificate of [good, stage.prepared(block, [1, 2, 3]), stage.skipped(1, [0, 1, 3])]) assertNone(kept(certificate));
      assertNone(kept(stage.slow(block, [0, 1, 2, 3])));
    });

    for (const [what, certificate, expected] of [
      ['a signer twice', { ...good, signatures: [...good.signatures, vote] }, /holds a signer twice/],
      ['a stranger', stage.fast(block, [0, 1, 4]), /a signer that is not a member/],
      ['one too few', stage.fast(block, [0, 1]), /holds 2 signatures of the 3 it needs/],
      ['first=0 in FAST', { ...good, signatures: [stage.prepare(0, block, { first: false }), ...good.signatures.slice(1)] }, /holds a PREPARE with first=0 of member 0/],
      ['a flipped first', { ...good, signatures: [{ ...vote, first: false }, ...good.signatures.slice(1)], kind: 'PREPARE' }, /holds what member 0 never signed/],
      ['COMMITs recast as PREPAREs', { ...good, signatures: [0, 1, 2].map((signer) => ({ ...stage.commit(signer, block), first: true, basisHash: vote.basisHash })) }, /never signed/],
      ['another epoch', { ...good, epoch: 1 as never }, /of epoch 1/],
    ] as const) {
      it(what, () => { assertOne(kept(certificate), new RegExp(`^invariant 5: .*${expected.source}`)); });
    }

    it('FAST where the fast path is off; a liar\'s own certificates are its own affair', () => {
      assertOne(kept(good, { fastPath: 'off' }), /in a society whose fast path is off/);
      assertNone(new Stage().observe(certified(stage.fast(block, [0, 1]))));
    });
  });

  describe('invariant 6: state roots', () => {
    const executed = (platform: number, sequence: number, root: string): Observation => ({ type: 'executed', platform, sequence, stateRoot: toHash(root.repeat(64)) });

    it('two roots after one sequence', () => {
      assertOne(new Stage().observe(executed(0, 7, 'a'), executed(1, 7, 'b')), /^invariant 6: platform 1 has state b+ after sequence 7/);
    });

    it('equal ones, different ones at different sequences, and a liar\'s', () => {
      assertNone(new Stage({ byzantine: new Set([3]) }).observe(executed(0, 7, 'a'), executed(1, 7, 'a'), executed(1, 8, 'b'), executed(3, 7, 'c')));
    });

    it('one signed in a CHECKPOINT counts as one executed', () => {
      const stage = new Stage();
      const checkpoint = { type: 'CHECKPOINT', epoch: 0 as never, sequence: toSequence(7), stateRoot: toHash('b'.repeat(64)) } as const;
      assertOne(stage.observe(executed(0, 7, 'a'), seen({ ...checkpoint, signer: 1 as never, signature: stage.sign(1, checkpoint) })), /^invariant 6/);
    });
  });

  describe('invariant 7: evidence', () => {
    const stage = new Stage();
    const [one, other] = [stage.block(2), stage.block(2, { timestampMs: 2000 })];
    const shown = (evidence: ReturnType<Stage['equivocation']>, byzantine: readonly number[] = []): Stage => (
      new Stage({ byzantine: new Set(byzantine) }).observe({ type: 'evidence', platform: 0, evidence }));

    it('convicts a liar, and no honest platform', () => {
      assertNone(shown(stage.equivocation(one, other), [2]));
      assertOne(shown(stage.equivocation(one, other)), /^invariant 7: slot 2: evidence convicts honest platform 2/);
    });

    it('is a proof: two headers of one slot, hashed and signed as specified', () => {
      assertOne(shown(stage.equivocation(one, one), [2]), /both headers are the same/);
      assertOne(shown(stage.equivocation(one, other, 1), [2]), /not signed by the leader, member 2/);
      assertOne(shown(stage.equivocation(one, stage.block(6)), [2]), /another society, epoch or slot/);
      assertOne(shown(stage.equivocation(one, { ...other, hash: toHash('e'.repeat(64)) }), [2]), /a block hash is not that of its header/);
    });

    describe('a basis satisfies its rule', () => {
      const leader = stage.equivocation(one, other);
      const based = (build: (s: Stage) => { votes: Parameters<Stage['basis']>[0]; headers?: Parameters<Stage['basis']>[1]; rule: 'R4b' | 'R4c' }): Stage => {
        const checked = new Stage({ byzantine: new Set([2]) });
        const { votes, headers, rule } = build(checked);
        const basis = checked.basis(votes, headers);
        const vote = rule === 'R4b' ? checked.prepare(1, other, { first: false, basisHash: basis.hash }) : checked.viewChange(1, 2, { block: one, basisHash: basis.hash });
        return checked.observe(durable(1, record.basis(2, basis), record.vote(vote)));
      };

      it('R4b: Tₑ non-leaders\' first votes for the block', () => {
        assertNone(based((s) => ({ rule: 'R4b', votes: [s.prepare(0, other), s.prepare(3, other)] })));
        assertOne(based((s) => ({ rule: 'R4b', votes: [s.prepare(0, other), s.prepare(2, other)] })), /holds 1 non-leaders' first votes of the 2 that R4b needs/);
        assertOne(based((s) => ({ rule: 'R4b', votes: [s.prepare(0, other), s.prepare(3, one)] })), /a vote of member 3 that speaks against it/);
        assertOne(based((s) => ({ rule: 'R4b', votes: [s.prepare(0, other), s.prepare(3, other, { first: false })] })), /is not a first vote/);
      });

      it('R4c: T first votes elsewhere, or two headers and Tₑ non-leaders\'', () => {
        assertNone(based((s) => ({ rule: 'R4c', votes: [s.viewChange(0, 2), s.prepare(2, other), s.viewChange(3, 2)] })));
        assertOne(based((s) => ({ rule: 'R4c', votes: [s.viewChange(0, 2), s.viewChange(3, 2)] })), /holds 2 first votes of the 3 that R4c needs/);
        assertNone(based((s) => ({ rule: 'R4c', headers: leader, votes: [s.viewChange(0, 2), s.viewChange(3, 2)] })));
        assertOne(based((s) => ({ rule: 'R4c', headers: leader, votes: [s.viewChange(0, 2), s.prepare(2, other)] })), /holds 1 non-leaders' first votes of the 2/);
        assertOne(based((s) => ({ rule: 'R4c', headers: s.equivocation(one, one), votes: [s.viewChange(0, 2), s.viewChange(3, 2)] })), /holds one header twice/);
        assertOne(based((s) => ({ rule: 'R4c', votes: [s.viewChange(0, 2), s.prepare(2, one), s.viewChange(3, 2)] })), /speaks against it/);
        assertOne(based((s) => ({ rule: 'R4c', votes: [s.viewChange(0, 2), { ...s.prepare(2, other), signature: new Uint8Array(64) }, s.viewChange(3, 2)] })), /never signed/);
        assertOne(based((s) => ({ rule: 'R4c', votes: [s.viewChange(3, 2), s.prepare(2, other), s.viewChange(0, 2)] })), /one vote per signer in their order/);
      });

      it('and hashes to what was signed', () => {
        const checked = new Stage({ byzantine: new Set([2]) });
        const basis = { ...checked.basis([checked.prepare(0, other)]), hash: toHash('f'.repeat(64)) };
        const vote = checked.prepare(1, other, { first: false, basisHash: basis.hash });
        assertOne(checked.observe(durable(1, record.basis(2, basis), record.vote(vote))), /^invariant 7: platform 1 slot 2: the basis of its PREPARE does not hash/);
      });
    });
  });

  describe('invariant 8: buffers (section 8)', () => {
    const slot = { slot: 10, preparesOfOne: 4, viewChangesOfOne: 2, commitsOfOne: 2, bodies: 2 };
    const sizes: BufferSizes = { finalSlot: 8, currentSlot: 9, slots: [slot] };
    const held = (change: Partial<BufferSizes>): Stage => new Stage().observe({ type: 'buffers', platform: 1, sizes: { ...sizes, ...change } });

    it('at their limits', () => { assertNone(held({ slots: [slot, { ...slot, slot: 73, bodies: 0 }] })); });

    for (const [what, change, expected] of [
      ['PREPAREs', { slots: [{ ...slot, preparesOfOne: 5 }] }, /5 PREPAREs of one member in slot 10, but at most 4/],
      ['VIEW-CHANGEs', { slots: [{ ...slot, viewChangesOfOne: 3 }] }, /3 VIEW-CHANGEs of one member/],
      ['COMMITs', { slots: [{ ...slot, commitsOfOne: 3 }] }, /3 COMMITs of one member/],
      ['blocks far ahead', { slots: [{ ...slot, slot: 26, bodies: 1 }] }, /1 blocks in slot 26, but at most 0/],
      ['slots too far ahead', { slots: [{ ...slot, slot: 74, bodies: 0 }] }, /keeps votes of slot 74 while it is in slot 9/],
      ['slots that are final', { slots: [{ ...slot, slot: 8 }] }, /keeps slot 8 although slot 8 is final/],
      ['slots', { finalSlot: -1, currentSlot: 400, slots: Array.from({ length: 400 }, (_, index) => ({ ...slot, slot: index })) }, /keeps 400 slots/],
    ] as const) {
      it(`too many ${what}`, () => { assertOne(held(change), new RegExp(`^invariant 8: platform 1 .*${expected.source}`)); });
    }
  });

  describe('invariant 9: progress while nothing goes wrong', () => {
    /** Final blocks in these slots only, and calm from slot 0 to 60. */
    function chainOf(slots: readonly number[], byzantine: readonly number[] = []): Stage {
      const stage = new Stage({ byzantine: new Set(byzantine), fastPath: 'off' });
      let parent: Block | undefined;
      stage.observe({ type: 'calm-begins', slot: 0 });
      for (const slot of slots) {
        const block = stage.block(slot, parent === undefined ? {} : { parent });
        stage.observe(...final(1, { block, certificate: stage.slow(block, [1, 2, 3]) }));
        parent = block;
      }
      return stage.observe({ type: 'calm-ends', slot: 60 });
    }
    const upTo = (end: number, keep: (slot: number) => boolean): number[] => Array.from({ length: end }, (_, slot) => slot).filter(keep);

    it('n−2f of every n slots are enough', () => {
      assertNone(chainOf(upTo(60, (slot) => slot % 4 < 2)));
    });

    it('one less is not, nor are the blocks of liars', () => {
      assertOne(chainOf(upTo(60, (slot) => slot % 4 < 2 && slot !== 40)), /^invariant 9: only 1 honest leaders' blocks of the slots \d+ to \d+ became final, 2 must/);
      assertOne(chainOf(upTo(60, (slot) => slot % 4 < 2), [0]), /only 1 honest leaders' blocks/);
    });

    it('after what went wrong there is a final block within 4n slots', () => {
      assertNone(chainOf([0, 16, ...upTo(60, (slot) => slot > 16)]));
      assert.match(chainOf([0, 17, ...upTo(60, (slot) => slot > 17)]).found()[0] ?? '', /^invariant 9: no block of the slots 1 to 16 became final/);
    });

    it('nothing is asked of a stretch that is not calm', () => {
      assertNone(new Stage().observe({ type: 'calm-ends', slot: 60 }));
    });
  });
});
