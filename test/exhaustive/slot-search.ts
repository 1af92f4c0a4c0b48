import { blockNumber, Stances } from './stances.js';
import { SlotRules } from './slot-rules.js';
import type { Move, SlotSetting } from './slot-rules.js';
import { StateList } from './state-list.js';
import { Tally } from './tally.js';

/** Two certificates that exclude each other, or a slot that honest platforms can neither decide nor leave. */
export interface Failure {
  readonly kind: 'fork' | 'stuck';
  /** The votes of honest platforms that lead there, fewest possible, and what then is wrong. */
  readonly story: readonly string[];
}

export interface SearchResult {
  /** States visited, symmetric ones counted once. */
  readonly states: number;
  readonly transitions: number;
  /** The first one met; states beyond are then left unvisited. */
  readonly failure: Failure | undefined;
}

/** A packed state has one digit of this base for each honest platform. */
const BASE = Stances.MAX;

/**
 * Visits every state that the honest platforms of one slot can reach, nearest first, and stops at the first that is a
 * fork or stuck.
 *
 * A state is what the honest platforms have said: a stance each. Nothing else needs to be remembered, because a vote once
 * sent can be delivered at any later time, and a Byzantine platform can have said anything to anybody (SlotRules). For the
 * same reason a certificate that can be formed in a state can be formed in all that follow.
 *
 * Symmetric states are visited once: honest platforms other than the leader differ in nothing the rules look at, so their
 * stances are sorted; and the blocks of a Byzantine leader may be renamed. Exactly f platforms are Byzantine. Fewer, or
 * fewer blocks, need no run of their own: a Byzantine platform may behave honestly, and a block may remain unseen. Nor do
 * crashes of others: whoever crashed says nothing for a while.
 *
 * Safe (SPEC section 13, invariants 1 and 2 in a slot): where FAST or SLOW can be formed for b, neither PREPARE for another
 * block nor VIEW-CHANGE can. Not stuck (invariant 9): where no honest platform has anything left to say, after all messages
 * between honest ones arrived and timers expired, they hold a PREPARE or VIEW-CHANGE certificate without a single Byzantine
 * vote. Since a platform has only so many votes in a slot, every run of honest platforms ends in such a state.
 */
export class SlotSearch {
  readonly #setting: SlotSetting;
  readonly #stances: Stances;
  readonly #rules: SlotRules;
  /** Of the state that is being looked at. */
  readonly #tally: Tally;
  readonly #blockWeights: Uint32Array;
  readonly #scratch: Uint8Array;
  readonly #honest: number;
  /** Stances before this one belong to the honest leader and are not sorted. */
  readonly #sortedFrom: number;

