export type FederationErrorCode = 'bad-option' | 'bad-description' | 'wrong-size' | 'directory' | 'running' | 'platform-ended' | 'no-start' | 'no-progress' | 'disagreement';

/** Why the federation did not do what it was asked; the message names the platform where one is to blame. */
export class FederationError extends Error {
  readonly code: FederationErrorCode;
  constructor(code: FederationErrorCode, message: string) {
    super(message);
    this.name = 'FederationError';
    this.code = code;
  }
}
