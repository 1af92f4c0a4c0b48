/** A stream like process.stderr. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TERMINAL_INTERVAL_MS = 200;
const PLAIN_INTERVAL_MS = 5000;
const CLEAR_LINE = '\r\u001B[2K';

/** One line that is rewritten in place on a terminal; elsewhere a plain line every few seconds. */
export class Progress {
  readonly #stream: ProgressStream;
  readonly #intervalMs: number;
  #lastMs: number;

  constructor(stream: ProgressStream, nowMs: number) {
    this.#stream = stream;
    this.#intervalMs = stream.isTTY === true ? TERMINAL_INTERVAL_MS : PLAIN_INTERVAL_MS;
    this.#lastMs = nowMs;
  }

  update(nowMs: number, line: () => string): void {
    if (nowMs - this.#lastMs < this.#intervalMs) return;
    this.#lastMs = nowMs;
    this.#stream.write(this.#stream.isTTY === true ? `${CLEAR_LINE}${line()}` : `${line()}\n`);
  }

  /** To be called before anything else is written. */
  clear(): void {
    if (this.#stream.isTTY === true) this.#stream.write(CLEAR_LINE);
  }
}
