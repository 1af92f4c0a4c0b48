/**
 * Lets so many at once read what may be large, in the order of asking, so that requests which wait hold nothing:
 * clients may send hundreds of them before they read an answer.
 */
export class LargeReads {
  readonly #maxAtOnce: number;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(maxAtOnce: number) {
    this.#maxAtOnce = maxAtOnce;
  }

  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.#underWay >= this.#maxAtOnce) await new Promise<void>((resolve) => { this.#waiting.push(resolve); });
    else this.#underWay += 1;
    try {
      return await read();
    } finally {
      // The place goes to who waits longest, or is free again.
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }
}
