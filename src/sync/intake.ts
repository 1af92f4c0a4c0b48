import type { CertificateNotice, ConsensusMessage, Verified } from '../types/messages.js';
import type { BlocksResponse, CommittedBlock, Status } from '../types/sync.js';
import type { Hash, PublicKeyHex, Sequence, Slot } from '../types/ids.js';
import { toSequence, toSlot } from '../types/ids.js';
import type { SnapshotOffer } from '../types/snapshot.js';
import type { FailureReason, SyncAnswer } from './events.js';
import type { ProvenOffer } from './snapshot-fetcher.js';

/** The block that a served chain must continue. */
interface ChainTip {
  readonly hash: Hash;
  readonly slot: Slot;
  readonly sequence: Sequence;
  readonly timestampMs: number;
}

/** Input that is not taken: `ignore` blames nobody, `reject` is what no honest member sends. */
interface Refusal {
  readonly ok: false;
  readonly verdict: 'ignore' | 'reject';
  readonly detail: string;
}

/** The one judge of input (`MessageValidator` of validation/), as far as synchronisation needs it. */
export interface SyncValidator {
  validateSnapshotOffer(offer: SnapshotOffer): { readonly ok: true; readonly blocks: readonly Verified<CommittedBlock>[] } | Refusal;
  validate(message: ConsensusMessage): { readonly ok: true; readonly message: Verified<ConsensusMessage> } | Refusal;
  validateStatus(status: Status): { readonly ok: true; readonly status: Verified<Status> } | Refusal;
  validateCommittedChain(blocks: readonly CommittedBlock[], tip: ChainTip): {
    readonly verified: readonly Verified<CommittedBlock>[];
    readonly unproven: readonly CommittedBlock[];
    readonly error: Refusal | undefined;
  };
}

/** What a peer sent does not count. */
export class IntakeError extends Error {
  readonly reason: FailureReason;
  constructor(reason: FailureReason, detail: string) {
    super(detail);
    this.name = 'IntakeError';
    this.reason = reason;
  }
}

function refused({ verdict, detail }: Refusal): IntakeError {
  return new IntakeError(verdict === 'reject' ? 'invalid' : 'refused', detail);
}

/**
 * Judges one message as gossip's are judged, charged to the peer that it came from: what of it may go to the core.
 *
 * @param reached a slot that certificates which are about to go to the core have reached (SPEC section 8)
 */
export type Judge = (message: ConsensusMessage, from: PublicKeyHex, reached: Slot) => Judgement | Promise<Judgement>;
type Judgement = { readonly ok: true; readonly messages: readonly Verified<ConsensusMessage>[] } | Refusal;

/** Blocks or signatures checked between two turns of the event loop, so that consensus does not wait for sync. */
const BATCH = 16;

/** Validates what peers send, in small parts. Every method throws IntakeError, and nothing else, on bad input. */
export class Intake {
  readonly #validator: () => SyncValidator;
  readonly #judge: Judge;
  readonly #pause: () => Promise<void>;

  /** @param pause resolves once other work had its turn */
  constructor(validator: () => SyncValidator, judge: Judge, pause: () => Promise<void>) {
    this.#validator = validator;
    this.#judge = judge;
    this.#pause = pause;
  }

  /** A status, and the certificates in it as messages for the core. */
  status(status: Status): { readonly status: Verified<Status>; readonly messages: readonly Verified<ConsensusMessage>[] } {
    const validator = this.#validator();
    const result = validator.validateStatus(status);
    if (!result.ok) throw refused(result);
    const messages = [status.finalityCertificate, status.highestCertificate].flatMap((certificate) => {
      if (certificate === undefined) return [];
      const notice = validator.validate({ type: 'CERTIFICATE', certificate } satisfies CertificateNotice);
      return notice.ok ? [notice.message] : [];
    });
    return { status: result.status, messages };
  }

  /** A snapshot's blocks, with its root certified by a quorum. */
  snapshot(offer: SnapshotOffer): ProvenOffer {
    const result = this.#validator().validateSnapshotOffer(offer);
    if (!result.ok) throw refused(result);
    return { ...offer, blocks: result.blocks };
  }

