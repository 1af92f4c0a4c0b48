/**
 * What was verified so far, in signature checks: about 0.08 to 0.18 ms each, by library and host. Everything else
 * counts as its part of one.
 */
export class WorkMeter {
  #done = 0;

  get done(): number {
    return this.#done;
  }

  add(work: number): void {
    this.#done += work;
  }
}

export const SIGNATURE_WORK = 1;
/** To find a transaction among those verified before. */
export const RECALL_WORK = 1 / 32;

const HASH_WORK = 1 / 32;
const BYTES_PER_WORK = 64 * 1024;

/** To hash so many bytes, and what taking them apart takes beside. */
export function hashWork(sizeBytes: number): number {
  return HASH_WORK + sizeBytes / BYTES_PER_WORK;
}
