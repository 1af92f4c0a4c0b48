import assert from 'node:assert/strict';
import { parseFloodOptions } from '../../scripts/flood/options.js';
import type { Probe } from '../../scripts/flood/probes.js';
import { figuresOf, judge } from '../../scripts/flood/verdict.js';
import type { Judged, Phase } from '../../scripts/flood/verdict.js';
import { refusalIn } from '../../scripts/flood/witness.js';
import type { Witnessed } from '../../scripts/flood/witness.js';
import { ATTACKS } from './catalogue.js';

const HONEST = ['Thor', 'Sprout', 'Legion'];
const SILENT = { out: () => undefined, err: () => undefined };

function probes(...latenciesMs: readonly (number | undefined)[]): Probe[] {
  return latenciesMs.map((latencyMs, index) => ({ platform: 'Thor', submittedMs: index, finalMs: latencyMs === undefined ? undefined : index + latencyMs }));
}

function phase(latenciesMs: readonly (number | undefined)[], witnessed: Partial<Witnessed> = {}): Phase {
  return { durationMs: 1000, probes: probes(...latenciesMs), processorMs: 1234, witnessed: { lostLinks: [], refusals: [], unanswered: 0, ...witnessed } };
}

function judged(attack: Phase, changed: Partial<Judged> = {}): readonly string[] {
  return judge({
    control: phase([90, 100, 110]), attack, invalid: false, attackerName: 'Platform2', honestNames: HONEST, attackerTurns: () => 0, slotTimeoutMs: 1000, patience: 3,
    ...changed,
  });
}

describe('flood: the verdict on one kind (row D8)', () => {
  it('is good where every transaction is final within three medians of the control', () => {
    assert.deepEqual(judged(phase([300, 120, 299])), []);
    assert.deepEqual(judged(phase([301])), ["1 of 1 transactions took longer than 3 medians of the control and the attacker's turns"]);
    assert.deepEqual(judged(phase([50, undefined])), ['1 of 2 transactions were never final']);
  });

  it('grants one slot timeout for each of the attacker\'s turns, and a control that fails is no measure', () => {
    assert.deepEqual(judged(phase([1300]), { attackerTurns: () => 1 }), []);
    assert.equal(judged(phase([1301]), { attackerTurns: () => 1 }).length, 1);
    assert.match(judged(phase([10]), { control: phase([undefined, 10]) })[0] ?? '', /without an attack 1 of 2/);
  });

  it('finds an honest member that loses or refuses another, once each', () => {
    const lost = { platform: 'Thor', about: 'Sprout', atMs: 5 };
    assert.deepEqual(judged(phase([1], { lostLinks: [lost, lost] })), ['Thor lost its link to Sprout']);
    const refusals = [{ platform: 'Thor', about: 'Sprout', atMs: 5, reason: 'floods with gossip' }];
    assert.deepEqual(judged(phase([1], { refusals })), ['Thor refused Sprout: floods with gossip']);
  });

  it('what is invalid must be refused by each honest member; what is valid may be', () => {
    const refusals = HONEST.slice(1).map((platform) => ({ platform, about: 'Platform2', atMs: 5, reason: 'too many rejected messages' }));
    assert.deepEqual(judged(phase([1], { refusals })), []);
    assert.deepEqual(judged(phase([1], { refusals }), { invalid: true }), ['Thor did not refuse Platform2, though what it sent was invalid']);
  });

  it('tells median, longest and processor time of a phase', () => {
    assert.deepEqual(figuresOf(phase([30, 10, undefined, 20])), { submitted: 4, final: 3, p50Ms: 20, maxMs: 30, processorSeconds: 1.23 });
    assert.deepEqual(figuresOf({ ...phase([]), processorMs: undefined }), { submitted: 0, final: 0, p50Ms: null, maxMs: null, processorSeconds: null });
  });

  it('reads refusals out of a log in JSON, and nothing else', () => {
    const line = JSON.stringify({ level: 40, time: 7, peer: 'ab', reason: 'floods', durationMs: 30_000, msg: 'a member is refused for a while' });
    assert.deepEqual(refusalIn(line), { publicKey: 'ab', reason: 'floods', atMs: 7 });
    for (const other of ['', '{}', 'a member is refused for a while', JSON.stringify({ msg: 'connected' })]) assert.equal(refusalIn(other), undefined);
  });
});

describe('flood: what it takes', () => {
  it('all kinds for half a minute each unless told otherwise; kinds it does not know are refused', () => {
    const options = parseFloodOptions([], SILENT);
    assert.ok(typeof options !== 'number');
    assert.deepEqual([options.kinds, options.seconds], [ATTACKS.map(({ name }) => name), 30]);
    const chosen = parseFloodOptions(['--kinds', 'blocks, relays', '--seconds', '2.5'], SILENT);
    assert.deepEqual(typeof chosen === 'number' ? chosen : [chosen.kinds, chosen.seconds], [['blocks', 'relays'], 2.5]);
    for (const args of [['--kinds', 'none'], ['--seconds', '0'], ['--rate', 'much'], ['now']]) assert.equal(parseFloodOptions(args, SILENT), 2, args.join(' '));
    assert.equal(parseFloodOptions(['--help'], SILENT), 0);
  });

  it('every kind has a name of its own', () => {
    assert.equal(new Set(ATTACKS.map(({ name }) => name)).size, ATTACKS.length);
  });
});
