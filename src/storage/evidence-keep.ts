import type { Epoch, Slot } from '../types/ids.js';
import type { SlotPosition } from './slot-order.js';
import { compareSlots } from './slot-order.js';

/** Proofs kept of one member in one epoch: those of its lowest slots, and as many of its highest. */
const MAX_EARLIEST = 8;
const MAX_LATEST = 8;

/**
 * Which proofs of equivocation are held. One convicts for good, but a leader that equivocates in each of its turns would
 * add one a turn for ever, and all are read at each start: of each offender the first few and the newest few stay.
 */
export class EvidenceKeep {
  readonly #memberCount: number;
  readonly #byOffender = new Map<string, SlotPosition[]>();

  constructor(memberCount: number) {
    this.#memberCount = memberCount;
  }

  /** A proof is there for this slot. @returns the slot whose proof is to go, which may be this one; undefined where there is room */
  add(epoch: Epoch, slot: Slot): SlotPosition | undefined {
    // Slot k is led by member k mod n.
    const offender = `${epoch}/${slot % this.#memberCount}`;
    const held = this.#byOffender.get(offender) ?? [];
    this.#byOffender.set(offender, held);
    if (held.some((position) => compareSlots(position, { epoch, slot }) === 0)) return undefined;
    held.push({ epoch, slot });
    held.sort(compareSlots);
    return held.length > MAX_EARLIEST + MAX_LATEST ? held.splice(MAX_EARLIEST, 1)[0] : undefined;
  }
}
