import { sha256Hash } from '../../src/crypto/hash.js';
import type { Hash, Slot } from '../../src/types/ids.js';
import { ZERO_HASH } from '../../src/types/ids.js';
import type { Prepare, SignedMessage, ViewChange } from '../../src/types/messages.js';
import type { Adversary, Port } from './port.js';
import { onOwn, signed } from './port.js';
import { Recent } from './recent.js';

const NO_BASIS = sha256Hash(new TextEncoder().encode('a basis that nobody has'));

/**
 * Flips `first` in its votes (ByzzFuzz). Before the odd members it signs the flipped vote: a first vote as a second one,
 * with or without a basis, and a second as a first; such a vote is well-formed, counts for certificates but not for F
 * (section 2, FAST). Before the even ones it leaves the signature as it was, which no longer fits.
 */
export const FLIPPED_FIRST: Adversary = {
  name: 'flipped first',
  against: 'section 2, R6',
  create: (port) => {
    const blocks = new Recent<Slot, Hash>();
    return onOwn(port, (message, to) => {
      if (message.type === 'PREPARE') blocks.set(message.slot, message.blockHash);
      return [{ message: to % 2 === 0 ? flippedUnsigned(message) : flipped(port, message, blocks) }];
    });
  },
};

function flippedUnsigned(message: SignedMessage): SignedMessage {
  return message.type === 'PREPARE' || message.type === 'VIEW-CHANGE' ? { ...message, first: !message.first } : message;
}

function flipped(port: Port, message: SignedMessage, blocks: Recent<Slot, Hash>): SignedMessage {
  if (message.type !== 'PREPARE' && message.type !== 'VIEW-CHANGE') return message;
  return message.type === 'PREPARE' ? flippedPrepare(port, message) : flippedViewChange(port, message, blocks);
}

function flippedPrepare(port: Port, { signature: _, ...vote }: Prepare): Prepare {
  if (!vote.first) return signed(port, { ...vote, first: true, basisHash: ZERO_HASH });
  const basisHash = vote.slot % 2 === 0 && port.quorum.fastPath !== 'off' ? NO_BASIS : ZERO_HASH;
  return signed(port, { ...vote, first: false, basisHash });
}

function flippedViewChange(port: Port, { signature: _, ...vote }: ViewChange, blocks: Recent<Slot, Hash>): ViewChange {
  if (!vote.first) return signed(port, { ...vote, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH });
  const blockHash = blocks.get(vote.slot) ?? NO_BASIS;
  return signed(port, { ...vote, first: false, blockHash, basisHash: port.quorum.fastPath === 'off' ? ZERO_HASH : NO_BASIS });
}
