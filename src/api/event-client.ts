import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** One reader of the event stream. What it is given waits until the system has taken what came before. */
export class EventClient {
  /** Whether it wants whole transactions rather than their ids. */
  readonly full: boolean;
  readonly address: string;
  /** The sequence to be sent next; undefined until the first block after it came. */
  next: number | undefined;
  /** Blocks are being sent to it, one after the other. */
  isSending = false;
  readonly #response: ServerResponse;
  /** At the last keep-alive, something written before it was not taken by the system yet. */
  #wasBehind = false;
  /** Pieces that the system took since then. */
  #taken = 0;

  constructor(response: ServerResponse, options: Pick<EventClient, 'full' | 'address' | 'next'>) {
    this.#response = response;
    this.full = options.full;
    this.address = options.address;
    this.next = options.next;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  /** Resolves once there is room for more, or the client has gone. */
  async write(text: string): Promise<void> {
    if (!this.isOpen || this.#write(text)) return;
    const left = new AbortController();
    try {
      await Promise.race([once(this.#response, 'drain', left), once(this.#response, 'close', left)]);
    } finally {
      left.abort();
    }
  }

  /** Finds a client that went away without a word, and keeps proxies from closing a quiet stream. */
  keepAlive(): void {
    // What waits for a client that does not read is not kept for ever, however little it is.
    const isBehind = this.#response.writableLength > 0;
    if (isBehind && this.#wasBehind && this.#taken === 0) this.drop();
    else if (!this.isSending) this.#write(': alive\n\n');
    this.#wasBehind = isBehind;
    this.#taken = 0;
  }

  end(): void {
    this.#response.end();
  }

  drop(): void {
    this.#response.destroy();
  }

  /** False where the system has not taken it yet. */
  #write(text: string): boolean {
    return this.#response.write(text, () => { this.#taken += 1; });
  }
}
