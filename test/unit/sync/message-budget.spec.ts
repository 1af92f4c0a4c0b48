import assert from 'node:assert/strict';
import { MessageBudget } from '../../../src/sync/message-budget.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import { skip, viewChange } from '../consensus/fixtures.js';

describe('what slot state is cut to (section 7)', () => {
  it('a peer that lacks more skipped slots than one answer holds gets over all of them in a few (section 2, long skip gaps)', () => {
    const budget = new MessageBudget({ maxBytes: 3 * 1024 * 1024, maxCount: 16_384 });
    const signers = Array.from({ length: 14 }, (_, signer) => signer);
    const gap = 3000;
    const messages = Array.from({ length: gap }, (_, slot): ConsensusMessage[] => [
      { type: 'CERTIFICATE', certificate: skip(slot, signers) }, ...signers.map((signer) => viewChange(slot, signer)),
    ]).flat();
    const peer = toPublicKeyHex('1'.repeat(64));
    // What a receiver does: certificates of slots it has reached move it on, those beyond its window are lost on it.
    let current = 0;
    for (let round = 0; round < 100 && current < gap; round += 1) {
      for (const message of budget.fit(messages, peer)) {
        if (message.type === 'CERTIFICATE' && message.certificate.slot === current) current += 1;
      }
    }
    assert.equal(current, gap);
  });
});
