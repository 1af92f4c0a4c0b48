/**
 * - `conflict`: a record contradicts one that is already durable; nothing was written and the store takes no more.
 * - `corrupt`: something stored is damaged or missing.
 * - `write-failed`: a write did not become durable (disk full, I/O error); the store takes no more.
 * - `stopped`: an earlier `conflict` or `write-failed` stopped the store.
 * - `locked`: another process uses this home.
 * - `wrong-version`: written by a newer program.
 * - `wrong-chain`: the database belongs to another society.
 * - `open-failed`: the database cannot be opened for another reason (permissions, disk).
 * - `read-failed`: a read failed for a reason other than damage.
 */
export type StorageErrorCode =
  | 'conflict' | 'corrupt' | 'write-failed' | 'stopped' | 'locked' | 'wrong-version' | 'wrong-chain' | 'open-failed' | 'read-failed';

/** What went wrong with a store, and what to do about it. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  /** What went wrong, without what to do about it: for a log line that tells of a repair. */
  readonly what: string;
  constructor(code: StorageErrorCode, message: string, cause?: unknown, what = message) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.code = code;
    this.what = what;
  }
}

/** Text of an unknown thrown value, for use inside another error's message. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Damage, with the one way out that is safe. A backup must not be put back: votes given since it was made would be
 * forgotten, and the platform could vote against itself (SPEC section 5, R10).
 */
export function corruption(what: string, cause?: unknown): StorageError {
  return new StorageError(
    'corrupt',
    `${what}. Do not restore a backup: it would forget votes this platform has given. Remove the database directory `
    + '(keep the key and vote-store.*) and start again: the platform fetches the chain from its peers and '
    + 'only observes until it can vote safely.',
    cause,
    what,
  );
}

/** Undefined where what is read is damaged. @param note is told of the damage. @throws whatever else the reading throws */
export async function unlessDamaged<T>(reading: Promise<T>, note: (damage: StorageError) => void = () => undefined): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isDamage(error)) throw error;
    note(error);
    return undefined;
  }
}

export function isDamage(error: unknown): error is StorageError {
  return error instanceof StorageError && error.code === 'corrupt';
}
