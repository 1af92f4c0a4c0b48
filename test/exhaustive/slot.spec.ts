import assert from 'node:assert/strict';
import { searchSlot, slotCases } from './slot-cases.js';

/** Searching seven members with the fast path off takes some seconds. */
const TIMEOUT_MS = 60_000;

for (let members = 1; members <= 7; members += 1) {
  describe(`exhaustive: every state of one slot, n=${members} (SPEC section 13, invariants 1, 2 and 9)`, function () {
    this.timeout(TIMEOUT_MS);
    for (const slotCase of slotCases(members)) {
      const { fastPath, rules, expected } = slotCase;
      const claim = expected === 'holds' ? 'neither forks nor gets stuck' : expected === 'fork' ? 'forks' : 'gets stuck';
      it(`fastPath ${fastPath}, ${rules}: ${claim}`, () => {
        const { found, story } = searchSlot(slotCase);
        assert.equal(found, expected, story.join('\n'));
      });
    }
  });
}
