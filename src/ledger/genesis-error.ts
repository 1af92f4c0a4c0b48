/**
 * - `unreadable`: the file cannot be read.
 * - `malformed`: not JSON, or not of the shape of a genesis.
 * - `bad-society`, `bad-parameter`: a value outside its limits.
 * - `no-members`, `too-many-members`, `duplicate-name`, `duplicate-key`, `weak-key`: a member list that cannot work.
 * - `chain-mismatch`: the chainId written in the file is not that of its content.
 */
export type GenesisErrorCode =
  | 'unreadable' | 'malformed' | 'bad-society' | 'bad-parameter' | 'no-members' | 'too-many-members' | 'duplicate-name' | 'duplicate-key'
  | 'weak-key' | 'chain-mismatch';

/** What is wrong with a genesis, naming the field, and what to do. */
export class GenesisError extends Error {
  readonly code: GenesisErrorCode;
  constructor(code: GenesisErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'GenesisError';
    this.code = code;
  }
}
