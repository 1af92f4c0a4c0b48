import { CERTIFICATE_MUTANTS } from './catalogue/certificates.js';
import { DURABILITY_MUTANTS } from './catalogue/durability.js';
import { EXCHANGE_MUTANTS } from './catalogue/exchange.js';
import { GOSSIP_MUTANTS } from './catalogue/gossip.js';
import { HTTP_MUTANTS } from './catalogue/http.js';
import { LINK_MUTANTS } from './catalogue/links.js';
import { SCENARIO_MUTANTS } from './catalogue/scenarios.js';
import { SLOT_MUTANTS } from './catalogue/slots.js';
import { VALIDITY_MUTANTS } from './catalogue/validity.js';
import { VOTING_MUTANTS } from './catalogue/voting.js';
import type { Mutant } from './mutant.js';
import { MutationError } from './mutant.js';

/**
 * Every weakening that the tests must notice; SPEC section 13 is what runs are held against. Scenarios name those that
 * they are about themselves (test/scenario).
 *
 * Not in it, because nothing could notice them, for what they leave out follows from what is left:
 * - *PREPAREs of both kinds reach a quorum in number only* (the first condition on sizes in `#formBlockCertificates` of
 *   slot-record.ts left out): it saves building the map by signer, and the size of that map is what decides.
 * - *certificates at or below final are reloaded* (the comparison with the final slot in `restoreSlots` of restart.ts left
 *   out): the store hands over what is above it, and has a test of its own for that (`R6: nothing at or below the final
 *   slot is loaded`).
 *
 * Nor are what SPEC.md marks as a Choice, such as R2 and R5 coming before R3 and R4c: another choice is no weakening.
 */
export const MUTANTS: readonly Mutant[] = [
  ...VOTING_MUTANTS, ...CERTIFICATE_MUTANTS, ...SLOT_MUTANTS, ...DURABILITY_MUTANTS, ...EXCHANGE_MUTANTS, ...VALIDITY_MUTANTS,
  ...GOSSIP_MUTANTS, ...HTTP_MUTANTS, ...LINK_MUTANTS, ...SCENARIO_MUTANTS,
];

/** @throws MutationError `unknown-mutant` */
export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined) throw new MutationError('unknown-mutant', `there is no mutant ${name}; npm run mutation -- --list names them all`);
  return mutant;
}
