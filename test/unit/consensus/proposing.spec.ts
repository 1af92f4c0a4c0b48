import assert from 'node:assert/strict';
import { toSlot } from '../../../src/types/ids.js';
import type { PrePrepare } from '../../../src/types/messages.js';
import { Bench, block, chainOf, equivocation, fastCertificate, hashOf, MEMBERS_HASH, prepare, prepareCertificate, prePrepare, skip, slowCertificate, START_WALL_MS, trusted } from './fixtures.js';

const B = block({ slot: 0 });

/** Own proposals, as slot, parent's slot, whether a parent certificate came along, and the number of transactions. */
function proposed(bench: Bench): (readonly [number, number, string | undefined, number])[] {
  return bench.said('PRE-PREPARE').map(({ slot, block: { header, transactions }, justification }) => (
    [slot, header.parentSlot, justification.parent?.kind, transactions.length]
  ));
}

describe('R1: normal proposals', () => {
  it('R1: the leader of the first slot proposes on genesis once there is something to propose, and votes for it by R2', () => {
    const bench = new Bench({ self: 0 });
    assert.deepEqual(proposed(bench), []);
    bench.pool.add('tx');
    bench.pending();
    assert.deepEqual(proposed(bench), [[0, -1, undefined, 1]]);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
  });
  it('section 5: PRE-PREPARE: block and the fact of having proposed are durable before the signature', () => {
    const bench = new Bench({ self: 0, pool: ['tx'] });
    const order = bench.effects.flatMap((effect) => (effect.type === 'persist' ? [effect.record.type] : effect.type === 'sign' ? [effect.statement.type] : effect.type === 'broadcast' ? [`send ${effect.message.type}`] : []));
    assert.deepEqual(order.slice(0, 3), ['block', 'proposed', 'PRE-PREPARE']);
    assert.ok(order.indexOf('send PRE-PREPARE') > 2 && order.indexOf('send PRE-PREPARE') < order.indexOf('send PREPARE'));
  });
  it('R1: once in a slot, whatever changes', () => {
    const bench = new Bench({ self: 0, pool: ['tx'] });
    bench.pool.add('more');
    bench.pending();
    bench.passMs(500);
    assert.equal(proposed(bench).length, 1);
  });
  it('R1: others do not propose', () => {
    const bench = new Bench({ self: 1, pool: ['tx'] });
    bench.pending();
    assert.deepEqual(bench.of('build'), []);
  });
  it('R1: never after the own VIEW-CHANGE, nor in a slot already left', () => {
    const [given, left] = [new Bench({ self: 0 }), new Bench({ self: 0 })];
    given.pending();
    given.passMs(1000);
    left.certificate(skip(0));
    for (const bench of [given, left]) {
      bench.pool.add('tx');
      bench.pending();
      assert.deepEqual(proposed(bench), []);
    }
  });
  it('R1: nor where the own VIEW-CHANGE came while the block was being built', () => {
    const bench = new Bench({ self: 0 });
    bench.holdBuilds = true;
    bench.pool.add('tx');
    bench.pending();
    const [request] = bench.of('build').slice(-1);
    assert.ok(request);
    bench.passMs(1000);
    assert.deepEqual(bench.votes(), ['VIEW-CHANGE1 slot 0']);
    const { slot, parentHash } = request.template;
    bench.step({ type: 'built', slot, parentHash, block: block({ slot: 0 }) });
    assert.deepEqual(proposed(bench), []);
  });
  it('R1: on or after entering the slot, on the certified block, with its certificate and the skips between', () => {
    const bench = new Bench({ pool: ['tx'] });
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash), skip(2));
    assert.deepEqual(bench.of('build').filter(({ template }) => template.slot === 3), []);
    bench.certificate(skip(1));
    assert.deepEqual(proposed(bench), [[3, 0, 'PREPARE', 1]]);
    const [{ block: { header }, justification } = { block: B, justification: { skips: [] } }] = bench.said('PRE-PREPARE');
    assert.deepEqual(justification.skips.map(({ slot }) => Number(slot)), [1, 2]);
    assert.deepEqual([header.sequence, header.view, header.proposer, header.nextMembersHash], [1, 2, 3, MEMBERS_HASH]);
    assert.ok(bench.votes().includes('PREPARE1 slot 3'), 'and it is justified to the leader itself');
  });
  it('R1: on a final block, with its finality certificate', () => {
    const bench = new Bench({ pool: ['tx'] });
    bench.take(prePrepare(B));
    bench.certificate(slowCertificate(0, B.hash), skip(1), skip(2));
    assert.deepEqual(proposed(bench), [[3, 0, 'SLOW', 1]]);
  });
  it('section 6: the timestamp is the own clock\'s, but above the parent\'s', () => {
    const late = block({ slot: 0, header: { timestampMs: START_WALL_MS + 400 } });
    for (const [parent, expected] of [[B, START_WALL_MS], [late, START_WALL_MS + 401]] as const) {
      const bench = new Bench({ self: 1, pool: ['tx'] });
      bench.take(prePrepare(parent));
      assert.deepEqual(bench.said('PRE-PREPARE').map(({ block: { header } }) => header.timestampMs), [expected]);
    }
  });
  it('section 4: a leader leaves out what the branch it extends has already', () => {
    const bench = new Bench({ self: 1, pool: ['b0', 'new'] });
    bench.take(prePrepare(B));
    assert.deepEqual(bench.said('PRE-PREPARE').map(({ block: { transactions } }) => transactions.map(({ id }) => id)), [[hashOf('new')]]);
  });
  it('R1: an answer for another branch than the one asked for is not proposed', () => {
    const bench = new Bench({ self: 0 });
    bench.holdBuilds = true;
    bench.pool.add('tx');
    bench.pending();
    bench.step({ type: 'built', slot: B.header.slot, parentHash: hashOf('other'), block: B });
    assert.deepEqual(proposed(bench), []);
    bench.step({ type: 'built', slot: B.header.slot, parentHash: B.header.parentHash, block: B });
    assert.deepEqual(proposed(bench).map(([slot]) => slot), [0]);
    bench.step({ type: 'built', slot: B.header.slot, parentHash: B.header.parentHash, block: block({ slot: 0, label: 'c' }) });
    assert.equal(proposed(bench).length, 1, 'an answer counts once');
  });
});

