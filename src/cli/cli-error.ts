export type CliErrorCode =
  | 'api-refused'
  | 'api-unreachable'
  | 'exists'
  | 'not-found'
  | 'not-running'
  | 'not-final'
  | 'failed'
  | 'usage';

/** A failure told to the user in one sentence, with what to do; never with a stack trace. Exit code 2 for `usage`, else 1. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.name = 'CliError';
    this.code = code;
  }

  get exitCode(): 1 | 2 {
    return this.code === 'usage' ? 2 : 1;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
