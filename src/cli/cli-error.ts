export type CliErrorCode =
  | 'api-refused'
  | 'api-unreachable'
  | 'api-other-platform'
  | 'exists'
  | 'not-found'
  | 'not-running'
  | 'not-final'
  | 'not-ready'
  | 'failed'
  | 'usage';

/** The platform that was asked does not answer: it is not running, or something else answers in its place. */
const NO_PLATFORM: ReadonlySet<CliErrorCode> = new Set(['api-unreachable', 'api-other-platform', 'not-running']);

/** A failure told to the user in one sentence, with what to do; never with a stack trace. */
export class CliError extends Error {
  readonly code: CliErrorCode;
  constructor(code: CliErrorCode, message: string) {
    super(message);
    this.name = 'CliError';
    this.code = code;
  }

  /** 2 where the command was called wrongly, 3 where no platform answers, else 1. */
  get exitCode(): 1 | 2 | 3 {
    if (this.code === 'usage') return 2;
    return NO_PLATFORM.has(this.code) ? 3 : 1;
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
