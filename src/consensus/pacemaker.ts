import type { MemberIndex, Slot } from '../types/ids.js';
import { toSlot } from '../types/ids.js';
import type { QuorumParameters } from './quorum.js';
import { leaderOf } from './quorum.js';

export interface PacemakerOptions {
  /** T₀, at least five times the one-way delay Δ. */
  readonly slotTimeoutMs: number;
  /** No slot's timer lasts longer, however often timers expired. */
  readonly maxSlotTimeoutMs: number;
}

/** Consecutive silent slots after which a leader is presumed dead (R8). */
const SILENT_SLOTS_PRESUMED_DEAD = 2;
/** T₀·1.5ʲ passes any cap long before this. */
const MAX_BACKOFF = 64;

/** The slot a platform is in, its timer (SPEC section 4), and which leaders are presumed dead (R8). */
export class Pacemaker {
  readonly #options: PacemakerOptions;
  readonly #memberCount: number;
  readonly #self: MemberIndex;
  /** Consecutive slots with a running timer that each leader kept silent in. */
  readonly #silentSlots: number[];
  #current: Slot;
  #backoff = 0;
  #timerStartedMs: number | undefined;
  #timerRan = false;
  #leaderHeard = false;

  constructor(options: PacemakerOptions, parameters: QuorumParameters, self: MemberIndex, current: Slot) {
    this.#options = options;
    this.#memberCount = parameters.memberCount;
    this.#self = self;
    this.#silentSlots = new Array<number>(parameters.memberCount).fill(0);
    this.#current = current;
  }

  get current(): Slot {
    return this.#current;
  }

  get leader(): MemberIndex {
    return leaderOf(this.#current, this.#memberCount);
  }

  /** Δ is taken as T₀/5. */
  get networkDelayMs(): number {
    return this.#options.slotTimeoutMs / 5;
  }

  /** How long the current slot's timer lasts: T₀·1.5ʲ, capped. */
  get timeoutMs(): number {
    return Math.min(Math.ceil(this.#options.slotTimeoutMs * 1.5 ** this.#backoff), this.#options.maxSlotTimeoutMs);
  }

  /** When the running timer expires; undefined while it stands still. */
  get deadlineMs(): number | undefined {
    return this.#timerStartedMs === undefined ? undefined : this.#timerStartedMs + this.timeoutMs;
  }

  /** Leaves the current slot for a later one; its timer stops. */
  enter(slot: Slot): void {
    this.#judgeSilence();
    this.#current = slot;
    this.#timerStartedMs = undefined;
    this.#timerRan = false;
    this.#leaderHeard = false;
  }

  next(): Slot {
    return toSlot(this.#current + 1);
  }

  #judgeSilence(): void {
    const { leader } = this;
    if (!this.#timerRan || leader === this.#self) return;
    this.#silentSlots[leader] = this.#leaderHeard ? 0 : this.#silent(leader) + 1;
  }

  /** Starts or stops the timer as work becomes or ceases to be pending; afresh each time it becomes pending. */
  setWorkPending(pending: boolean, nowMs: number): void {
    if (!pending) {
      this.#timerStartedMs = undefined;
    } else if (this.#timerStartedMs === undefined) {
      this.#timerStartedMs = nowMs;
      this.#timerRan = true;
    }
  }

  /** j+1 on expiry. */
  backOff(): void {
    this.#backoff = Math.min(this.#backoff + 1, MAX_BACKOFF);
  }

  /** j−2 on finality, not below 0. */
  calm(): void {
    this.#backoff = Math.max(0, this.#backoff - 2);
  }

  /** Any message from a member shows that it lives. */
  heard(member: MemberIndex): void {
    this.#silentSlots[member] = 0;
    if (member === this.leader) this.#leaderHeard = true;
  }

  #silent(member: MemberIndex): number {
    return this.#silentSlots[member] ?? 0;
  }

  isPresumedDead(member: MemberIndex): boolean {
    return this.#silent(member) >= SILENT_SLOTS_PRESUMED_DEAD;
  }

  presumedDead(): MemberIndex[] {
    const dead: MemberIndex[] = [];
    for (let slot = 0; slot < this.#memberCount; slot += 1) {
      const member = leaderOf(toSlot(slot), this.#memberCount);
      if (this.isPresumedDead(member)) dead.push(member);
    }
    return dead;
  }
}
