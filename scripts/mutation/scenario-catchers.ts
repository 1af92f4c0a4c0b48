import type { Catcher, Mutant } from '../../test/mutation/mutant.js';
import type { Scenario } from '../../test/scenario/scenario.js';

/** The mutants with the scenarios that name them as one of their weaknesses, to be tried last. */
export function withScenarios(mutants: readonly Mutant[], scenarios: readonly Scenario[]): readonly Mutant[] {
  return mutants.map((mutant) => ({ ...mutant, catchers: [...mutant.catchers, ...scenarios.flatMap((scenario) => catchersFor(mutant, scenario))] }));
}

function catchersFor(mutant: Mutant, { name, weaknesses }: Scenario): readonly Catcher[] {
  return weaknesses.filter((weakness) => weakness.mutant === mutant.name)
    .map(({ fails: { source, flags } }) => ({ kind: 'scenario', name, fails: { source, flags } }));
}
