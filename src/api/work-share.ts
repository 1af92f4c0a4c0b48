/** Does a little of its work; true once there is no more. What it throws ends it. */
export type Step = () => boolean;

interface Job {
  readonly step: Step;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface WorkShareOptions {
  /** Milliseconds of work between two turns of the event loop, for all requests together. */
  readonly sliceMs: number;
  /** A monotonic clock. */
  readonly nowMs?: () => number;
  /** Runs it once other work of this process had its turn. */
  readonly soon?: (run: () => void) => void;
}

/**
 * The time that HTTP takes of this process. However many requests there are, their work is done in slices between which
 * consensus has its turn; in a slice one step of each client comes after the other, and of each client's requests, so
 * that whoever asks for much waits longest for itself.
 */
export class WorkShare {
  readonly #sliceMs: number;
  readonly #nowMs: () => number;
  readonly #soon: (run: () => void) => void;
  /** By client, in the order of serving; a served client moves to the end, and so does its job. */
  readonly #lanes = new Map<string, Job[]>();
  #isDue = false;

  constructor({ sliceMs, nowMs = () => performance.now(), soon = (run) => { setImmediate(run); } }: WorkShareOptions) {
    this.#sliceMs = sliceMs;
    this.#nowMs = nowMs;
    this.#soon = soon;
  }

  /** Resolves once the step has returned true; rejects with what it threw. */
  run(client: string, step: Step): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#enqueue(client, { step, resolve, reject });
      if (!this.#isDue) this.#plan();
    });
  }

  /** `run` for work that is one step. */
  async once<T>(client: string, work: () => T): Promise<T> {
    const results: T[] = [];
    await this.run(client, () => results.push(work()) > 0);
    return results[0] as T;
  }

  #enqueue(client: string, job: Job): void {
    const jobs = this.#lanes.get(client);
    if (jobs === undefined) this.#lanes.set(client, [job]);
    else jobs.push(job);
  }

  #plan(): void {
    this.#isDue = true;
    this.#soon(() => { this.#slice(); });
  }

  #slice(): void {
    const endMs = this.#nowMs() + this.#sliceMs;
    do this.#stepOfNext();
    while (this.#lanes.size > 0 && this.#nowMs() < endMs);
    this.#isDue = false;
    if (this.#lanes.size > 0) this.#plan();
  }

  #stepOfNext(): void {
    const next = this.#lanes.entries().next();
    if (next.done === true) return;
    const [client, jobs] = next.value;
    const job = jobs.shift();
    this.#lanes.delete(client);
    if (jobs.length > 0) this.#lanes.set(client, jobs);
    if (job === undefined) return;
    try {
      if (job.step()) job.resolve();
      else this.#enqueue(client, job);
    } catch (error) {
      job.reject(error);
    }
  }
}
