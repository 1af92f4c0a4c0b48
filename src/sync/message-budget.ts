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

/** Shares of the whole: certificates, then other small messages (what certificates leave, too), then proposals (the rest). */
const CERTIFICATE_SHARE = 3 / 8;
const SMALL_SHARE = 1 / 2;

/** Where to begin the next time with what did not fit. */
interface Continuation {
  certificateSlot: number;
  voteSlot: number;
  block: Hash | undefined;
}

/**
 * Cuts slot state to what one request or answer may hold. Certificates come first: they alone take a receiver over any
 * number of slots. Votes have room beside them, and proposals at least one half. What does not all fit goes in turns:
 * the next time for the same peer goes on where this one stopped, because a peer that got the same first part for ever
 * would be stuck.
 */
export class MessageBudget {
  readonly #limits: MessageLimits;
  readonly #sizeOf: (message: ConsensusMessage) => number;
  /** For peers to whom not everything could be sent at once. */
  readonly #continuations = new Map<PublicKeyHex, Continuation>();

  constructor(limits: MessageLimits, sizeOf: (message: ConsensusMessage) => number = estimatedBytes) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
  }

  /** A part of the messages, in their order: what justifies comes before what is justified. */
  fit(messages: readonly ConsensusMessage[], peer: PublicKeyHex): readonly ConsensusMessage[] {
    const { maxBytes, maxCount } = this.#limits;
    const from = this.#continuations.get(peer) ?? { certificateSlot: 0, voteSlot: 0, block: undefined };
    const proposals = messages.filter((message) => message.type === 'PRE-PREPARE').sort(bySlotAndHash);
    const certificates = messages.filter((message) => message.type === 'CERTIFICATE');
    const votes = messages.filter((message) => message.type !== 'PRE-PREPARE' && message.type !== 'CERTIFICATE');
    const certificatesInTurn = rotated(certificates, (each) => placeOf(each) >= from.certificateSlot);
    const votesInTurn = rotated(votes, (each) => placeOf(each) >= from.voteSlot);
    const proposalsInTurn = rotated(proposals, ({ block }) => block.hash === from.block);

    const chosenCertificates = this.#leading(certificatesInTurn, Math.floor(maxBytes * CERTIFICATE_SHARE), Math.ceil(maxCount * CERTIFICATE_SHARE));
    const chosenVotes = this.#leading(
      votesInTurn, Math.floor(maxBytes * SMALL_SHARE) - chosenCertificates.sizeBytes, Math.ceil(maxCount * SMALL_SHARE) - chosenCertificates.messages.length,
    );
    const smallCount = chosenCertificates.messages.length + chosenVotes.messages.length;
    const chosenProposals = this.#leading(proposalsInTurn, maxBytes - chosenCertificates.sizeBytes - chosenVotes.sizeBytes, maxCount - smallCount);

    const nextCertificate = certificatesInTurn[chosenCertificates.messages.length];
    const nextVote = votesInTurn[chosenVotes.messages.length];
    const nextProposal = proposalsInTurn[chosenProposals.messages.length];
    if (nextCertificate === undefined && nextVote === undefined && nextProposal === undefined) {
      this.#continuations.delete(peer);
    } else {
      this.#continuations.set(peer, {
        certificateSlot: nextCertificate === undefined ? 0 : placeOf(nextCertificate),
        voteSlot: nextVote === undefined ? 0 : placeOf(nextVote),
        block: nextProposal?.block.hash,
      });
    }
    const chosen = new Set<ConsensusMessage>([...chosenCertificates.messages, ...chosenVotes.messages, ...chosenProposals.messages]);
    return messages.filter((message) => chosen.has(message));
  }

  forget(peer: PublicKeyHex): void {
    this.#continuations.delete(peer);
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

/** The messages beginning with the first that satisfies the condition, the ones before it last. */
function rotated<M>(messages: readonly M[], isStart: (message: M) => boolean): readonly M[] {
  const start = Math.max(0, messages.findIndex(isStart));
  return [...messages.slice(start), ...messages.slice(0, start)];
}

/** The slot a message is about; a CHECKPOINT, being about none, always comes first. */
function placeOf(message: Exclude<ConsensusMessage, PrePrepare>): number {
  if (message.type === 'CERTIFICATE') return message.certificate.slot;
  return message.type === 'CHECKPOINT' ? 0 : message.slot;
}

function bySlotAndHash(a: PrePrepare, b: PrePrepare): number {
  if (a.slot !== b.slot) return a.slot - b.slot;
  return a.block.hash < b.block.hash ? -1 : 1;
}
