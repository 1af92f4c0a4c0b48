import type { Epoch, MemberIndex, Slot } from '../types/ids.js';
import type { ConsensusMessage, PrePrepare } from '../types/messages.js';
import type { Status } from '../types/sync.js';
import type { Chain } from './chain.js';
import type { Checkpoints } from './checkpoints.js';
import type { Proposal, SlotRecord } from './slot-record.js';

/** A held proposal as the PRE-PREPARE that may be passed on, with the justification this platform can give for it. */
export function prePrepareOf(chain: Chain, { block, epoch, slot, signer, signature }: Proposal): PrePrepare {
  const { parentSlot, parentHash } = block.header;
  const parent = chain.certificateOf(parentSlot, parentHash);
  return { type: 'PRE-PREPARE', epoch, slot, signer, block, justification: { parent, skips: chain.carriedSkips(parentSlot, slot) }, signature };
}

function messagesOf(chain: Chain, record: SlotRecord): ConsensusMessage[] {
  return [
    ...record.certificates().map((certificate) => ({ type: 'CERTIFICATE', certificate }) as const),
    ...(record.equivocation === undefined ? [] : [record.equivocation]),
    ...[...record.proposals.values()].map((proposal) => prePrepareOf(chain, proposal)),
    ...record.votes(),
  ];
}

/**
 * All slot state above a final slot, lowest slot first and certificates before what they justify, so that a receiver
 * limited in bytes still gets a usable prefix (SPEC sections 4 and 7).
 */
export function slotStateAbove(chain: Chain, checkpoints: Checkpoints, slot: Slot): ConsensusMessage[] {
  const messages: ConsensusMessage[] = [];
  for (const record of chain.ascending()) if (record.slot > slot) messages.push(...messagesOf(chain, record));
  return [...messages, ...checkpoints.latest()];
}

/**
 * What this platform sends again while work is pending (SPEC section 4): its own proposals and votes above final,
 * the blocks and justifications they are for, its certificates above final, its last CHECKPOINT.
 */
export function resendMessages(chain: Chain, checkpoints: Checkpoints, self: MemberIndex): ConsensusMessage[] {
  const messages: ConsensusMessage[] = [];
  for (const record of chain.ascending()) {
    const { own } = record;
    const concerns = new Set([own.first, own.commit, record.ownProposal, ...own.fallback]);
    for (const message of messagesOf(chain, record)) {
      const wanted = message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION'
        || (message.type === 'PRE-PREPARE' ? concerns.has(message.block.hash) : message.signer === self);
      if (wanted) messages.push(message);
    }
  }
  const checkpoint = checkpoints.latestOf(self);
  return checkpoint === undefined ? messages : [...messages, checkpoint];
}

/** STATUS of SPEC section 7. */
export function statusOf(chain: Chain, epoch: Epoch, currentSlot: Slot, observing: boolean): Status {
  const { tip } = chain;
  const highest = chain.ascending().reverse().find((record) => record.leavable);
  return {
    epoch,
    finalSlot: tip.slot,
    finalSequence: tip.sequence,
    finalHash: tip.hash,
    finalityCertificate: tip.certificate,
    highestCertificate: highest?.certificates().at(-1),
    currentSlot,
    observing,
  };
}
