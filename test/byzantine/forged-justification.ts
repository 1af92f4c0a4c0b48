import { sha256Hash } from '../../src/crypto/hash.js';
import type { ViewChangeCertificate } from '../../src/types/certificates.js';
import type { MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex, toSlot, ZERO_HASH } from '../../src/types/ids.js';
import type { Justification, PrePrepare, SignedMessage } from '../../src/types/messages.js';
import type { Adversary, Delivery, Port } from './port.js';
import { onOwn } from './port.js';

/** How long the proposal as it should be comes after the forged ones, in parts of T₀. */
const LATER = 0.5;

/**
 * As a leader it first sends its block with justifications that it made up: a parent's certificate with signatures of
 * nobody, one taken from another block, a VIEW-CHANGE certificate for a slot that is not between, or with made-up
 * signatures. Each is refused as a whole (section 2). Then, late, it sends the block as it should be.
 */
export const FORGED_JUSTIFICATION: Adversary = {
  name: 'forged justification',
  against: 'J, section 2',
  create: (port) => onOwn(port, (message, to) => proposals(port, message, to)),
};

function proposals(port: Port, message: SignedMessage, to: MemberIndex): readonly Omit<Delivery, 'to'>[] {
  if (message.type !== 'PRE-PREPARE') return [{ message }];
  const forged = forgeries(port, message);
  const chosen = forged[(message.slot + to) % forged.length];
  return [
    ...(chosen === undefined ? [] : [{ message: { ...message, justification: chosen } }]),
    { message, delayMs: LATER * port.slotTimeoutMs },
  ];
}

function forgeries(port: Port, { slot, epoch, block: { header }, justification }: PrePrepare): readonly Justification[] {
  const { parentSlot, parentHash } = header;
  const nobodys = (index: number): Uint8Array => Buffer.from(sha256Hash(new TextEncoder().encode(`${slot} ${index}`)).repeat(2), 'hex');
  const quorum = Array.from({ length: port.quorum.quorum }, (_, index) => ({ signer: toMemberIndex(index), signature: nobodys(index) }));
  const forgedParent = { kind: 'SLOW', epoch, slot: parentSlot, blockHash: parentHash, signatures: quorum } as const;
  const skipOf = (skipped: number): ViewChangeCertificate => ({
    kind: 'VIEW-CHANGE', epoch, slot: toSlot(skipped),
    signatures: quorum.map((each) => ({ ...each, first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH })),
  });
  const elsewhere = { ...forgedParent, blockHash: sha256Hash(new TextEncoder().encode('elsewhere')) };
  return [
    ...(parentSlot < 0 ? [] : [{ parent: forgedParent, skips: [] }, { parent: elsewhere, skips: justification.skips }]),
    { parent: justification.parent, skips: [skipOf(slot)] },
    { parent: justification.parent, skips: [skipOf(Math.max(0, slot - 1)), skipOf(Math.max(0, slot - 1))] },
  ];
}
