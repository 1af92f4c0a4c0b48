import type { BlockCertificate, ViewChangeCertificate } from '../types/certificates.js';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { ConsensusMessage, PrePrepare } from '../types/messages.js';

const FIXED_BYTES = 512;
const SIGNATURE_BYTES = 160;
const HEADER_BYTES = 512;

function certificateBytes(certificate: BlockCertificate | ViewChangeCertificate | undefined): number {
  return certificate === undefined ? 0 : FIXED_BYTES + SIGNATURE_BYTES * certificate.signatures.length;
}

/** Encoded size of a message in bytes, from above, without encoding it. */
export function estimatedBytes(message: ConsensusMessage): number {
  switch (message.type) {
    case 'PRE-PREPARE': {
      const { parent, skips } = message.justification;
      return FIXED_BYTES + message.block.sizeBytes + certificateBytes(parent) + skips.reduce((sum, skip) => sum + certificateBytes(skip), 0);
    }
    case 'CERTIFICATE':
      return certificateBytes(message.certificate);
    case 'EQUIVOCATION':
      return 2 * HEADER_BYTES;
    case 'PREPARE':
    case 'COMMIT':
    case 'VIEW-CHANGE':
    case 'CHECKPOINT':
      return FIXED_BYTES;
  }
}

export interface MessageLimits {
  /** At least twice the largest proposal with its justification, or that could never be sent. */
  readonly maxBytes: number;
  readonly maxCount: number;
}

/**
 * Cuts slot state to what one request or answer may hold. Votes and certificates have one half to themselves, since all
 * of them count and they are small. Proposals go by slot, and where they do not all fit, the next time for the same
 * peer goes on where this one stopped: a peer that got the same first part for ever would be stuck.
 */
export class MessageBudget {
  readonly #limits: MessageLimits;
  readonly #sizeOf: (message: ConsensusMessage) => number;
  /** The block to begin with, for peers to whom not all proposals could be sent at once. */
  readonly #resumeAt = new Map<PublicKeyHex, Hash>();

  constructor(limits: MessageLimits, sizeOf: (message: ConsensusMessage) => number = estimatedBytes) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
  }

  /** A part of the messages, in their order: what justifies comes before what is justified. */
  fit(messages: readonly ConsensusMessage[], peer: PublicKeyHex): readonly ConsensusMessage[] {
    const { maxBytes, maxCount } = this.#limits;
    const proposals = messages.filter((message) => message.type === 'PRE-PREPARE').sort(bySlotAndHash);
    const votes = messages.filter((message) => message.type !== 'PRE-PREPARE');
    const start = Math.max(0, proposals.findIndex(({ block }) => block.hash === this.#resumeAt.get(peer)));
    const inTurn = [...proposals.slice(start), ...proposals.slice(0, start)];

    const chosenVotes = this.#leading(votes, Math.floor(maxBytes / 2), Math.ceil(maxCount / 2));
    const chosenProposals = this.#leading(inTurn, maxBytes - chosenVotes.sizeBytes, maxCount - chosenVotes.messages.length);
    const firstUnsent = inTurn[chosenProposals.messages.length];
    if (firstUnsent === undefined) this.#resumeAt.delete(peer);
    else this.#resumeAt.set(peer, firstUnsent.block.hash);
    const chosen = new Set<ConsensusMessage>([...chosenVotes.messages, ...chosenProposals.messages]);
    return messages.filter((message) => chosen.has(message));
  }

  forget(peer: PublicKeyHex): void {
    this.#resumeAt.delete(peer);
  }

  #leading<M extends ConsensusMessage>(
    messages: readonly M[], maxBytes: number, maxCount: number,
  ): { readonly messages: readonly M[]; readonly sizeBytes: number } {
    let sizeBytes = 0;
    const end = messages.findIndex((message, index) => {
      const next = sizeBytes + this.#sizeOf(message);
      if (next > maxBytes || index >= maxCount) return true;
      sizeBytes = next;
      return false;
    });
    return { messages: end < 0 ? messages : messages.slice(0, end), sizeBytes };
  }
}

function bySlotAndHash(a: PrePrepare, b: PrePrepare): number {
  if (a.slot !== b.slot) return a.slot - b.slot;
  return a.block.hash < b.block.hash ? -1 : 1;
}