  constructor(setting: SlotSetting) {
    const { parameters: { memberCount, faultTolerance }, blocks, byzantineLeader } = setting;
    this.#setting = setting;
    this.#stances = new Stances(blocks);
    this.#rules = new SlotRules(setting, this.#stances);
    this.#tally = new Tally(this.#stances, blocks, !byzantineLeader);
    this.#blockWeights = new Uint32Array(blocks);
    this.#honest = memberCount - faultTolerance;
    this.#scratch = new Uint8Array(this.#honest);
    if (BASE ** this.#honest > Number.MAX_SAFE_INTEGER) throw new RangeError(`${memberCount} members: too many for this model, at most 11`);
    this.#sortedFrom = byzantineLeader ? 0 : 1;
  }

  run(): SearchResult {
    const found = new StateList();
    const state = new Uint8Array(this.#honest);
    const next = new Uint8Array(this.#honest);
    let transitions = 0;
    found.add(this.#canonical(state), -1);
    for (let index = 0; index < found.size; index += 1) {
      unpack(found.at(index), state);
      this.#tally.count(state);
      const wrong = this.#fork() ?? this.#stuck(state);
      if (wrong !== undefined) {
        const story = [...this.#storyOf(found.pathTo(index)), wrong.what];
        return { states: found.size, transitions, failure: { kind: wrong.kind, story } };
      }
      for (let platform = 0; platform < state.length; platform += 1) {
        const id = state[platform] ?? 0;
        // Of platforms that said the same it is enough to let the first one move.
        if (platform > this.#sortedFrom && state[platform - 1] === id) continue;
        for (const { stance } of this.#rules.movesOf(id, this.#tally)) {
          transitions += 1;
          next.set(state);
          next[platform] = stance;
          found.add(this.#canonical(next), index);
        }
      }
    }
    return { states: found.size, transitions, failure: undefined };
  }

  #fork(): { kind: 'fork'; what: string } | undefined {
    const { faultTolerance, quorum, fastQuorum } = this.#setting.parameters;
    const { first, prepares, commits, viewChanges } = this.#tally;
    for (let b = 0; b < first.length; b += 1) {
      const isFast = (first[b] ?? 0) + faultTolerance >= fastQuorum;
      if (!isFast && (commits[b] ?? 0) + faultTolerance < quorum) continue;
      const final = `b${b} can be ${isFast ? 'FAST' : 'SLOW'}-final`;
      if (viewChanges + faultTolerance >= quorum) return { kind: 'fork', what: `${final}, and the slot has a VIEW-CHANGE certificate` };
      for (let other = 0; other < prepares.length; other += 1) {
        if (other !== b && (prepares[other] ?? 0) + faultTolerance >= quorum) return { kind: 'fork', what: `${final}, and b${other} has a PREPARE certificate` };
      }
    }
    return undefined;
  }

  #stuck(state: Uint8Array): { kind: 'stuck'; what: string } | undefined {
    const { quorum } = this.#setting.parameters;
    const { prepares, commits, viewChanges } = this.#tally;
    // Whoever sent a COMMIT holds the certificate durably and passes it on.
    if (viewChanges >= quorum || prepares.some((count) => count >= quorum) || commits.some((count) => count > 0)) return undefined;
    const nobodyMoves = (crowded: boolean): boolean => state.every((id) => !this.#rules.canMoveAlone(id, this.#tally, crowded));
    if (nobodyMoves(false)) return { kind: 'stuck', what: 'nobody honest has anything left to say, and there is no certificate' };
    if (!this.#setting.byzantineLeader || !nobodyMoves(true)) return undefined;
    return { kind: 'stuck', what: 'where others are crowded out, nobody honest has anything left to say, and there is no certificate' };
  }

  /** The state as a number, the same for all that are symmetric to it. */
  #canonical(state: Uint8Array): number {
    const { permutations, renamed, weights } = this.#stances;
    const scratch = this.#scratch;
    const sums = this.#blockWeights;
    for (const [block, weightOf] of weights.entries()) {
      let sum = 0;
      for (const id of state) sum += weightOf[id] ?? 0;
      sums[block] = sum;
    }
    let smallest = Infinity;
    for (const [index, permutation] of permutations.entries()) {
      const table = renamed[index];
      // Of the names that the blocks may be given only those in order of their votes are tried.
      if (table === undefined || !ordersDescending(sums, permutation)) continue;
      for (let at = 0; at < state.length; at += 1) scratch[at] = table[state[at] ?? 0] ?? 0;
      smallest = Math.min(smallest, pack(scratch, this.#sortedFrom));
    }
    return smallest;
  }

  /** A path of canonical states, told with the names that platforms and blocks had at its beginning. */
  #storyOf(path: readonly number[]): string[] {
    const state = new Uint8Array(this.#honest);
    const story: string[] = [];
    for (const target of path.slice(1)) {
      this.#tally.count(state);
      const step = [...state].flatMap((id, platform) => this.#rules.movesOf(id, this.#tally).map((move) => ({ platform, move })))
        .find(({ platform, move }) => this.#canonical(state.with(platform, move.stance)) === target);
      if (step === undefined) throw new Error('a step of the path cannot be repeated');
      state[step.platform] = step.move.stance;
      story.push(this.#toldOf(step.platform, step.move));
    }
    return story;
  }

  #toldOf(platform: number, { decision, stance }: Move): string {
    const who = platform < this.#sortedFrom ? 'the leader' : `platform ${platform}`;
    const block = decision.rule === 'R3' || decision.rule === 'R4c' ? '' : ` b${blockNumber(decision.blockHash)}`;
    const { first } = this.#stances.at(stance);
    const firstVote = typeof first === 'number' ? `b${first}` : first ?? 'nothing';
    const when = { R2: ' first', R3: ' first', R4a: ` after ${firstVote}`, R4b: ` after ${firstVote}`, R4c: ` after ${firstVote}`, R5: '' };
    return `${who}: ${decision.type}${block}${when[decision.rule]} (${decision.rule})`;
  }
}

/** Whether the renamed weights do not increase. */
function ordersDescending(weight: Uint32Array, permutation: readonly number[]): boolean {
  for (let a = 0; a < weight.length; a += 1) {
    for (let b = a + 1; b < weight.length; b += 1) {
      const isAbove = (permutation[a] ?? 0) < (permutation[b] ?? 0);
      const difference = (weight[a] ?? 0) - (weight[b] ?? 0);
      if (difference !== 0 && difference > 0 !== isAbove) return false;
    }
  }
  return true;
}

/** Sorts in place. */
function pack(state: Uint8Array, sortedFrom: number): number {
  for (let at = sortedFrom + 1; at < state.length; at += 1) {
    const id = state[at] ?? 0;
    let place = at;
    for (; place > sortedFrom && (state[place - 1] ?? 0) > id; place -= 1) state[place] = state[place - 1] ?? 0;
    state[place] = id;
  }
  let packed = 0;
  for (const id of state) packed = packed * BASE + id;
  return packed;
}

function unpack(packed: number, state: Uint8Array): void {
  let rest = packed;
  for (let at = state.length - 1; at >= 0; at -= 1) {
    state[at] = rest % BASE;
    rest = Math.floor(rest / BASE);
  }
}
