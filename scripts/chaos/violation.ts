/** Something that a correct federation never does. The message says what, and who did it. */
export class ViolationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ViolationError';
  }
}
