/** Tells what happens, with the seconds since the start. */
export class Timeline {
  readonly #say: (line: string) => void;
  readonly #startMs = performance.now();

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  note(text: string): void {
    const seconds = (performance.now() - this.#startMs) / 1000;
    this.#say(`[${seconds.toFixed(1).padStart(7)} s]  ${text}`);
  }
}
