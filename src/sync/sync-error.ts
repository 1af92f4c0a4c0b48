/** `busy`: too many requests of one peer, or too much in them; `stopped`: the service was stopped; `malformed`: a request that cannot be read. */
export type SyncErrorCode = 'busy' | 'stopped' | 'malformed';

/** A request that synchronisation does not answer. */
export class SyncError extends Error {
  readonly code: SyncErrorCode;
  constructor(code: SyncErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SyncError';
    this.code = code;
  }
}
