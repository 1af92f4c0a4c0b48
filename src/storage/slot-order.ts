import type { Epoch, Slot } from '../types/ids.js';

/** A place in the order in which slots are left behind: by epoch, then by slot. */
export interface SlotPosition {
  readonly epoch: Epoch;
  readonly slot: Slot;
}

/** Negative, zero or positive as `left` comes before, at or after `right`. */
export function compareSlots(left: SlotPosition, right: SlotPosition): number {
  return left.epoch - right.epoch || left.slot - right.slot;
}
