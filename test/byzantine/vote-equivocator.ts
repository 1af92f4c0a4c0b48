import type { Hash, Slot } from '../../src/types/ids.js';
import { toSequence, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Prepare, SignedMessage, ViewChange, Vote } from '../../src/types/messages.js';
import type { Adversary, Port } from './port.js';
import { onOwn, signed } from './port.js';
import { Recent } from './recent.js';

/**
 * First vote and VIEW-CHANGE to different halves: one half sees its votes, the other sees it abandon the slot where it
 * prepares or commits, and prepare where it abandons. The halves change with the slot. Q leaves f such votes without
 * effect (section 1), one who signed two first votes counts against every block (section 2), and R4c counts what F
 * first votes could still be.
 */
export const VOTE_EQUIVOCATOR: Adversary = {
  name: 'vote equivocator',
  against: 'R4c, R5, sections 1 and 2',
  create: (port) => {
    const blocks = new Recent<Slot, Hash>();
    const behaviour = onOwn(port, (message, to) => [{ message: isFooled(message, to) ? contrary(port, blocks, message) : message }]);
    return {
      ...behaviour,
      incoming: (message) => {
        if (message.type === 'PRE-PREPARE') blocks.set(message.slot, message.block.hash);
        return [];
      },
    };
  },
};

function isFooled(message: SignedMessage, to: number): boolean {
  return message.type !== 'CHECKPOINT' && (message.slot + to) % 2 === 1;
}

function contrary(port: Port, blocks: Recent<Slot, Hash>, message: SignedMessage): SignedMessage {
  switch (message.type) {
    case 'PREPARE':
    case 'COMMIT': return abandoning(port, message);
    case 'VIEW-CHANGE': {
      const blockHash = blocks.get(message.slot);
      return blockHash === undefined ? message : preparing(port, message, blockHash);
    }
    case 'PRE-PREPARE':
    case 'CHECKPOINT': return message;
  }
}

/** A VIEW-CHANGE in the slot of a vote, as if it were the first. */
export function abandoning(port: Port, { epoch, slot, signer }: Pick<Vote, 'epoch' | 'slot' | 'signer'>): ViewChange {
  return signed(port, {
    type: 'VIEW-CHANGE', epoch, slot, signer, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, newView: slot + 1, lastSequence: toSequence(-1),
  });
}

/** A first vote for a block in the slot of a vote. */
export function preparing(port: Port, { epoch, slot, signer }: Pick<Vote, 'epoch' | 'slot' | 'signer'>, blockHash: Hash): Prepare {
  return signed(port, {
    type: 'PREPARE', epoch, slot, signer, first: true, blockHash, basisHash: ZERO_HASH, view: toView(0), sequence: toSequence(slot),
  });
}
