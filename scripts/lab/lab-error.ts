/** Why a lab could not be made or a scenario could not be run; the message says what to do. */
export class LabError extends Error {
  readonly code: 'not-root' | 'no-namespaces' | 'command-failed' | 'interrupted' | 'bad-option';
  constructor(code: LabError['code'], message: string) {
    super(message);
    this.name = 'LabError';
    this.code = code;
  }
}
