import type { ConsensusMessage, Prepare } from '../../src/types/messages.js';
import type { Hash } from '../../src/types/ids.js';
import { ZERO_HASH } from '../../src/types/ids.js';
import type { Adversary, Port } from './port.js';
import { isOwn, others, signed } from './port.js';
import { Recent } from './recent.js';
import { certificateOf, VoteBook } from './vote-book.js';

/** Own proposals leave a moment after the others' timers, in parts of T₀: later, and the next slot's block would be final. */
const LATE = 1.002;

/**
 * As a leader it proposes just after the others have given its slot up, so that they prepare its block with second
 * votes (R4a), and adds one of its own. Of F PREPAREs of which some have first = 0 it then makes FAST certificates, with
 * `first` as it was signed and with `first` set. FAST consists of first votes (sections 2 and 13, invariant 5): the one
 * is no certificate, the other's signatures do not fit.
 */
export const SECOND_VOTES_IN_FAST: Adversary = {
  name: 'second votes in a FAST certificate',
  against: 'R6, section 2, invariant 5',
  create: (port) => {
    const book = new VoteBook();
    const claimed = new Recent<Hash, true>();
    return {
      outgoing: (message, to) => {
        if (!isOwn(port, message)) return [{ to, message }];
        if (message.type === 'PRE-PREPARE') return [{ to, message, delayMs: LATE * port.slotTimeoutMs }];
        book.note(message);
        return [{ to, message }];
      },
      incoming: (message) => {
        book.note(message);
        if (message.type !== 'PREPARE' || claimed.get(message.blockHash) === true) return [];
        const made = claims(port, book, message);
        if (made.length > 0) claimed.set(message.blockHash, true);
        return made.map((each) => ({ to: others(port), message: each }));
      },
    };
  },
};

function claims(port: Port, book: VoteBook, { epoch, slot, blockHash, view, sequence }: Prepare): readonly ConsensusMessage[] {
  const own = signed(port, { type: 'PREPARE', epoch, slot, signer: port.self, blockHash, first: false, basisHash: ZERO_HASH, view, sequence });
  const votes = [...book.preparesFor(slot, blockHash).filter(({ signer }) => signer !== port.self), own];
  if (votes.length < port.quorum.fastQuorum) return [];
  return [votes, votes.map((vote) => ({ ...vote, first: true, basisHash: ZERO_HASH }))].flatMap((each): ConsensusMessage[] => {
    const certificate = certificateOf('FAST', each);
    return certificate === undefined ? [] : [{ type: 'CERTIFICATE', certificate }];
  });
}
