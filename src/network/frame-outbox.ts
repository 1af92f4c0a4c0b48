/** Payloads are gathered into frames of about this size; a larger one travels alone. */
const FRAME_TARGET_BYTES = 64 * 1024;

/** Gathers what is sent within a short time, so that it travels in one frame. */
export class FrameOutbox {
  readonly #delayMs: number;
  readonly #send: (payloads: readonly Uint8Array[]) => void;
  #payloads: Uint8Array[] = [];
  #sizeBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #isScheduled = false;
  #isStopped = false;

  /** @param delayMs 0: what one turn of the event loop brings */
  constructor(delayMs: number, send: (payloads: readonly Uint8Array[]) => void) {
    this.#delayMs = delayMs;
    this.#send = send;
  }

  add(payload: Uint8Array): void {
    if (this.#sizeBytes + payload.length > FRAME_TARGET_BYTES) this.#flush();
    this.#payloads.push(payload);
    this.#sizeBytes += payload.length;
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const flush = (): void => {
      this.#isScheduled = false;
      this.#flush();
    };
    if (this.#delayMs === 0) queueMicrotask(flush);
    else this.#timer = setTimeout(flush, this.#delayMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #flush(): void {
    if (this.#isStopped || this.#payloads.length === 0) return;
    const payloads = this.#payloads;
    this.#payloads = [];
    this.#sizeBytes = 0;
    this.#send(payloads);
  }
}
