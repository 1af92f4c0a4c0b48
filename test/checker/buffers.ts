import type { BufferSizes } from './observation.js';
import type { Society } from './society.js';
import type { Report } from './violation.js';

/** The limits of SPEC section 8. */
const SLOTS_AHEAD = 64;
const SLOTS_GIVEN_UP_ABOVE = 256;
const BODIES_SLOTS_AHEAD = 16;
const VOTES_OF_ONE = 2;

/** Invariant 8: what one platform keeps is within the limits of SPEC section 8. */
export function checkBuffers({ memberCount }: Society, platform: number, sizes: BufferSizes, report: Report): void {
  const { finalSlot, currentSlot, slots } = sizes;
  const preparesOfOne = Math.ceil(memberCount / 2) + 2;
  const over = (what: string, size: number, limit: number): void => {
    if (size > limit) report(8, `platform ${platform} keeps ${size} ${what}, but at most ${limit} are allowed`);
  };
  for (const { slot, preparesOfOne: prepares, viewChangesOfOne, commitsOfOne, bodies } of slots) {
    if (slot <= finalSlot) report(8, `platform ${platform} keeps slot ${slot} although slot ${finalSlot} is final`);
    over(`PREPAREs of one member in slot ${slot}`, prepares, preparesOfOne);
    over(`VIEW-CHANGEs of one member in slot ${slot}`, viewChangesOfOne, VOTES_OF_ONE);
    over(`COMMITs of one member in slot ${slot}`, commitsOfOne, VOTES_OF_ONE);
    // Two for evidence; each other needs PREPAREs of a member, who has so many.
    over(`blocks in slot ${slot}`, bodies, slot <= currentSlot + BODIES_SLOTS_AHEAD ? 2 + memberCount * preparesOfOne : 0);
    if (slot > currentSlot + SLOTS_AHEAD && prepares + viewChangesOfOne + bodies > 0) {
      report(8, `platform ${platform} keeps votes of slot ${slot} while it is in slot ${currentSlot}`);
    }
  }
  over('slots', slots.length, SLOTS_GIVEN_UP_ABOVE + SLOTS_AHEAD + memberCount);
}
