import type { MemberIndex, Slot } from '../types/ids.js';
import type { Notice } from './events.js';
import type { QuorumParameters } from './quorum.js';

/** Slots that a recovering platform lets pass above the highest one it may have voted in (R10). */
const RECOVERY_MARGIN_SLOTS = 8;

export type ParticipationMode = 'comparing' | 'voting' | 'observing';

/**
 * Whether this platform may sign anything new. After a start it first compares with its peers (SPEC section 5,
 * restart); with a lost or rolled-back vote store it only observes until R10 lets it back in.
 */
export class Participation {
  readonly #parameters: QuorumParameters;
  readonly #answers = new Map<MemberIndex, Slot>();
  #mode: ParticipationMode;
  /** S of R10, once Q others have answered. */
  #lastPossibleVote: Slot | undefined;
  /** Nothing new is signed at or below this slot. */
  #floor: Slot;
  readonly #compareUntilMs: number;

  constructor(parameters: QuorumParameters, voteStoreLost: boolean, floor: Slot, compareUntilMs: number) {
    this.#parameters = parameters;
    this.#mode = voteStoreLost ? 'observing' : 'comparing';
    this.#floor = floor;
    this.#compareUntilMs = compareUntilMs;
  }

  get mode(): ParticipationMode {
    return this.#mode;
  }

  /** When comparing ends at the latest; undefined once it has. */
  get deadlineMs(): number | undefined {
    return this.#mode === 'comparing' ? this.#compareUntilMs : undefined;
  }

  maySignIn(slot: Slot): boolean {
    return this.#mode === 'voting' && slot > this.#floor;
  }

  get floor(): Slot {
    return this.#floor;
  }

  /** What to tell a person on beginning to observe; and what to do, where R10 cannot let this platform back in by itself. */
  observingNotice(cause: string): Notice {
    const canRecover = this.#parameters.memberCount - 1 >= this.#parameters.quorum;
    return { type: 'observing', reason: canRecover ? cause : `${cause}; too few others can answer, so only an operator's restart with a new epoch lets it vote again` };
  }

  /** A vote of its own in this slot that it does not have. False where that proves nothing, or nothing new. */
  forgot(slot: Slot, finalSlot: Slot): boolean {
    if (this.#mode === 'observing' || slot <= finalSlot || slot <= this.#floor) return false;
    this.observe();
    return true;
  }

  /** Nothing new is worth signing at or below a slot that is proven final. */
  raiseFloor(slot: Slot): void {
    if (slot > this.#floor) this.#floor = slot;
  }

  /** Comparison with the peers ended without a contradiction. */
  compared(): void {
    if (this.#mode === 'comparing') this.#mode = 'voting';
  }

  observe(): void {
    this.#mode = 'observing';
    this.#answers.clear();
    this.#lastPossibleVote = undefined;
  }

  /** An answer under R10: the highest slot for which the peer showed a valid certificate. */
  answer(member: MemberIndex, highestSlot: Slot): void {
    if (this.#mode !== 'observing' || this.#lastPossibleVote !== undefined) return;
    this.#answers.set(member, highestSlot);
    if (this.#answers.size < this.#parameters.quorum) return;
    this.#lastPossibleVote = [...this.#answers.values()].reduce((highest, slot) => (slot > highest ? slot : highest));
  }

  /** R10: true where a block final by its own certificate in `finalSlot` lets this platform vote again, above it. */
  resume(finalSlot: Slot): boolean {
    if (this.#mode !== 'observing' || this.#lastPossibleVote === undefined) return false;
    if (finalSlot <= this.#lastPossibleVote + RECOVERY_MARGIN_SLOTS) return false;
    this.#mode = 'voting';
    this.raiseFloor(finalSlot);
    return true;
  }
}
