import type { Certificate } from '../../src/types/certificates.js';
import type { MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, Vote } from '../../src/types/messages.js';
import type { Adversary, Delivery, Port } from './port.js';
import { isOwn } from './port.js';
import { certificateOf } from './vote-book.js';

/**
 * With each vote it sends certificates that hold nothing but this vote, as often as a quorum needs it: certified,
 * fast-final, final, skipped, by one member. Signers must be distinct (section 2), and so nobody takes them.
 */
export const DUPLICATE_SIGNERS: Adversary = {
  name: 'duplicate signers in certificates',
  against: 'section 2',
  create: (port) => ({
    outgoing: (message, to) => [{ to, message }, ...(isOwn(port, message) ? deliveries(port, message, to) : [])],
  }),
};

function deliveries(port: Port, message: ConsensusMessage, to: readonly MemberIndex[]): readonly Delivery[] {
  if (message.type !== 'PREPARE' && message.type !== 'COMMIT' && message.type !== 'VIEW-CHANGE') return [];
  return multiplied(port, message).flatMap((certificate) => (
    certificate === undefined ? [] : [{ to, message: { type: 'CERTIFICATE', certificate } }]));
}

function multiplied({ quorum: { quorum, fastQuorum } }: Port, vote: Vote): readonly (Certificate | undefined)[] {
  const times = <V extends Vote>(count: number, each: V): readonly V[] => Array.from({ length: count }, () => each);
  switch (vote.type) {
    case 'PREPARE': return [
      certificateOf('PREPARE', times(quorum, vote)),
      ...(Number.isFinite(fastQuorum) ? [certificateOf('FAST', times(fastQuorum, vote))] : []),
    ];
    case 'COMMIT': return [certificateOf('SLOW', times(quorum, vote))];
    case 'VIEW-CHANGE': return [certificateOf('VIEW-CHANGE', times(quorum, vote))];
  }
}
