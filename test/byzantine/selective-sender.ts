import { leaderOf } from '../../src/consensus/quorum.js';
import type { MemberIndex } from '../../src/types/ids.js';
import { toSlot } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Adversary, Delivery, Port } from './port.js';
import { isOwn } from './port.js';

/**
 * Shows its votes and certificates of a slot to one platform only, a different one in each slot: that one alone may see
 * a block certified or final, or a slot skipped. It passes a VIEW-CHANGE certificate on and keeps it with what it
 * votes for (R7, section 5), and what it holds is pulled (section 7).
 */
export const SELECTIVE_SENDER: Adversary = {
  name: 'certificates to one platform only',
  against: 'R7, sections 5 and 7',
  create: (port) => ({ outgoing: (message, receivers) => toFavourite(port, message, receivers) }),
};

function toFavourite(port: Port, message: ConsensusMessage, receivers: readonly MemberIndex[]): readonly Delivery[] {
  switch (message.type) {
    case 'PRE-PREPARE': return [{ to: receivers, message: isOwn(port, message) ? withoutProofs(message) : message }];
    case 'CHECKPOINT':
    case 'EQUIVOCATION': return [{ to: receivers, message }];
    default: {
      const slot = message.type === 'CERTIFICATE' ? message.certificate.slot : message.slot;
      return [{ to: receivers.filter((to) => to === favourite(port, slot)), message }];
    }
  }
}

/** Its own proposals do not show the others what it keeps from them. */
function withoutProofs(message: Extract<ConsensusMessage, { type: 'PRE-PREPARE' }>): ConsensusMessage {
  return { ...message, justification: { parent: undefined, skips: [] } };
}

function favourite({ self, quorum: { memberCount } }: Port, slot: number): MemberIndex {
  const turn = leaderOf(toSlot(3 * slot + 1), memberCount);
  return turn === self ? leaderOf(toSlot(turn + 1), memberCount) : turn;
}
