import { statementBytes } from '../../src/codec/statement.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import { toEpoch, toSequence, toSlot } from '../../src/types/ids.js';
import type { Prepare, SignedMessage } from '../../src/types/messages.js';
import type { Adversary, Port } from './port.js';
import { onOwn, signed } from './port.js';

const OTHER_SOCIETY = sha256Hash(new TextEncoder().encode('another society'));

/**
 * Beside each of its votes it sends the same signature under another name: the PREPARE as a COMMIT, the statement as one
 * of the next epoch, of the slots above and below; and one signed for another society. Tags and fixed layouts keep
 * statements apart, so that none of these signatures fits (section 2). The slot above and below it also signs anew:
 * votes for a block in a slot where it is not, which nothing comes of.
 */
export const SWAPPED_STATEMENT: Adversary = {
  name: 'swapped type, epoch, slot and society',
  against: 'section 2',
  create: (port) => onOwn(port, (message) => [message, ...swapped(port, message)].map((each) => ({ message: each }))),
};

function swapped(port: Port, message: SignedMessage): readonly SignedMessage[] {
  const foreign: SignedMessage = { ...message, signature: port.signature(statementBytes(OTHER_SOCIETY, message), port.self) };
  const nextEpoch: SignedMessage = { ...message, epoch: toEpoch(message.epoch + 1) };
  return message.type === 'PREPARE' ? [foreign, nextEpoch, asCommit(message), ...besides(port, message)] : [foreign, nextEpoch];
}

function asCommit({ epoch, slot, signer, blockHash, view, sequence, signature }: Prepare): SignedMessage {
  return { type: 'COMMIT', epoch, slot, signer, blockHash, view, sequence, signature };
}

function besides(port: Port, message: Prepare): readonly SignedMessage[] {
  const { signature: _, ...vote } = message;
  const above = { slot: toSlot(message.slot + 1), sequence: toSequence(message.sequence + 1) };
  const below = { slot: toSlot(message.slot - 1), sequence: toSequence(message.sequence - 1) };
  return [{ ...message, ...above }, signed(port, { ...vote, ...above }), ...(message.slot === 0 || message.sequence === 0 ? [] : [signed(port, { ...vote, ...below })])];
}
