import type { Slot } from '../types/ids.js';
import type { Equivocation, SignedHeader } from '../types/messages.js';
import type { SlotRecord } from './slot-record.js';

/** Final slots whose leader's signed header is still remembered: as many as may be under way. */
const MAX_SLOTS = 128;

/**
 * The signed headers of slots that became final lately (R9). Where an equivocator's block is final at once, those who
 * have it never see the other one in time, and those who saw the other get the final one without its leader's
 * signature: what is seen late is compared with what is remembered here.
 */
export class LateEvidence {
  readonly #headers = new Map<Slot, SignedHeader>();

  /** To be called before a slot's record is forgotten. */
  remember(record: SlotRecord): void {
    const header = record.equivocation === undefined ? record.signedHeader() : undefined;
    if (header === undefined) return;
    this.#headers.set(record.slot, header);
    const oldest = this.#headers.keys().next();
    if (this.#headers.size > MAX_SLOTS && oldest.done !== true) this.#headers.delete(oldest.value);
  }

  /** The remembered header that this one contradicts; undefined where there is none. */
  contradicted(epoch: Equivocation['epoch'], slot: Slot, seen: SignedHeader): SignedHeader | undefined {
    const held = this.#headers.get(slot);
    return held === undefined || held.header.epoch !== epoch || held.blockHash === seen.blockHash ? undefined : held;
  }

  /** The proof that a header contradicts a remembered one; each is given once. */
  contradiction(epoch: Equivocation['epoch'], slot: Slot, seen: SignedHeader): Equivocation | undefined {
    const held = this.contradicted(epoch, slot, seen);
    if (held === undefined) return undefined;
    this.#headers.delete(slot);
    return { type: 'EQUIVOCATION', epoch, slot, headers: [held, seen] };
  }
}
