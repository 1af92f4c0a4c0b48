import type { MemberIndex } from '../types/ids.js';
import type { Statement } from '../types/messages.js';
import { markOwn } from './ballot.js';
import type { Chain } from './chain.js';
import type { DurableState } from './records.js';

/** Puts what is durable above the final block back into the slots it belongs to (SPEC section 5, restart). */
export function restoreSlots(chain: Chain, durable: DurableState, self: MemberIndex, monotonicMs: number): void {
  const { tip, epoch } = chain;
  for (const { slot, block, signature } of durable.blocks) {
    if (slot <= tip.slot || signature === undefined) continue;
    const record = chain.recordFor(slot);
    record.addProposal({ block, epoch, slot, signer: record.leader, signature }, true);
  }
  for (const certificate of durable.certificates) {
    if (certificate.slot <= tip.slot) continue;
    const record = chain.recordFor(certificate.slot);
    if (record.addCertificate(certificate) && certificate.kind !== 'VIEW-CHANGE') record.certifiedSinceMs ??= monotonicMs;
  }
  for (const vote of durable.votes) if (vote.slot > tip.slot && vote.signer === self) markOwn(chain.recordFor(vote.slot), vote);
  for (const { slot, blockHash } of durable.proposed) if (slot > tip.slot) chain.recordFor(slot).ownProposal = blockHash;
}

/** What was said above the final block before the restart, to be signed and sent again: the same, never anew. */
export function* statementsToRepeat(chain: Chain, durable: DurableState, self: MemberIndex): Generator<Statement> {
  const { tip, epoch } = chain;
  for (const { slot, blockHash } of durable.proposed) {
    const block = durable.blocks.find((held) => held.slot === slot && held.block.hash === blockHash)?.block;
    if (block === undefined || slot <= tip.slot) continue;
    const { parentSlot, parentHash } = block.header;
    const justification = { parent: chain.certificateOf(parentSlot, parentHash), skips: chain.carriedSkips(parentSlot, slot) };
    yield { type: 'PRE-PREPARE', epoch, slot, signer: self, block, justification };
  }
  for (const vote of durable.votes) if (vote.slot > tip.slot) yield vote;
}
