import assert from 'node:assert/strict';
import { toEpoch, toMemberIndex, toSlot, toView, ZERO_HASH } from '../../../src/types/ids.js';
import type { ConsensusMessage, Vote } from '../../../src/types/messages.js';
import type { Scenario } from '../scenario.js';
import { Stage } from '../stage.js';

/** Copies of a vote with one thing changed each, and the signature left as it was. */
function mutations(vote: Vote, other: number): ConsensusMessage[] {
  const { slot, epoch, signer, signature } = vote;
  const numbers = vote.type === 'VIEW-CHANGE' ? { view: toView(vote.newView), sequence: vote.lastSequence } : { view: vote.view, sequence: vote.sequence };
  const blockHash = vote.type === 'VIEW-CHANGE' ? ZERO_HASH : vote.blockHash;
  const shifted: Vote = vote.type === 'VIEW-CHANGE' ? { ...vote, slot: toSlot(slot + 1), newView: vote.newView + 1 } : { ...vote, slot: toSlot(slot + 1), view: toView(vote.view + 1) };
  const swapped: Vote = vote.type === 'COMMIT'
    ? { type: 'VIEW-CHANGE', epoch, slot, signer, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, newView: numbers.view, lastSequence: numbers.sequence, signature }
    : { type: 'COMMIT', epoch, slot, signer, blockHash, ...numbers, signature };
  const flipped: Vote[] = vote.type === 'COMMIT' ? [] : [{ ...vote, first: !vote.first }];
  return [shifted, swapped, ...flipped, { ...vote, epoch: toEpoch(epoch + 1) }, { ...vote, signer: toMemberIndex(other) }];
}

/**
 * While membership is fixed there is one epoch, and a signed statement of another one does not exist; `epoch-not-signed`
 * cannot lead to a fork before section 9 is built.
 */
export const unsignedMutations: Scenario = {
  name: 'unsigned-mutations',
  source: 'ByzzFuzz (Winter et al. 2023): slot±1, flipped `first`, swapped type, epoch, signer',
  rules: ['section 2', 'section 12'],
  story: 'Byzantine member 3 sends all others mutated copies of each vote that it hears, with the signatures they had. None of them counts, nobody takes '
    + 'them for votes of its own that it forgot, and nobody is convicted.',
  weaknesses: [{ mutant: 'signature-not-verified', fails: /^(Stall: not within|AssertionError.*nobody was misled)/s }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, byzantine: [3], watch });
    const heard = new Set<string>();
    stage.hold((message, from) => {
      if (message.type !== 'PREPARE' && message.type !== 'COMMIT' && message.type !== 'VIEW-CHANGE') return false;
      const text = `${message.type} ${message.slot} ${message.signer} ${message.blockHash}`;
      if (!heard.has(text) && message.signer === from) {
        heard.add(text);
        for (const mutated of mutations(message, (message.signer + 1) % 3)) for (const to of [0, 1, 2]) stage.world.inject(3, to, mutated, 2);
      }
      return false;
    });
    for (let round = 0; round < 8; round += 1) await stage.untilFinal(stage.submit(`round ${round}`), 6000, `round ${round}`);
    for (const { replica } of stage.honest) assert.ok(replica.snapshot().mode === 'voting' && replica.snapshot().equivocations.length === 0, 'nobody was misled');
  },
};
