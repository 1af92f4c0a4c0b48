export type FederationErrorCode =
  | 'bad-description' | 'directory' | 'disagreement' | 'interrupted' | 'no-progress' | 'no-start' | 'not-built' | 'platform-ended' | 'running'
  | 'wrong-size';

/** Why the federation did not do what it was asked; the message names the platform where one is to blame. */
export class FederationError extends Error {
  readonly code: FederationErrorCode;
  constructor(code: FederationErrorCode, message: string) {
    super(message);
    this.name = 'FederationError';
    this.code = code;
  }
}