describe('R1: optimistic proposals', () => {
  it('R1: on its own first vote the next leader proposes the child at once, without the parent\'s certificate', () => {
    const bench = new Bench({ self: 1, pool: ['tx'] });
    bench.take(prePrepare(B));
    assert.deepEqual(proposed(bench), [[1, 0, undefined, 1]]);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0'], 'a proposal is not a vote: the parent is not certified (draft b)');
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0', 'COMMIT slot 0', 'PREPARE1 slot 1']);
    assert.equal(proposed(bench).length, 1, 'and there is no second, normal proposal');
  });
  it('R1: not on a block of a known equivocator', () => {
    const bench = new Bench({ self: 1, pool: ['tx'] });
    bench.take(equivocation(block({ slot: 4, label: 'x' }), block({ slot: 4, label: 'y' })), prePrepare(B));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    assert.deepEqual(proposed(bench), []);
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(proposed(bench), [[1, 0, 'PREPARE', 1]], 'a normal one is made');
  });
  it('R1: not into a slot already left (k >= current), nor on a block that is not voted for', () => {
    const bench = new Bench({ self: 1 });
    bench.certificate(skip(0), skip(1));
    bench.pool.add('tx');
    bench.take(prePrepare(B));
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
    assert.deepEqual(proposed(bench), []);
    const unjustified = new Bench({ self: 2, pool: ['tx'] });
    unjustified.take(prePrepare(block({ slot: 1, parent: B })));
    assert.deepEqual(proposed(unjustified), []);
  });
  it('R1: with nothing to propose none is made, and a normal one later', () => {
    const bench = new Bench({ self: 1 });
    bench.take(prePrepare(B));
    assert.deepEqual(proposed(bench), []);
    bench.pool.add('tx');
    bench.pending();
    assert.deepEqual(proposed(bench), []);
    bench.certificate(prepareCertificate(0, B.hash));
    assert.deepEqual(proposed(bench), [[1, 0, 'PREPARE', 1]]);
  });
  it('R1: where the parent is skipped the leader does not propose again, and cannot vote for its first', () => {
    const bench = new Bench({ self: 1, pool: ['tx'] });
    bench.take(prePrepare(B));
    bench.certificate(skip(0));
    assert.equal(proposed(bench).length, 1);
    assert.deepEqual(bench.votes(), ['PREPARE1 slot 0']);
  });
});

