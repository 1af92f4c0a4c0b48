import { assembleBlock } from '../../src/codec/block.js';
import type { Hash, MemberIndex, Slot } from '../../src/types/ids.js';
import { toSequence, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { ConsensusMessage, Vote } from '../../src/types/messages.js';
import type { Random } from './random.js';

/** What a Byzantine platform does to a message on its way to one receiver; undefined keeps it back. */
export type Adversary = (to: MemberIndex, message: ConsensusMessage) => ConsensusMessage | undefined;

export const ADVERSARIES = ['two faces', 'vote equivocator', 'withholder', 'selective sender', 'amnesiac'] as const;
export type AdversaryKind = (typeof ADVERSARIES)[number];

/** An adversary only changes what it signs itself; an amnesiac loses its disk at every crash instead. */
export function adversary(kind: AdversaryKind, self: MemberIndex, random: Random): Adversary {
  const ofItsOwn = (act: Adversary): Adversary => (to, message) => (
    message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' || message.signer !== self ? message : act(to, message)
  );
  switch (kind) {
    case 'two faces': return ofItsOwn(twoFaced);
    case 'vote equivocator': return ofItsOwn(voteEquivocator());
    case 'withholder': return ofItsOwn((_to, message) => (message.type === 'PRE-PREPARE' || random.chance(0.3) ? message : undefined));
    case 'selective sender': {
      const period = random.integer(2, 5);
      return ofItsOwn((to, message) => ('slot' in message && (message.slot + to) % period === 0 ? message : undefined));
    }
    case 'amnesiac': return (_to, message) => message;
  }
}

/** Odd platforms see a block without the last transaction and with another timestamp. */
function twoFaced(to: MemberIndex, message: ConsensusMessage): ConsensusMessage {
  if (message.type !== 'PRE-PREPARE' || to % 2 === 0) return message;
  const { header, transactions } = message.block;
  const block = assembleBlock({ ...header, timestampMs: header.timestampMs + 1 }, transactions.slice(0, -1));
  return { ...message, block };
}

/** Even platforms see its votes, odd ones a contradicting vote in the same slot. */
function voteEquivocator(): Adversary {
  const seen = new Map<Slot, Hash>();
  return (to, message) => {
    switch (message.type) {
      case 'PREPARE':
        seen.set(message.slot, message.blockHash);
        return to % 2 === 0 ? message : viewChangeOf(message);
      case 'COMMIT':
        return to % 2 === 0 ? message : viewChangeOf(message);
      case 'VIEW-CHANGE': {
        const blockHash = seen.get(message.slot);
        if (to % 2 === 0 || blockHash === undefined) return message;
        const { epoch, slot, signer, signature, newView, lastSequence } = message;
        return { type: 'PREPARE', epoch, slot, signer, blockHash, first: true, basisHash: ZERO_HASH, view: toView(newView), sequence: lastSequence, signature };
      }
      default: return message;
    }
  };
}

function viewChangeOf({ epoch, slot, signer, signature }: Vote): ConsensusMessage {
  return {
    type: 'VIEW-CHANGE', epoch, slot, signer, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, newView: slot + 1, lastSequence: toSequence(-1), signature,
  };
}
