import type { Verified } from '../types/messages.js';

/** The one place where a `Verified` is made. For use inside validation/ only, after every check. */
export function verified<T>(value: T): Verified<T> {
  return value as Verified<T>;
}
