import { CERTIFICATE_MUTANTS } from './catalogue/certificates.js';
import { DURABILITY_MUTANTS } from './catalogue/durability.js';
import { EXCHANGE_MUTANTS } from './catalogue/exchange.js';
import { SCENARIO_MUTANTS } from './catalogue/scenarios.js';
import { SLOT_MUTANTS } from './catalogue/slots.js';
import { VALIDITY_MUTANTS } from './catalogue/validity.js';
import { VOTING_MUTANTS } from './catalogue/voting.js';
import type { Mutant } from './mutant.js';
import { MutationError } from './mutant.js';

/** Every weakening that the tests must notice; SPEC section 13 is what runs are held against. */
export const MUTANTS: readonly Mutant[] = [
  ...VOTING_MUTANTS, ...CERTIFICATE_MUTANTS, ...SLOT_MUTANTS, ...DURABILITY_MUTANTS, ...EXCHANGE_MUTANTS, ...VALIDITY_MUTANTS,
  ...SCENARIO_MUTANTS,
];

/** @throws MutationError `unknown-mutant` */
export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined) throw new MutationError('unknown-mutant', `there is no mutant ${name}; npm run mutation -- --list names them all`);
  return mutant;
}
