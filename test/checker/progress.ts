import type { FinalBlock } from './final-chain.js';
import type { Society, Thresholds } from './society.js';
import { leaderOf } from './society.js';
import type { Report } from './violation.js';

/** Slots after a fault within which there must be a final block again, as a multiple of n. */
const RECOVERY_ROUNDS = 4;

/** Invariant 9: how fast slots turn into final blocks while nothing goes wrong. */
export class Progress {
  readonly #society: Society;
  readonly #thresholds: Thresholds;
  readonly #report: Report;
  readonly #stretches: { readonly fromSlot: number; readonly toSlot: number }[] = [];
  #calmFromSlot: number | undefined;

  constructor(society: Society, thresholds: Thresholds, report: Report) {
    this.#society = society;
    this.#thresholds = thresholds;
    this.#report = report;
  }

  calmBegins(slot: number): void {
    this.#calmFromSlot = slot;
  }

  calmEnds(slot: number): void {
    if (this.#calmFromSlot !== undefined) this.#stretches.push({ fromSlot: this.#calmFromSlot, toSlot: slot });
    this.#calmFromSlot = undefined;
  }

  /** @param chain every final block */
  conclude(chain: readonly FinalBlock[]): void {
    for (const { fromSlot, toSlot } of this.#stretches) {
      const recovered = fromSlot + RECOVERY_ROUNDS * this.#society.memberCount;
      if (toSlot > recovered && !chain.some(({ slot }) => slot > fromSlot && slot <= recovered)) {
        this.#report(9, `no block of the slots ${fromSlot + 1} to ${recovered} became final, although nothing went wrong from slot ${fromSlot} on`);
      }
      this.#checkRounds(chain, recovered, toSlot);
    }
  }

  /** Of every n slots in a row, n−2f are led by honest members and end in a final block. */
  #checkRounds(chain: readonly FinalBlock[], fromSlot: number, toSlot: number): void {
    const { memberCount, byzantine } = this.#society;
    const needed = memberCount - 2 * this.#thresholds.liars;
    const slots = chain.map(({ slot }) => slot).filter((slot) => !byzantine.has(leaderOf(this.#society, slot)));
    for (let start = fromSlot; start + memberCount <= toSlot; start += 1) {
      const count = slots.filter((slot) => slot >= start && slot < start + memberCount).length;
      if (count < needed) {
        this.#report(9, `only ${count} honest leaders' blocks of the slots ${start} to ${start + memberCount - 1} became final, ${needed} must`);
        return;
      }
    }
  }
}