  /**
   * The messages that may go to the core; those to be ignored are left out. So is what the core would drop: its signature
   * is not checked, and whoever sends it is not blamed, since an honest member does not know where others stand.
   *
   * @param shown what goes to the core before them, and may lead it further
   */
  async messages(
    messages: readonly ConsensusMessage[], shown: readonly Verified<ConsensusMessage>[], from: PublicKeyHex,
  ): Promise<readonly Verified<ConsensusMessage>[]> {
    const taken: Verified<ConsensusMessage>[] = [];
    let reached = shown.reduce((slot, message) => Math.max(slot, slotReachedBy(message)), 0);
    let signatures = 0;
    for (const message of messages) {
      signatures += signaturesIn(message);
      if (signatures >= BATCH || message.type === 'PRE-PREPARE') {
        await this.#pause();
        signatures = 0;
      }
      const judging = this.#judge(message, from, toSlot(Math.min(reached, Number.MAX_SAFE_INTEGER)));
      const result = judging instanceof Promise ? await judging : judging;
      if (result.ok) {
        taken.push(...result.messages);
        reached = result.messages.reduce((slot, each) => Math.max(slot, slotReachedBy(each)), reached);
      } else if (result.verdict === 'reject') {
        throw refused(result);
      }
    }
    return taken;
  }

  /** A range of blocks, proven as far as its last certificate reaches. */
  async blocks(unproven: readonly CommittedBlock[], response: BlocksResponse): Promise<SyncAnswer> {
    const proven: Verified<CommittedBlock>[] = [];
    let rest: readonly CommittedBlock[] = [];
    let tip: ChainTip | undefined;
    for (const part of certifiedParts([...unproven, ...response.blocks])) {
      tip ??= claimedParent(part);
      if (tip === undefined) break;
      const result = this.#validator().validateCommittedChain(part, tip);
      if (result.error !== undefined) throw refused(result.error);
      proven.push(...result.verified);
      rest = result.unproven;
      const last = part.at(-1)?.block;
      if (last !== undefined) tip = { ...last.header, hash: last.hash };
      await this.#pause();
    }
    return { type: 'BLOCKS', finalSequence: response.finalSequence, firstSequence: response.firstSequence, proven, unproven: rest };
  }
}

/** Signatures to be checked of a message, but for those of a proposal, which has its own turns. */
function signaturesIn(message: ConsensusMessage): number {
  return message.type === 'CERTIFICATE' ? message.certificate.signatures.length : 1;
}

/** The slot to which the certificates in a message may lead the core (R7). */
function slotReachedBy(message: Verified<ConsensusMessage>): number {
  switch (message.type) {
    case 'CERTIFICATE': return message.certificate.slot + 1;
    case 'PRE-PREPARE': {
      const { parent, skips } = message.justification;
      return [...skips, ...(parent === undefined ? [] : [parent])].reduce((reached, { slot }) => Math.max(reached, slot + 1), 0);
    }
    default: return 0;
  }
}

/**
 * The parent that a range claims to continue. A range proves itself by its certificate; whether it links to the blocks
 * below is seen on delivery (RangeQueue), so ranges may come in any order.
 */
function claimedParent(part: readonly CommittedBlock[]): ChainTip | undefined {
  const header = part[0]?.block.header;
  if (header === undefined) return undefined;
  if (header.sequence < 0) throw new IntakeError('invalid', `blocks: sequence must be at least 0, got ${header.sequence}`);
  return { hash: header.parentHash, slot: header.parentSlot, sequence: toSequence(header.sequence - 1), timestampMs: header.timestampMs - 1 };
}

/** Parts that end in a certified block, but for the last one, none much longer than it takes for that. */
function certifiedParts(blocks: readonly CommittedBlock[]): CommittedBlock[][] {
  const parts: CommittedBlock[][] = [];
  let part: CommittedBlock[] = [];
  for (const block of blocks) {
    part.push(block);
    if (part.length >= BATCH && block.certificate !== undefined) {
      parts.push(part);
      part = [];
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