describe('section 4: empty blocks', () => {
  it('section 4: only 2Δ after the certificate of an unfinal block was first held (draft j)', () => {
    const bench = new Bench({ self: 1 });
    bench.take(prePrepare(B));
    bench.passMs(30);
    bench.certificate(prepareCertificate(0, B.hash));
    assert.equal(bench.replica.deadlineMs, 430);
    bench.passMs(399);
    assert.deepEqual(proposed(bench), []);
    bench.passMs(1);
    assert.deepEqual(proposed(bench), [[1, 0, 'PREPARE', 0]]);
  });
  it('section 4: none while nothing is unfinal, however long', () => {
    const bench = new Bench({ self: 1 });
    bench.take(prePrepare(B));
    bench.certificate(fastCertificate(0, B.hash));
    for (let seconds = 0; seconds < 100; seconds += 1) bench.passMs(1000);
    assert.deepEqual(proposed(bench), []);
    assert.ok(bench.of('build').every(({ allowEmpty }) => !allowEmpty));
  });
  it('section 4: a host that leaves such a turn unused is not asked again, and no time that is past is waited for', () => {
    const bench = new Bench({ self: 1 });
    bench.holdBuilds = true;
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash));
    bench.passMs(400);
    bench.step({ type: 'built', slot: toSlot(1), parentHash: B.hash, block: undefined });
    assert.equal(bench.of('build').length, 2);
    assert.equal(bench.of('build').at(-1)?.allowEmpty, true);
    bench.step({ type: 'built', slot: toSlot(1), parentHash: B.hash, block: undefined });
    assert.ok(bench.replica.deadlineMs !== undefined && bench.replica.deadlineMs > 400, `${bench.replica.deadlineMs}`);
    bench.passMs(100);
    assert.equal(bench.of('build').length, 2);
  });
  it('section 4: one who is not the leader has no such deadline', () => {
    const bench = new Bench({ self: 2 });
    bench.take(prePrepare(B));
    bench.certificate(prepareCertificate(0, B.hash));
    assert.notEqual(bench.replica.deadlineMs, 400);
    bench.passMs(500);
    assert.deepEqual(bench.of('build'), []);
  });
  it('section 4: an empty optimistic block is never asked for', () => {
    const bench = new Bench({ self: 2 });
    const [first, second] = chainOf(2);
    assert.ok(first && second);
    bench.take(prePrepare(first));
    bench.certificate(prepareCertificate(0, first.hash));
    bench.passMs(900);
    bench.take(prePrepare(second, { parent: prepareCertificate(0, first.hash) }));
    assert.deepEqual(bench.of('build').map(({ allowEmpty }) => allowEmpty), [false]);
  });
});

describe('R9: equivocators', () => {
  const C = block({ slot: 0, label: 'c' });
  it('R9: two headers of one leader are evidence: durable, passed on, shown, once', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prePrepare(C), prePrepare(block({ slot: 0, label: 'd' })));
    const about = bench.effects.filter((effect) => (
      effect.type === 'equivocation' || (effect.type === 'broadcast' && effect.message.type === 'EQUIVOCATION') || (effect.type === 'persist' && effect.record.type === 'equivocation')
    ));
    assert.deepEqual(about.map(({ type }) => type), ['persist', 'broadcast', 'equivocation']);
    const [shown] = bench.of('equivocation');
    assert.deepEqual(shown?.evidence.headers.map(({ blockHash }) => blockHash), [B.hash, C.hash]);
    assert.equal(bench.replica.snapshot().equivocations.length, 1);
  });
  it('R9: the same header twice, or two in different slots, are none', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prePrepare(B), prePrepare(block({ slot: 4, parent: B })));
    assert.deepEqual(bench.of('equivocation'), []);
  });
  it('R9: evidence got from others is kept and passed on, too, once', () => {
    const bench = new Bench();
    bench.take(equivocation(B, C), equivocation(B, C));
    assert.equal(bench.of('broadcast').filter(({ message }) => message.type === 'EQUIVOCATION').length, 1);
    assert.equal(bench.replica.resendMessages().filter(({ type }) => type === 'EQUIVOCATION').length, 1);
  });
  it('R9: convicts the leader of the slot, whoever its headers name as proposer', () => {
    const framed = { ...equivocation(B, C) };
    const headers = framed.headers.map((signed) => ({ ...signed, header: { ...signed.header, proposer: block({ slot: 2 }).header.proposer } }));
    const [one, other] = headers;
    assert.ok(one && other);
    const bench = new Bench({ pool: ['tx'] });
    bench.take({ ...framed, headers: [one, other] });
    bench.certificate(skip(0), skip(1));
    bench.take(prePrepare(block({ slot: 2 }), { skips: [skip(0), skip(1)] }));
    assert.deepEqual(bench.said('PRE-PREPARE').map(({ slot }) => Number(slot)), [3], 'the optimistic proposal on member 2\'s block is made');
  });
  it('R9: an equivocator\'s block can still be voted for and become final', () => {
    const bench = new Bench();
    bench.take(prePrepare(B), prePrepare(C), prepare(0, 0, B.hash), prepare(0, 1, B.hash));
    assert.equal(bench.replica.finalTip.hash, B.hash);
  });
  it('R9: evidence is known again after a restart', () => {
    const bench = new Bench({ self: 1, pool: ['tx'], durable: { equivocations: [equivocation(block({ slot: 4, label: 'x' }), block({ slot: 4, label: 'y' }))] } });
    bench.take(prePrepare(B));
    assert.deepEqual(bench.said('PRE-PREPARE'), []);
    assert.equal(bench.replica.snapshot().equivocations.length, 1);
  });
});

describe('R1: a leader\'s own proposal', () => {
  it('R1: comes back as counted and is sent with its justification', () => {
    const bench = new Bench({ self: 0, pool: ['tx'] });
    const sent = bench.of('broadcast').map(({ message }) => message).find((message): message is PrePrepare => message.type === 'PRE-PREPARE');
    assert.deepEqual(sent?.justification, { parent: undefined, skips: [] });
    const echo = bench.effects.length;
    assert.ok(sent);
    bench.step({ type: 'message', message: trusted(sent) });
    assert.equal(bench.effects.length, echo, 'an echo changes nothing');
  });
});
