import type { SlotHoldings, VoteDecision } from '../../src/consensus/voting.js';
import type { Hash } from '../../src/types/ids.js';
import { toHash } from '../../src/types/ids.js';

/** What a platform has said in one slot; blocks are numbered from 0. The production `OwnVotes`, immutable. */
export interface Stance {
  readonly first: number | 'VIEW-CHANGE' | undefined;
  /** Ascending. */
  readonly fallback: readonly number[];
  readonly viewChangeFallback: boolean;
  readonly commit: number | undefined;
}

const SILENT: Stance = { first: undefined, fallback: [], viewChangeFallback: false, commit: undefined };

const RULES: readonly VoteDecision['rule'][] = ['R2', 'R3', 'R4a', 'R4b', 'R4c', 'R5'];
const hashes: readonly Hash[] = ['b0', 'b1', 'b2', 'b3'].map((name) => toHash(name.padStart(64, '0')));

export function blockHash(block: number): Hash {
  const hash = hashes[block];
  if (hash === undefined) throw new RangeError(`block ${block}: at most ${hashes.length} blocks`);
  return hash;
}

export function blockNumber(hash: Hash): number {
  return hashes.indexOf(hash);
}

function voted(stance: Stance, rule: VoteDecision['rule'], block: number): Stance {
  switch (rule) {
    case 'R2': return { ...stance, first: block };
    case 'R3': return { ...stance, first: 'VIEW-CHANGE' };
    case 'R4a':
    case 'R4b': return { ...stance, fallback: [...stance.fallback, block].sort() };
    case 'R4c': return { ...stance, viewChangeFallback: true };
    case 'R5': return { ...stance, commit: block };
  }
}

/** All orders of the numbers below `count`. */
function permutationsOf(count: number): number[][] {
  if (count === 0) return [[]];
  return permutationsOf(count - 1).flatMap((shorter) => Array.from({ length: count }, (_, at) => [...shorter.slice(0, at), count - 1, ...shorter.slice(at)]));
}

/** Stances met so far, as small numbers, so that a state of a slot is a few bytes. The silent one is 0. */
export class Stances {
  /** Stances that fit into the six bits each has in a packed state. */
  static readonly MAX = 64;
  /** `permutations[p][b]`: what block b is called after renaming p. The first changes nothing. */
  readonly permutations: readonly (readonly number[])[];
  /** `renamed[p][id]`: the stance after renaming p. */
  readonly renamed: readonly Uint8Array[];
  /** `weights[b][id]`: what the stance says of block b, as a number that adds up: first votes, PREPAREs and COMMITs. */
  readonly weights: readonly Uint16Array[];
  readonly #all: Stance[] = [];
  readonly #owns: SlotHoldings['own'][] = [];
  readonly #after = new Map<number, number>();
  readonly #ids = new Map<string, number>();

  constructor(blocks: number) {
    this.permutations = permutationsOf(blocks).sort((a, b) => Number(b.every((to, from) => to === from)) - Number(a.every((to, from) => to === from)));
    this.renamed = this.permutations.map(() => new Uint8Array(Stances.MAX));
    this.weights = Array.from({ length: blocks }, () => new Uint16Array(Stances.MAX));
    this.#idOf(SILENT);
  }

  at(id: number): Stance {
    const stance = this.#all[id];
    if (stance === undefined) throw new RangeError(`no stance ${id}`);
    return stance;
  }

  /** The stance in the words of production. */
  ownAt(id: number): SlotHoldings['own'] {
    const own = this.#owns[id];
    if (own === undefined) throw new RangeError(`no stance ${id}`);
    return own;
  }

  /** The stance of one who now casts this vote, too. */
  after(id: number, decision: VoteDecision): number {
    const block = 'blockHash' in decision ? blockNumber(decision.blockHash) : -1;
    const key = (id * RULES.length + RULES.indexOf(decision.rule)) * (hashes.length + 1) + block + 1;
    let after = this.#after.get(key);
    if (after === undefined) {
      after = this.#idOf(voted(this.at(id), decision.rule, block));
      this.#after.set(key, after);
    }
    return after;
  }

  #idOf(stance: Stance): number {
    const key = JSON.stringify([stance.first, stance.fallback, stance.viewChangeFallback, stance.commit]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#all.push(stance) - 1;
    if (id >= Stances.MAX) throw new RangeError(`more than ${Stances.MAX} stances: the voting rules allow more than this model packs`);
    this.#ids.set(key, id);
    this.#owns.push({
      first: typeof stance.first === 'number' ? blockHash(stance.first) : stance.first,
      fallback: new Set(stance.fallback.map(blockHash)),
      viewChangeFallback: stance.viewChangeFallback,
      commit: stance.commit === undefined ? undefined : blockHash(stance.commit),
    });
    for (const [block, weights] of this.weights.entries()) {
      const isFirst = stance.first === block;
      weights[id] = (Number(isFirst) * 16 + Number(isFirst || stance.fallback.includes(block))) * 16 + Number(stance.commit === block);
    }
    for (const [index, permutation] of this.permutations.entries()) {
      const rename = (block: number): number => permutation[block] ?? block;
      const table = this.renamed[index];
      if (table === undefined) continue;
      table[id] = this.#idOf({
        first: typeof stance.first === 'number' ? rename(stance.first) : stance.first,
        fallback: stance.fallback.map(rename).sort(),
        viewChangeFallback: stance.viewChangeFallback,
        commit: stance.commit === undefined ? undefined : rename(stance.commit),
      });
    }
    return id;
  }
}
