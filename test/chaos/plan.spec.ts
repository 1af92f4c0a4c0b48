import assert from 'node:assert/strict';
import { FAULT_KINDS, planRounds } from '../../scripts/chaos/plan.js';
import type { FaultKind, Round } from '../../scripts/chaos/plan.js';
import { Random } from '../simulation/random.js';

const PLATFORMS = ['Thor', 'Sprout', 'Legion', 'Platform2'];

function firstRounds(count: number, seed: number, kinds: readonly FaultKind[] = FAULT_KINDS): Round[] {
  const rounds = planRounds({ platforms: PLATFORMS, byzantine: ['Legion'], adversaries: ['mute', 'two-faced'], kinds, random: new Random(seed) });
  return Array.from({ length: count }, () => rounds.next().value);
}

describe('chaos: plan of faults', () => {
  it('the seed alone decides it', () => {
    assert.deepEqual(firstRounds(50, 7), firstRounds(50, 7));
    assert.notDeepEqual(firstRounds(50, 7), firstRounds(50, 8));
  });

  it('each kind comes once before any comes again, and only kinds that can be made', () => {
    const kinds = FAULT_KINDS.filter((kind) => !kind.startsWith('disk'));
    const rounds = firstRounds(3 * kinds.length, 1, kinds).map(({ kind }) => kind);
    for (let turn = 0; turn < 3; turn += 1) assert.deepEqual(rounds.slice(turn * kinds.length, (turn + 1) * kinds.length).sort(), [...kinds].sort());
  });

  it('faults befall as many as their names say, each platform at some time, and honest disks only', () => {
    const rounds = firstRounds(40 * FAULT_KINDS.length, 2);
    const victims = (kind: FaultKind): string[][] => rounds.filter((round) => round.kind === kind).map((round) => [...round.victims].sort());
    for (const kind of ['kill one', 'pause briefly', 'pause past the timer', 'disk full'] as const) assert.ok(victims(kind).every(({ length }) => length === 1), kind);
    for (const kind of ['kill several', 'pause several'] as const) assert.ok(victims(kind).every(({ length }) => length >= 2 && length < PLATFORMS.length), kind);
    assert.ok(victims('kill all').every(({ length }) => length === PLATFORMS.length));
    assert.ok(victims('disk full everywhere').every((names) => names.join() === 'Platform2,Sprout,Thor'));
    assert.deepEqual([...new Set(victims('kill one').flat())].sort(), [...PLATFORMS].sort());
    assert.ok(victims('lie').every(({ length }) => length === 0));
  });

  it('a Byzantine platform lies in every round that is about that, and with every adversary in turn', () => {
    const told = firstRounds(10 * FAULT_KINDS.length, 3).map(({ kind, adversaries }) => ({ kind, adversary: adversaries.get('Legion') }));
    assert.ok(told.filter(({ kind }) => kind === 'lie').every(({ adversary }) => adversary !== undefined));
    const lies = told.flatMap(({ adversary }) => adversary ?? []);
    for (let at = 0; at + 1 < lies.length; at += 2) assert.notEqual(lies[at], lies[at + 1]);
  });
});
