import type { Stances } from './stances.js';

/** What the honest platforms have said in one slot, counted. */
export class Tally {
  /** Per block: first votes. */
  readonly first: Uint8Array;
  /** Per block: PREPAREs of either `first`. */
  readonly prepares: Uint8Array;
  /** Per block. */
  readonly commits: Uint8Array;
  /** First votes of any kind. */
  firstVotes = 0;
  /** VIEW-CHANGEs of either `first`. */
  viewChanges = 0;
  /** The stance of the honest leader; undefined where the leader is Byzantine. */
  leader: number | undefined;
  readonly #stances: Stances;
  readonly #leaderIsHonest: boolean;

  constructor(stances: Stances, blocks: number, leaderIsHonest: boolean) {
    this.#stances = stances;
    this.#leaderIsHonest = leaderIsHonest;
    this.first = new Uint8Array(blocks);
    this.prepares = new Uint8Array(blocks);
    this.commits = new Uint8Array(blocks);
  }

  /** Counts a state: one stance for each honest platform, the leader's first where it is honest. */
  count(state: Uint8Array): void {
    const { first, prepares, commits } = this;
    first.fill(0);
    prepares.fill(0);
    commits.fill(0);
    this.firstVotes = 0;
    this.viewChanges = 0;
    this.leader = this.#leaderIsHonest ? state[0] : undefined;
    for (const id of state) {
      const stance = this.#stances.at(id);
      if (stance.first !== undefined) this.firstVotes += 1;
      if (stance.first === 'VIEW-CHANGE' || stance.viewChangeFallback) this.viewChanges += 1;
      if (typeof stance.first === 'number') {
        increment(first, stance.first);
        increment(prepares, stance.first);
      }
      for (const block of stance.fallback) if (block !== stance.first) increment(prepares, block);
      if (stance.commit !== undefined) increment(commits, stance.commit);
    }
  }

  /** Equal keys, equal evidence for every rule. Platforms are fewer than 16, so counts take four bits. */
  get evidenceKey(): number {
    let key = this.leader ?? 0;
    for (const count of this.first) key = key * 16 + count;
    for (const count of this.prepares) key = key * 16 + count;
    return (key * 16 + this.firstVotes) * 16 + this.viewChanges;
  }
}

function increment(counts: Uint8Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}
