import assert from 'node:assert/strict';
import { mutantNamed } from '../mutation/catalogue.js';
import type { LoadMutated } from '../mutation/mutated-copy.js';
import { mutatedModules, requireLoadable } from '../mutation/mutated-copy.js';
import { SCENARIOS } from './catalogue.js';
import type { Scenario } from './scenario.js';
import { judged } from './scenario.js';

/** `<error's name>: <its message>`, or undefined where the scenario went well. */
async function failureOf(scenario: Scenario): Promise<string | undefined> {
  try {
    await judged(scenario);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

describe('scenarios that broke other protocols or drafts of this one (section 13)', () => {
  it('have names of their own, a source and rules', () => {
    assert.equal(new Set(SCENARIOS.map(({ name }) => name)).size, SCENARIOS.length);
    for (const { name, source, rules, story } of SCENARIOS) assert.ok(/^[a-z0-9-]+$/.test(name) && source !== '' && rules.length > 0 && story !== '', name);
  });

  for (const scenario of SCENARIOS) {
    it(`${scenario.name} holds as specified (${scenario.rules.join('; ')})`, () => judged(scenario));
  }
});

interface Expected {
  readonly name: string;
  readonly fails: RegExp;
}

/** Plays scenarios in a copy of the project that has these mutants, each of which must load. */
async function assertFails(mutants: readonly string[], expected: readonly Expected[]): Promise<void> {
  const patches = mutants.flatMap((mutant) => mutantNamed(mutant).patches);
  const copy = await mutatedModules(mutants.join(' and '), patches);
  try {
    await requireLoadable(mutants.join(' and '), patches, copy.load);
    for (const { name, fails } of expected) assert.match(await weakenedFailure(copy.load, name), fails);
  } finally {
    await copy.remove();
  }
}

/** The scenario as a mutated copy of the project plays it. */
async function weakenedFailure(load: LoadMutated, name: string): Promise<string> {
  const { SCENARIOS: weakened } = await load('test/scenario/catalogue.js') as { readonly SCENARIOS: readonly Scenario[] };
  return await failureOf(weakened.find((each) => each.name === name) ?? assert.fail()) ?? 'no failure at all';
}

/** What each weakness leads to: by mutant, so that one copy serves all scenarios that are about it. */
function expectations(unguarded: boolean): ReadonlyMap<string, readonly Expected[]> {
  const byMutant = new Map<string, Expected[]>();
  for (const { name, weaknesses } of SCENARIOS) {
    for (const { mutant, fails, failsUnguarded } of weaknesses) {
      const expected = unguarded ? failsUnguarded : fails;
      if (expected !== undefined) byMutant.set(mutant, [...byMutant.get(mutant) ?? [], { name, fails: expected }]);
    }
  }
  return byMutant;
}

describe('the same scenarios, with the rule weakened as the draft or the other protocol had it (section 13)', function () {
  // Each loads a copy of the project, which a busy host makes slow; what happens in virtual time is the same there.
  this.timeout(120_000);

  for (const [mutant, expected] of expectations(false)) {
    it(`${mutant}: noticed by ${expected.map(({ name }) => name).join(', ')}`, () => assertFails([mutant], expected));
  }

  for (const [mutant, expected] of expectations(true)) {
    it(`${mutant}, without the vote guard: ${expected.map(({ name }) => name).join(', ')}`, () => (
      assertFails([mutant, 'vote-guard-off', 'vote-guard-overwrites'], expected)
    ));
  }
});
