const INITIAL_CAPACITY = 1 << 14;
const FREE = -1;

/**
 * States in the order in which they were found, each once, with the one that each was found from. Flat arrays, because
 * the millions of states of ten members would not fit into a Set.
 */
export class StateList {
  #states = new Float64Array(INITIAL_CAPACITY);
  #foundFrom = new Int32Array(INITIAL_CAPACITY);
  /** Open addressing, at most half full. */
  #table = new Int32Array(2 * INITIAL_CAPACITY).fill(FREE);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  at(index: number): number {
    const state = this.#states[index];
    if (state === undefined || index >= this.#size) throw new RangeError(`no state ${index}`);
    return state;
  }

  /** The states on the way to this one, the first found first. */
  pathTo(index: number): number[] {
    const path: number[] = [];
    for (let at = index; at !== FREE; at = this.#foundFrom[at] ?? FREE) path.push(this.at(at));
    return path.reverse();
  }

  /** False where the state was found before. `foundFrom` is an index, or −1 for the first state. */
  add(state: number, foundFrom: number): boolean {
    const place = this.#placeOf(state);
    if (this.#table[place] !== FREE) return false;
    this.#table[place] = this.#size;
    this.#states[this.#size] = state;
    this.#foundFrom[this.#size] = foundFrom;
    this.#size += 1;
    if (this.#size === this.#states.length) this.#grow();
    return true;
  }

  /** Where the state is in the table, or the free place for it. */
  #placeOf(state: number): number {
    const mask = this.#table.length - 1;
    const mixed = Math.imul(state | 0, 0x9e3779b1) ^ Math.imul(Math.floor(state / 0x1_0000_0000), 0x85ebca6b);
    let place = (mixed ^ (mixed >>> 15)) & mask;
    for (;;) {
      const index = this.#table[place] ?? FREE;
      if (index === FREE || this.#states[index] === state) return place;
      place = (place + 1) & mask;
    }
  }

  #grow(): void {
    const states = new Float64Array(2 * this.#size);
    states.set(this.#states);
    this.#states = states;
    const foundFrom = new Int32Array(2 * this.#size);
    foundFrom.set(this.#foundFrom);
    this.#foundFrom = foundFrom;
    this.#table = new Int32Array(4 * this.#size).fill(FREE);
    for (let index = 0; index < this.#size; index += 1) this.#table[this.#placeOf(this.at(index))] = index;
  }
}
