import type { Epoch, Slot } from '../types/ids.js';
import type { SlotPosition } from './slot-order.js';
import { compareSlots } from './slot-order.js';

interface SlotKeys extends SlotPosition {
  readonly keys: Uint8Array[];
}

/**
 * Keys of records that lose their use once their slot is far enough below the final one. They are deleted a few at a
 * time with later batches, so that no batch is slowed by a large deletion; what a crash leaves is found by the next
 * open. Slots come in nearly in order, so a sorted list with insertion at its end is cheap.
 */
export class SlotGarbage {
  readonly #slots: SlotKeys[] = [];

  add(epoch: Epoch, slot: Slot, key: Uint8Array): void {
    let index = this.#slots.length;
    for (; index > 0; index -= 1) {
      const before = this.#slots[index - 1];
      if (before === undefined) break;
      const order = compareSlots(before, { epoch, slot });
      if (order < 0) break;
      if (order === 0) {
        before.keys.push(key);
        return;
      }
    }
    this.#slots.splice(index, 0, { epoch, slot, keys: [key] });
  }

  /**
   * Takes whole slots at or below `limit` until `maxKeys` is reached.
   * @param onEmptied called for each slot of which nothing is left
   */
  take(limit: SlotPosition, maxKeys: number, onEmptied?: (epoch: Epoch, slot: Slot) => void): readonly Uint8Array[] {
    const taken: Uint8Array[] = [];
    for (let lowest = this.#slots[0]; lowest !== undefined && taken.length < maxKeys; lowest = this.#slots[0]) {
      if (compareSlots(lowest, limit) > 0) break;
      this.#slots.shift();
      taken.push(...lowest.keys);
      onEmptied?.(lowest.epoch, lowest.slot);
    }
    return taken;
  }

  /** Slots with keys still to be deleted. */
  get slotCount(): number {
    return this.#slots.length;
  }
}
